"""Rows that gave several records: joined again on the way out, as far as their records stay."""

import json
import re
from collections.abc import Sequence

from curator.errors import CarryError
from curator.formats.base import Row, Shape, Splitting
from curator.records import Record, usual_json

_SURROGATE = re.compile("[\ud800-\udfff]")


def as_line(row: Row) -> str:
    """Write a row as one line of JSON, text as it is where UTF-8 can hold it."""
    text = usual_json(row)
    return json.dumps(row) if not text.isascii() and _SURROGATE.search(text) else text


def remember_split(shape: Shape, records: Sequence[Record], row: Row) -> None:
    """Note in each record how many there were; keep the row where they cannot give it back."""
    for record in records:
        record.layout["of"] = len(records)
    if not isinstance(shape, Splitting) or not gives_back(shape, records, row):
        for record in records:
            record.raw = json.dumps(row)


def gives_back(shape: Splitting, records: Sequence[Record], row: Row) -> bool:
    """Say whether the records join to the very row, the order of its columns noted if needed."""
    try:
        again = shape.join(records)
    except CarryError:
        return False
    if list(again) != list(row):
        for record in records:
            record.layout["keys"] = list(row)
        again = {name: again[name] for name in row if name in again} | again
    return json.dumps(again) == json.dumps(row)


def join_rows(shape: Splitting, records: Sequence[Record], *, unchanged: bool) -> str:
    """Write the kept records of one row as one line of JSON, or raise a CarryError.

    Where all of them are there and none was changed, it is the row as it was.
    """
    first = records[0]
    if unchanged and first.raw is not None and first.layout.get("of", 1) == len(records):
        return first.raw
    return as_line(shape.join(records))
