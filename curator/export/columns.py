"""Columns: the common type of each field of many rows, for files that need one.

A field keeps its type where all rows agree: text, whole number, number, yes/no, or a list of one of
them. Objects in a list (turns, tool calls) become structs with the fields of them all; another
object becomes a struct where all rows have the same keys. Whatever has no common type is written as
JSON text, and so are tool definitions and arguments that are objects: their keys are data.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

FREE = frozenset({"arguments", "parameters", "tools", "functions"})
"""Fields whose objects have other keys in every row by nature."""

_INT64 = 2**63


@dataclass(frozen=True)
class Type:
    """What a field holds: `text`, `int`, `float`, `bool`, `list`, `struct`, `json` or `null`."""

    name: str
    item: "Type | None" = None
    fields: "dict[str, Type]" = field(default_factory=dict)
    """Of a struct."""
    listed: bool = False
    """Whether a struct is an element of a list, so that a missing field is no other type."""


NULL = Type("null")
JSON = Type("json")


def common(rows: Iterable[dict[str, Any]]) -> dict[str, Type]:
    """Return each column's type, in the order in which the columns first appear."""
    found: dict[str, Type] = {}
    for row in rows:
        for name, value in row.items():
            found[name] = merge(found.get(name, NULL), type_of(value, name))
    return {name: _settled(type_) for name, type_ in found.items()}


def type_of(value: Any, name: str = "") -> Type:
    """Return the type of one value of the field called `name`."""
    if value is None:
        return NULL
    if name in FREE and not isinstance(value, str):
        return JSON
    if isinstance(value, list):
        item = NULL
        for element in value:
            item = merge(item, _as_listed(type_of(element)))
        return Type("list", item=item)
    if isinstance(value, dict):
        return Type("struct", fields={key: type_of(said, key) for key, said in value.items()})
    return _scalar(value)


def merge(one: Type, other: Type) -> Type:
    """Return the type that both values fit."""
    if one == other or "null" in (one.name, other.name):
        return other if one.name == "null" else one
    if one.name != other.name:
        return Type("float") if {one.name, other.name} == {"int", "float"} else JSON
    if one.item and other.item:
        return Type("list", item=merge(one.item, other.item))
    if one.listed or one.fields.keys() == other.fields.keys():
        keys = dict.fromkeys([*one.fields, *other.fields])
        fields = {k: merge(one.fields.get(k, NULL), other.fields.get(k, NULL)) for k in keys}
        return Type("struct", fields=fields, listed=one.listed)
    return JSON


def encode(value: Any, type_: Type) -> Any:
    """Return the value as its column holds it."""
    if value is None:
        return None
    if type_.name == "list" and type_.item:
        return [encode(element, type_.item) for element in value]
    if type_.name == "struct":
        return {key: encode(value.get(key), said) for key, said in type_.fields.items()}
    if type_.name == "float":
        return float(value)
    if type_.name == "json":
        return json.dumps(value, ensure_ascii=False)
    return value


def to_polars(type_: Type) -> pl.DataType:
    """Return the Polars type of a column."""
    if type_.item:
        return pl.List(to_polars(type_.item))
    if type_.fields:
        return pl.Struct({key: to_polars(said) for key, said in type_.fields.items()})
    scalars: dict[str, pl.DataType] = {
        "bool": pl.Boolean(),
        "int": pl.Int64(),
        "float": pl.Float64(),
    }
    return scalars.get(type_.name, pl.String())


def as_json(columns: dict[str, Type], prefix: str = "") -> list[str]:
    """Name the fields that are written as JSON text, as paths."""
    found: list[str] = []
    for name, type_ in columns.items():
        inner = type_
        while inner.item:
            inner = inner.item
        if inner.name == "json":
            found.append(prefix + name)
        found += as_json(inner.fields, f"{prefix}{name}.")
    return found


def _scalar(value: Any) -> Type:
    if isinstance(value, bool):
        return Type("bool")
    if isinstance(value, int):
        return Type("int") if -_INT64 <= value < _INT64 else JSON
    return Type("float") if isinstance(value, float) else Type("text")


def _as_listed(type_: Type) -> Type:
    return Type("struct", fields=type_.fields, listed=True) if type_.name == "struct" else type_


def _settled(type_: Type) -> Type:
    """Give objects without any key the one type that can hold them."""
    if type_.item:
        return Type("list", item=_settled(type_.item))
    if type_.name != "struct":
        return type_
    if not type_.fields:
        return JSON
    fields = {key: _settled(said) for key, said in type_.fields.items()}
    return Type("struct", fields=fields, listed=type_.listed)
