"""Rows: what kind of file this is, by the head of its content, and how its rows are opened."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from curator.containers.arrow import OLD_FEATHER, is_arrow, read_arrow
from curator.containers.csv_table import dialect_of, read_csv
from curator.containers.json_document import read_json_document
from curator.containers.json_lines import read_json_lines
from curator.containers.model import Broken, Found
from curator.containers.parquet import read_parquet
from curator.containers.streams import Stream
from curator.containers.texts import decode_line
from curator.errors import InputError
from curator.privacy import masked

HEAD_BYTES = 1 << 18
_LINES = 20
_SEEN = 4_000
_LINE_ENDINGS = frozenset((".jsonl", ".ndjson"))
_TABLE_ENDINGS = frozenset((".csv", ".tsv"))
_ARROW_ENDINGS = frozenset((".arrow", ".feather", ".ipc"))
_COMPRESSED_ENDINGS = frozenset((".gz", ".zst", ".zstd", ".bz2"))
DATA_ENDINGS = _LINE_ENDINGS | _TABLE_ENDINGS | _ARROW_ENDINGS | {".json", ".parquet"}
BINARY = frozenset(("parquet", "arrow"))
"""Containers that are no text, so that no encoding is asked for."""


def ending_of(path: PurePath) -> str:
    """Return a file's ending below that of its compression, in lower case."""
    name = PurePath(path.name.lower())
    return PurePath(name.stem).suffix if name.suffix in _COMPRESSED_ENDINGS else name.suffix


def read_head(stream: Stream) -> bytes:
    """Read the first blocks of a file."""
    head = b""
    for block in stream.blocks:
        head += block
        if len(head) >= HEAD_BYTES:
            break
    return head


def container_of(head: bytes, path: Path) -> str:
    """Name a container by the head of its content; the ending decides only what is left open."""
    if binary := _binary_container(head, path):
        return binary
    ending = ending_of(path)
    text = decode_line(head)[0].lstrip()
    if not text.strip("\0"):
        return "csv" if ending in _TABLE_ENDINGS else "json_lines"
    lines = text.split("\n", _LINES)[:_LINES]
    if text[0] in "[{":
        return _json_container(lines, ending)
    if ending in _TABLE_ENDINGS:
        return "csv"
    if ending in _LINE_ENDINGS or any(_is_value(line) for line in lines):
        return "json_lines"
    if dialect_of(lines[0]).delimiter in lines[0]:
        return "csv"
    start = masked(text[:_SEEN])[:40]
    raise InputError(
        f"{path} is not JSON, JSON Lines, CSV, Parquet or Arrow: it starts with {start!r}"
    )


def _binary_container(head: bytes, path: Path) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(OLD_FEATHER):
        raise InputError(
            f"{path} is a Feather file of version 1, which nothing writes any more: write it anew "
            f"as version 2, such as with pyarrow.feather.write_feather"
        )
    return "arrow" if is_arrow(head) else None


def _json_container(lines: list[str], ending: str) -> str:
    return _container_of_list(lines) if lines[0][0] == "[" else _container_of_object(lines, ending)


def _container_of_list(lines: list[str]) -> str:
    more = any(line.strip() for line in lines[1:])
    return "json_lines" if more and _is_value(lines[0]) else "json"


def _container_of_object(lines: list[str], ending: str) -> str:
    if _is_value(lines[0]):
        alone = not any(line.strip() for line in lines[1:])
        return "json" if alone and ending == ".json" else "json_lines"
    if ending in _LINE_ENDINGS or any(_is_value(line) and line[0] == "{" for line in lines[1:]):
        return "json_lines"
    return "json"


def _is_value(line: str) -> bool:
    if line[:1] not in ("{", "["):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def open_rows(path: Path, container: str) -> Iterator[Found | Broken]:
    """Read the rows of a file, whatever its container."""
    if container == "parquet":
        return read_parquet(path)
    if container == "arrow":
        return read_arrow(path)
    stream = Stream(path)
    if container == "json":
        return read_json_document(stream)
    if container == "json_lines":
        return read_json_lines(stream)
    delimiter = "\t" if ending_of(path) == ".tsv" else None
    return read_csv(Stream(path), dialect_of(decode_line(read_head(stream))[0], delimiter))


def as_row(value: Any) -> dict[str, Any] | None:
    """Return a value as a row: an object, or a bare list of turns; None for anything else."""
    if type(value) is dict:
        return value
    if type(value) is list and value and all(type(entry) is dict for entry in value):
        return {"messages": value}
    return None
