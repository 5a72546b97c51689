"""Batches: kept records that came from one row and are written as one row again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from curator.errors import CarryError
from curator.export.entry import Entry
from curator.export.target import Target


@runtime_checkable
class Joining(Target, Protocol):
    """A target that can write several records as one row."""

    def shares_row(self, one: Entry, other: Entry) -> bool:
        """Say whether two records, one after the other, belong in one row."""

    def join(self, entries: Sequence[Entry]) -> str:
        """Return the row of several records as one line of JSON, or raise a CarryError."""


def batches(kept: Iterable[Entry], target: Target) -> Iterator[list[Entry]]:
    """Put the records of one row that are written to one side together; most are alone."""
    if not isinstance(target, Joining):
        yield from ([entry] for entry in kept)
        return
    row: list[Entry] = []
    for entry in kept:
        if row and not target.shares_row(row[-1], entry):
            yield from _sides(row)
            row = []
        row.append(entry)
    yield from _sides(row)


def _sides(row: list[Entry]) -> Iterator[list[Entry]]:
    """Part the records of one row by the side they are written to.

    What is left out, or written more than once, stands alone.
    """
    sides: dict[str, list[Entry]] = {}
    for entry in row:
        if entry.leaked or entry.left or entry.copies != 1:
            yield [entry]
        else:
            sides.setdefault(entry.side, []).append(entry)
    yield from sides.values()


def join_batch(batch: list[Entry], target: Target) -> str | None:
    """Return the one row of a batch; None where its records must be written one by one."""
    if len(batch) == 1 or not isinstance(target, Joining):
        return None
    try:
        return target.join(batch)
    except CarryError:
        return None
