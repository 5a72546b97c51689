"""Raking: a table of classes made to have given margins, by iterative proportional fitting."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
MOST_ROUNDS = 100
_CLOSE = 1e-6


class Raked(NamedTuple):
    """The fitted table, and the largest difference between a margin of it and what was asked."""

    table: Table
    error: float


def rake(table: Table, margins: Sequence[Table], most_rounds: int = MOST_ROUNDS) -> Raked:
    """Scale a table, axis by axis, until its sums along every axis are the margins.

    Deming and Stephan 1940 (Annals of Mathematical Statistics 11:427). The table keeps its
    associations, and a cell that is zero stays so: margins that need it cannot be met, and the
    error says by how much.
    """
    fitted, error = table.astype(np.float64), np.inf
    for _ in range(most_rounds):
        for axis, margin in enumerate(margins):
            sums = _sums(fitted, axis)
            scale = np.divide(margin, sums, out=np.zeros_like(sums), where=sums > 0)
            shape = [-1 if place == axis else 1 for place in range(fitted.ndim)]
            fitted = fitted * scale.reshape(shape)
        error = max(
            float(np.abs(_sums(fitted, axis) - margin).max()) for axis, margin in enumerate(margins)
        )
        if error <= _CLOSE * max(1.0, float(fitted.sum())):
            break
    return Raked(fitted, error)


def rake_within(
    counts: Table, margins: Sequence[Table], total: float, most_rounds: int = MOST_ROUNDS
) -> Raked:
    """Fit a table of `total` to shares as margins, with no cell above its count.

    Cells that would need more than there is are filled to the brim, and the rest is fitted to what
    then remains of the margins. Nothing makes up for what cannot be had: the sum may be smaller.
    """
    wanted = [total * margin / margin.sum() for margin in margins]
    full = np.zeros(counts.shape, np.bool_)
    while True:
        held = np.where(full, counts, 0.0)
        left = [np.maximum(margin - _sums(held, axis), 0.0) for axis, margin in enumerate(wanted)]
        free = np.where(full, 0.0, counts)
        left = _levelled([np.where(_sums(free, axis) > 0, m, 0.0) for axis, m in enumerate(left)])
        fitted = _not_above(rake(free, left, most_rounds).table, left) + held
        over = ~full & (fitted > counts * (1 + _CLOSE))
        if not over.any():
            break
        full |= over
    fitted = np.minimum(fitted, counts)
    error = max(float(np.abs(_sums(fitted, axis) - one).max()) for axis, one in enumerate(wanted))
    return Raked(fitted, error)


def _levelled(margins: Sequence[Table]) -> list[Table]:
    """Give all margins the smallest of their sums; else no table could have them."""
    least = min(float(margin.sum()) for margin in margins)
    return [margin * (least / margin.sum()) if margin.sum() > 0 else margin for margin in margins]


def _not_above(table: Table, margins: Sequence[Table]) -> Table:
    """Scale down what stands above a margin, where not all of them could be met."""
    for axis, margin in enumerate(margins):
        sums = _sums(table, axis)
        scale = np.minimum(1, np.divide(margin, sums, out=np.ones_like(sums), where=sums > 0))
        table = table * scale.reshape([-1 if place == axis else 1 for place in range(table.ndim)])
    return table


def _sums(table: Table, axis: int) -> Table:
    others = tuple(place for place in range(table.ndim) if place != axis)
    sums: Table = table.sum(axis=others)
    return sums
