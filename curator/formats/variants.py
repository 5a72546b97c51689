"""Variants: layouts that are another shape under other column names, and are known by a sign."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from curator.formats.base import Row, Shape, is_judged, refuse_judged, write_plain
from curator.records import Record

_SURE = 0.9
"""From here up, the base sees both a question and an answer."""


@dataclass(frozen=True)
class Variant:
    """A shape that is read and written by another one, its columns renamed.

    `names` says what a field of the base is called here; `others` lists names that are looked for
    before that one. `signs` are columns that the base alone does not explain.
    """

    name: str
    base: Shape
    names: Mapping[str, str]
    signs: frozenset[str]
    least: int
    """How many of the signs make it sure."""
    others: Mapping[str, tuple[str, ...]] | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The base's columns under the names they have here."""
        renamed = {self.names.get(name, name) for name in self.base.fields}
        return frozenset(renamed.union(*(self.others or {}).values()))

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """The base's names, which are read as well."""
        known = self.base.aliases
        return {
            self.names.get(field, field): tuple(
                name
                for name in dict.fromkeys((*self._others(field), field, *known.get(field, ())))
                if name != self.names.get(field, field)
            )
            for field in dict.fromkeys((*self.names, *known))
        }

    def recognises(self, row: Row) -> float:
        """Look for the renamed columns, and for the signs beside them."""
        found = all(any(name in row for name in self._candidates(field)) for field in self.names)
        if not found or len(self.signs.intersection(row)) < self.least:
            return 0.0
        sure = self.base.recognises(self._rename(row)[0])
        return sure if sure >= _SURE or is_judged(row) else 0.0

    def read(self, row: Row) -> list[Record]:
        """Rename the columns, and let the base read the row."""
        inside, aside, back = self._rename(row)
        records = self.base.read(inside)
        for record in records:
            record.extra = record.extra | aside
            if back:
                record.layout["columns"] = record.layout.get("columns", {}) | back
        return records

    def body(self, record: Record) -> Row:
        """Write the base's fields under the names they have here."""
        return {self.names.get(k, k): value for k, value in self.base.body(record).items()}

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        refuse_judged(record)
        remembered = record.layout.get("columns", {})
        # A mapping of columns knows the names of this shape, a row read under others the base's.
        own = {field: remembered.get(name, name) for field, name in self.names.items()}
        columns = own | remembered
        return write_plain(self.base, replace(record, layout=record.layout | {"columns": columns}))

    def _others(self, field: str) -> tuple[str, ...]:
        return (self.others or {}).get(field, ())

    def _candidates(self, field: str) -> tuple[str, ...]:
        return (*self._others(field), self.names[field])

    def _rename(self, row: Row) -> tuple[Row, Row, dict[str, str]]:
        """Return the row as the base knows it, the columns in its way, and the names to restore."""
        taken: dict[str, str] = {}
        back: dict[str, str] = {}
        for field, name in self.names.items():
            found = next((found for found in self._candidates(field) if found in row), None)
            if found is not None:
                taken[found] = field
            if found not in (None, name):
                back[field] = str(found)
            elif found is None and field in row:
                back[field] = field
        hidden = set(taken.values()) - set(taken)
        aside = {name: value for name, value in row.items() if name in hidden}
        return (
            {taken.get(name, name): value for name, value in row.items() if name not in hidden},
            aside,
            back,
        )
