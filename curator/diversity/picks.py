"""Picks: what a selection chose, in its order, and for every record the number that decided."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNLIMITED = 2**62
BASES = ("place", "tokens", "quota", "similarity", "nearness", "gain", "target", "pool")
"""What a record's number is: its `place` in the order, the `tokens` spent up to it, its place in
its class (`quota`), its `similarity` to the most similar chosen one, which must be no higher than
the limit, or `nearness` to it, of which the lowest is chosen next, the `gain` it would add, its
similarity to a `target`, or its place before a method looks at the best only (`pool`)."""


class Budget(NamedTuple):
    """How much may be chosen; `sizes` are the tokens of every row, zeros where they are free."""

    records: int
    tokens: int
    sizes: NDArray[np.int64]

    def fit(self, order: NDArray[np.int64]) -> int:
        """Return how many rows of an order fit, from its first on."""
        spent = np.cumsum(self.sizes[order[: self.records]])
        return int(np.searchsorted(spent, self.tokens, side="right"))


class Picks(NamedTuple):
    """Rows in the order they were chosen; then one entry a row.

    `value` was held against `limit`, NaN where there is none; `basis` is the place of its kind in
    `BASES`; `group` is the row's class, cluster or target, -1 where it has none.
    """

    chosen: NDArray[np.int64]
    value: NDArray[np.float64]
    limit: NDArray[np.float64]
    basis: NDArray[np.int8]
    group: NDArray[np.int64]


class Purse:
    """A budget that is spent row by row; it closes at the first row that it cannot pay."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._records = 0
        self._tokens = 0
        self.closed = False
        """Whether a row could not be paid."""

    def give(self, row: int) -> None:
        """Take a row whatever it costs."""
        self._records += 1
        self._tokens += int(self._budget.sizes[row])

    def pay(self, row: int) -> bool:
        """Take a row if the budget allows."""
        fits = (
            self._records < self._budget.records
            and self._tokens + int(self._budget.sizes[row]) <= self._budget.tokens
        )
        if fits:
            self.give(row)
        self.closed = not fits
        return fits


def basis(name: str) -> int:
    """Return the place of a kind of number."""
    return BASES.index(name)


def undecided(height: int, kind: str) -> Picks:
    """Return picks of nothing, to be filled in."""
    return Picks(
        np.zeros(0, np.int64),
        np.full(height, np.nan),
        np.full(height, np.nan),
        np.full(height, basis(kind), np.int8),
        np.full(height, -1, np.int64),
    )


def cut(order: NDArray[np.int64], budget: Budget, held: int, height: int) -> Picks:
    """Choose the first of an order that fit; its first `held` rows are chosen in any case.

    Of a row in the order the number is its place, or the tokens spent where these ran out first.
    """
    count = max(budget.fit(order), min(held, len(order)))
    picks = undecided(height, "place")
    by_tokens = count < min(budget.records, len(order))
    places = np.arange(1, len(order) + 1)
    if by_tokens:
        picks.basis[order] = basis("tokens")
        places = np.cumsum(budget.sizes[order])
    picks.value[order] = places
    picks.limit[order] = budget.tokens if by_tokens else min(budget.records, len(order))
    return picks._replace(chosen=order[:count])
