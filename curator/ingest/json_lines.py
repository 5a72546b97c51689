"""JSON Lines: one row a line."""

import json
from collections.abc import Iterator

from curator.ingest.json_text import JsonReader
from curator.ingest.model import Broken, Found
from curator.ingest.streams import Stream
from curator.ingest.texts import decode_line, split_lines

TOO_DEEP = "is nested too deeply"


def read_json_lines(stream: Stream) -> Iterator[Found | Broken]:
    """Read rows line by line; blank lines are skipped, broken ones told."""
    reader = JsonReader()
    number, told = 0, False
    for number, line in enumerate(split_lines(stream.blocks), 1):
        if line.isspace() or not line:
            continue
        text, notes = decode_line(line.rstrip(b"\r"))
        try:
            value, more = reader.read(text)
        except (ValueError, RecursionError) as error:
            told = stream.broken is not None
            yield Broken(number, stream.broken or explain(error), text)
        else:
            yield Found(number, value, text, notes + more, reader.repeated)
    if stream.broken and not told:
        yield Broken(number + 1, stream.broken, "")


def explain(error: ValueError | RecursionError, at: str = "") -> str:
    """Say what is wrong with a JSON text."""
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, json.JSONDecodeError):
        place = at or f"at column {error.colno}"
        return f"not valid JSON: {error.msg.removesuffix(' at')} {place}"
    return f"not valid JSON: {str(error).split(';')[0]}"
