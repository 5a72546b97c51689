"""Shapes: rows of a common format, with every field a record came with."""

from dataclasses import dataclass
from typing import Any

from curator.export.entry import Entry
from curator.formats import write_row
from curator.recipe.model import ShapeName


@dataclass(frozen=True)
class InShape:
    """Write records in one shape; a record of that shape that nothing changed is the row itself."""

    layout: ShapeName

    def write(self, entry: Entry) -> dict[str, Any]:
        """Return the record's row, or raise a CarryError."""
        return write_row(
            self.layout, entry.record, origin_shape=entry.shape, unchanged=entry.unchanged
        )

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return nothing: a shape needs no further files."""
        return {}
