"""Shapes: rows of a common format, with every field a record came with."""

import json
from dataclasses import dataclass

from curator.export.entry import Entry
from curator.formats import write_line, write_row
from curator.recipe.model import ShapeName


@dataclass(frozen=True)
class InShape:
    """Write records in one shape; a record of that shape that nothing changed is the row itself."""

    layout: ShapeName
    verbatim: bool
    """Whether such a row is written letter for letter, twice-given fields included."""
    caution: str = ""

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError."""
        shape, record, unchanged = self.layout, entry.record, entry.unchanged
        if not self.verbatim:
            row = write_row(shape, record, origin_shape=entry.shape, unchanged=unchanged)
            return json.dumps(row)
        line = write_line(shape, record, origin_shape=entry.shape, unchanged=unchanged)
        return line.replace("\r", " ").replace("\n", " ")

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return nothing: a shape needs no further files."""
        return {}
