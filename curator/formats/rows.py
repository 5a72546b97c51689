"""Rows to records and back, with nothing lost on the way."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from curator.errors import CarryError
from curator.formats.base import Row, Shape
from curator.formats.columns import remember_columns, rename_in
from curator.formats.detect import SHAPES
from curator.formats.split_rows import as_line, remember_split
from curator.records import Record, Turn

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_row(
    shape_name: str,
    row: Row,
    columns: Mapping[str, str] | None = None,
    *,
    only_look: bool = False,
) -> list[Record]:
    """Make records of a row; where a record's shape cannot give the row back, it keeps the row.

    Records that are only looked at, and never written, need not keep anything.
    """
    shape = SHAPES[shape_name]
    if columns:
        inside, aside, back = rename_in(row, columns, shape.name)
        records = shape.read(inside)
        for record in records:
            remember_columns(record, aside, back)
    else:
        records = shape.read(row)
    if len(records) != 1:
        remember_split(shape, records, row)
    elif not only_look:
        _keep_what_is_lost(shape, records[0], row)
    return records


def _keep_what_is_lost(shape: Shape, record: Record, row: Row) -> None:
    try:
        again = shape.write(record)
    except CarryError:
        record.raw = json.dumps(row)
        return
    if not is_same(again, row):
        record.raw = json.dumps(row)
    elif list(again) != list(row):
        record.layout["keys"] = list(row)


def write_row(
    shape_name: str, record: Record, *, origin_shape: str | None, unchanged: bool = False
) -> Row:
    """Write a record as a row of a shape.

    In the shape it came in (`origin_shape`) the row comes out as it was found; where nothing was
    changed since, exactly so. In another shape, or with `origin_shape=None`, every row comes out in
    the shape's one usual form, unknown fields included unless they take the name of a known one.
    """
    shape = SHAPES[shape_name]
    if origin_shape != shape_name:
        return _without_misread(shape, in_usual_form(record, shape))
    if unchanged and record.raw is not None:
        row: Row | list[Any] = json.loads(record.raw)
        return row if isinstance(row, dict) else {"messages": row}
    return shape.write(record)


def write_line(
    shape_name: str, record: Record, *, origin_shape: str | None, unchanged: bool = False
) -> str:
    """Write a record as one line of JSON; a kept row comes out letter for letter."""
    if unchanged and origin_shape == shape_name and record.raw is not None:
        return record.raw
    return as_line(write_row(shape_name, record, origin_shape=origin_shape))


def _without_misread(shape: Shape, record: Record) -> Row:
    """Write a row without the unknown fields that would be read in the place of an absent one."""
    row = shape.write(record)
    misread = {
        name
        for field, names in shape.aliases.items()
        if field not in row
        for name in names
        if name in record.extra
    }
    return {name: value for name, value in row.items() if name not in misread}


def in_usual_form(record: Record, shape: Shape) -> Record:
    """Forget how a record was written down, but for its think tags."""
    extra = {name: value for name, value in record.extra.items() if name not in shape.fields}
    rejected = None if record.rejected is None else [_plain(turn) for turn in record.rejected]
    messages = [_plain(turn) for turn in record.messages]
    # Where the prompt ends is no matter of form: only the row could say it.
    layout = {"common": record.layout["common"]} if "common" in record.layout else {}
    return replace(
        record, messages=messages, rejected=rejected, extra=extra, layout=layout, raw=None
    )


def _plain(turn: Turn) -> Turn:
    if "layout" not in turn:
        return turn
    plain: Turn = {**turn}
    think = plain.pop("layout").get("think")
    if think:
        plain["layout"] = {"think": think}
    return plain


def is_same(one: Any, other: Any) -> bool:
    """Compare two JSON values, types included: 1, 1.0 and true are three different values."""
    if type(one) is not type(other):
        return False
    if type(one) is str:
        return bool(one == other)
    if type(one) is dict:
        return len(one) == len(other) and _has_same_values(one, other)
    if type(one) is list:
        return len(one) == len(other) and all(map(is_same, one, other))
    if type(one) is float:
        return repr(one) == repr(other)
    return bool(one == other)


def _has_same_values(one: Row, other: Row) -> bool:
    """Compare two objects of one size; texts, which most values are, without a further call."""
    for name, value in one.items():
        if name not in other:
            return False
        if type(value) is str and type(other[name]) is str:
            if value != other[name]:
                return False
        elif not is_same(value, other[name]):
            return False
    return True


def without_surrogates(value: Any) -> Any:
    """Put U+FFFD in the place of every lone surrogate, which no UTF-8 text can hold."""
    if type(value) is str:
        return _SURROGATE.sub("\ufffd", value)
    if type(value) is list:
        return [without_surrogates(entry) for entry in value]
    if type(value) is dict:
        return {
            _SURROGATE.sub("\ufffd", key): without_surrogates(entry) for key, entry in value.items()
        }
    return value
