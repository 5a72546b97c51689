"""JSON Lines: one row a line."""

import json
from collections.abc import Iterator

from curator.containers.json_text import JsonReader
from curator.containers.line_blocks import LineBlock, line_blocks
from curator.containers.model import Broken, Found
from curator.containers.streams import Stream
from curator.containers.texts import decode_line

TOO_DEEP = "is nested too deeply"


def read_json_lines(stream: Stream) -> Iterator[Found | Broken]:
    """Read rows line by line; blank lines are skipped, broken ones told."""
    for block in line_blocks(stream):
        yield from read_line_block(block)


def read_line_block(block: LineBlock) -> Iterator[Found | Broken]:
    """Read the rows of some lines; where the file is damaged after them, that is told last."""
    reader = JsonReader()
    told = False
    lines = block.data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, block.first):
        if not line or line.isspace():
            continue
        text, notes = decode_line(line.rstrip(b"\r"))
        try:
            value, more = reader.read(text)
        except (ValueError, RecursionError) as error:
            told = block.broken is not None
            yield Broken(number, block.broken or explain(error), text)
        else:
            yield Found(number, value, text, notes + more, reader.repeated)
    if block.broken and not told:
        yield Broken(block.first + len(lines), block.broken, "")


def explain(error: ValueError | RecursionError, at: str = "") -> str:
    """Say what is wrong with a JSON text."""
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, json.JSONDecodeError):
        place = at or f"at column {error.colno}"
        return f"not valid JSON: {error.msg.removesuffix(' at')} {place}"
    return f"not valid JSON: {str(error).split(';')[0]}"
