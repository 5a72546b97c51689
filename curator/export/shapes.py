"""Shapes: rows of a common format, with every field a record came with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from curator.errors import CarryError
from curator.export.entry import Entry
from curator.formats import SHAPES, Splitting, join_rows, write_line, write_row
from curator.recipe.model import ShapeName


@dataclass(frozen=True)
class InShape:
    """Write records in one shape; a record of that shape that nothing changed is the row itself."""

    layout: ShapeName
    verbatim: bool
    """Whether such a row is written letter for letter, twice-given fields included."""
    caution: str = ""
    command: str = ""

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError."""
        shape, record, unchanged = self.layout, entry.record, entry.unchanged
        if not self.verbatim:
            row = write_row(shape, record, origin_shape=entry.shape, unchanged=unchanged)
            return json.dumps(row)
        line = write_line(shape, record, origin_shape=entry.shape, unchanged=unchanged)
        return self._one_line(line)

    def shares_row(self, one: Entry, other: Entry) -> bool:
        """Say whether two records, one after the other, come from one row of this shape."""
        if one.row != other.row or one.part >= other.part or one.shape != self.layout:
            return False
        same = one.source == other.source and one.shape == other.shape
        return same and isinstance(SHAPES[self.layout], Splitting)

    def join(self, entries: Sequence[Entry]) -> str:
        """Return the row of several records, or raise a CarryError where they are no longer one."""
        shape = SHAPES[self.layout]
        if not isinstance(shape, Splitting):
            raise CarryError("this shape has one record a row")
        unchanged = all(entry.unchanged for entry in entries)
        records = [entry.record for entry in entries]
        return self._one_line(join_rows(shape, records, unchanged=unchanged))

    def _one_line(self, line: str) -> str:
        if not self.verbatim:
            return json.dumps(json.loads(line))
        return line.replace("\r", " ").replace("\n", " ")

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return nothing: a shape needs no further files."""
        return {}
