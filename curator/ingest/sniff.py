"""Sniffing: a file's container, encoding and shape, from its head."""

import csv
from difflib import get_close_matches
from itertools import islice
from typing import Any

from curator.containers.model import Found
from curator.containers.rows import BINARY, as_row, container_of, open_rows, read_head
from curator.containers.streams import Stream
from curator.containers.texts import decode_line
from curator.errors import InputError, RowError, ShapeError
from curator.formats import (
    SHAPES,
    check_columns,
    choose_shape,
    detect,
    explain_misfit,
    read_row,
    shape_of_columns,
)
from curator.ingest.model import Sniff, Source

_HEAD_ROWS = 1000
_SAMPLE = 200


def sniff(source: Source) -> Sniff:
    """Read the head of a file and say what it holds, or why it cannot be read."""
    try:
        stream = Stream(source.path)
        head = read_head(stream)
        container = container_of(head, source.path)
        found = list(islice(open_rows(source.path, container), _HEAD_ROWS))
    except OSError as error:
        raise InputError(f"{source.name} cannot be read: {error.strerror}") from error
    except csv.Error as error:
        raise InputError(
            f"{source.name} is neither JSON, Parquet nor Arrow, and no table of texts either: see "
            f"that the file is whole"
        ) from error
    rows = [row for entry in found if isinstance(entry, Found) and (row := as_row(entry.value))]
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    try:
        shape, confidence = _shape(source, sample, columns)
    except ShapeError as error:
        said = f" ({source.said})" if source.said else ""
        raise ShapeError(f"{source.name}: {error}{said}") from error
    return Sniff(
        container=container,
        compression=stream.compression,
        encoding=_encoding(stream, head, container),
        shape=shape,
        confidence=confidence,
        ranking=detect(sample),
        columns=columns,
    )


def _encoding(stream: Stream, head: bytes, container: str) -> str:
    if container in BINARY or stream.encoding != "utf-8":
        return "" if container in BINARY else stream.encoding
    # The head may end inside a character, so its last line does not count.
    whole = head[: head.rfind(b"\n") + 1] or head[:-3]
    return "windows-1252" if decode_line(whole)[1] else "utf-8"


def _shape(
    source: Source, sample: list[dict[str, Any]], columns: list[str]
) -> tuple[str | None, float]:
    if source.format is not None and source.format not in SHAPES:
        near = get_close_matches(source.format, SHAPES, n=1, cutoff=0.0)[0]
        raise ShapeError(f'there is no format "{source.format}"; the nearest is "{near}"')
    named = source.format or (shape_of_columns(source.columns) if source.columns else None)
    if not sample:
        return named, 0.0
    if source.columns:
        check_columns(source.columns, columns)
    if named is None:
        return choose_shape(sample)
    return named, _share_read(named, sample, source.columns)


def _share_read(shape: str, sample: list[dict[str, Any]], columns: dict[str, str] | None) -> float:
    read, first = 0, ""
    for row in sample:
        try:
            read += bool(read_row(shape, row, columns))
        except RowError as error:
            first = first or str(error)
    if not read:
        raise ShapeError(f"no row reads as {shape}: {first}; {explain_misfit(sample)}")
    return round(read / len(sample), 3)
