"""What every shape offers, and how a row remembers the way it was written down."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from curator.errors import CarryError, RowError
from curator.records import Record

Row = dict[str, Any]


class Shape(Protocol):
    """One way to write a record down as a row."""

    @property
    def name(self) -> str:
        """What recipes call this shape."""

    @property
    def fields(self) -> frozenset[str]:
        """The columns this shape reads; every other column is `extra`."""

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Other names under which a field is read where its own is absent."""

    def recognises(self, row: Row) -> float:
        """Say how much a row looks like this shape, from 0 to 1."""

    def read(self, row: Row) -> list[Record]:
        """Make records of a row, or raise RowError with the field and the reason."""

    def body(self, record: Record) -> Row:
        """Write only this shape's own fields, under their own names."""

    def write(self, record: Record) -> Row:
        """Write a whole row, or raise CarryError for what the shape cannot carry."""


@runtime_checkable
class Splitting(Shape, Protocol):
    """A shape that makes several records of one row, and one row of several records."""

    def join(self, records: Sequence[Record]) -> Row:
        """Write records of one row, all or some of them in their order, as one row again."""


def kind(value: Any) -> str:
    """Name the type of a JSON value for a message."""
    return "null" if value is None else type(value).__name__


def wrong(field: str, wanted: str, value: Any) -> RowError:
    """Make the error of a value that has the wrong type."""
    return RowError(field, f'must be {wanted}, found "{kind(value)}"')


def text_at(row: Row, name: str) -> str:
    """Read a text field; absent and null read as empty."""
    value = row.get(name)
    if value is None:
        return ""
    if type(value) is not str:
        raise wrong(name, "text", value)
    return value


def remember_blanks(row: Row, always: tuple[str, ...], sometimes: tuple[str, ...]) -> Row:
    """Note which fields are absent or empty, so that they come back as found.

    `always` are the fields a shape writes even when empty, `sometimes` the ones it then leaves out.
    """
    layout: Row = {}
    absent = [name for name in always if name not in row]
    blank = {name: row[name] for name in always if name in row and row[name] is None}
    blank |= {name: row[name] for name in sometimes if name in row and not row[name]}
    if absent:
        layout["absent"] = absent
    if blank:
        layout["blank"] = blank
    return layout


def rename_aliases(row: Row, aliases: Mapping[str, tuple[str, ...]]) -> tuple[Row, dict[str, str]]:
    """Give columns with a well-known other name their own name; say which were renamed."""
    renamed = {
        field: alias
        for field, names in aliases.items()
        if field not in row and (alias := next((name for name in names if name in row), None))
    }
    if not renamed:
        return row, renamed
    back = {alias: field for field, alias in renamed.items()}
    return {back.get(name, name): value for name, value in row.items()}, renamed


def finish(out: Row, layout: Row, extra: Row) -> Row:
    """Complete a row or turn: empty fields, names, unknown fields and order as they were found."""
    for name in layout.get("absent", ()):
        if not out.get(name):
            out.pop(name, None)
    for name, value in layout.get("blank", {}).items():
        if not out.get(name):
            out[name] = value
    names = layout.get("columns")
    if names:
        out = {names.get(name, name): value for name, value in out.items()}
    for name, value in extra.items():
        out.setdefault(name, value)
    keys = layout.get("keys")
    if keys:
        out = {name: out[name] for name in keys if name in out} | out
    return out


def is_judged(row: Row) -> bool:
    """Say whether a row has both sides of a pair, or a label: then a plain shape is second best."""
    labels = (row.get("label"), row.get("kto_tag"))
    return ("chosen" in row and "rejected" in row) or any(type(label) is bool for label in labels)


def write_plain(shape: Shape, record: Record) -> Row:
    """Write a plain conversation as a whole row; a wanted answer's label comes along."""
    refuse_judged(record)
    out = shape.body(record)
    if record.label is not None:
        out["label"] = record.label
    return finish(out, record.layout, record.extra)


def refuse_tools(record: Record) -> None:
    """Refuse tools where a shape has no column for them."""
    if record.tools is not None:
        raise CarryError("it has tools, which this shape cannot carry")


def refuse_judged(record: Record) -> None:
    """Refuse what a shape for plain conversations would lose."""
    if record.rejected is not None:
        raise CarryError("it has a rejected answer, which this shape cannot carry")
    if record.label is False:
        raise CarryError("its answer is labelled as not wanted, which this shape cannot carry")
