"""K-center: the record farthest from all that is chosen comes next."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from curator.diversity.picks import Budget, Picks, Purse, undecided
from curator.diversity.points import SQUARE

_WINDOW = 512
"""Rows that are looked at until another one may be farther; they fit into a processor's cache."""


def farthest_first(
    points: NDArray[np.float32], budget: Budget, held: int = 0, window: int = _WINDOW
) -> Picks:
    """Choose rows so that none is far from a chosen one.

    The first `held` rows, or else the first, are chosen already. The largest distance to a centre
    is then at most twice the best possible (Gonzalez 1985, Theoretical Computer Science 38:293).
    What has no direction is far from nothing, and comes last.
    """
    picks, purse = undecided(len(points), "nearness"), Purse(budget)
    centres = _Centres(points)
    for row in range(min(max(held, 1), len(points))):
        if row < held:
            purse.give(row)
        elif not purse.pay(row):
            return picks
        picks.value[row] = centres.nearness(row) if row else np.nan
        centres.add([row])
    for row, near in centres.farthest(purse, window):
        picks.value[row] = near / SQUARE
    left = np.ones(len(points), np.bool_)
    left[centres.rows] = False
    picks.value[left] = centres.near[left].astype(np.float64) / SQUARE
    picks.limit[:] = picks.value[centres.rows[-1]] if centres.rows else np.nan
    return picks._replace(chosen=np.array(centres.rows, np.int64))


class _Centres:
    """The chosen rows, and how near every row has one."""

    def __init__(self, points: NDArray[np.float32]) -> None:
        self._points = points
        self.rows: list[int] = []
        self.near = np.full(len(points), -SQUARE, np.float32)
        self.near[~points.any(axis=1)] = SQUARE
        self._open = np.ones(len(points), np.bool_)

    def nearness(self, row: int) -> float:
        """Return the similarity of a row to the centre nearest to it."""
        return float(self.near[row]) / SQUARE

    def add(self, rows: list[int]) -> None:
        """Make centres of some rows."""
        most = (self._points @ self._points[rows].T).max(axis=1)
        np.maximum(self.near, np.minimum(most, np.float32(SQUARE)), out=self.near)
        self._open[rows] = False
        self.rows += rows

    def farthest(self, purse: Purse, window: int) -> Iterator[tuple[int, float]]:
        """Add the farthest row again and again, as long as it can be paid; give it and its product.

        Rows only come nearer to the centres. So the farthest few are looked at by themselves, until
        one outside, as far as it was, may be as far as they.
        """
        while self._open.any():
            waiting = np.where(self._open, self.near, np.float32(np.inf))
            first = int(np.argmin(waiting))
            few = np.union1d(
                np.argpartition(waiting, min(window, len(waiting) - 1))[:window], first
            )
            outside = np.delete(waiting, few)
            bound = float(outside.min()) if len(outside) else np.inf
            added = list(self._among(few, waiting[few], bound, purse))
            yield from added
            if added:
                self.add([row for row, _ in added])
            if purse.closed:
                return

    def _among(
        self, few: NDArray[np.int64], near: NDArray[np.float32], bound: float, purse: Purse
    ) -> Iterator[tuple[int, float]]:
        points = self._points[few]
        for turn in range(len(few)):
            at = int(np.argmin(near))
            value, row = float(near[at]), int(few[at])
            if value == np.inf or (turn and value >= bound) or not purse.pay(row):
                return
            yield row, value
            most = np.minimum(points @ points[at], np.float32(SQUARE))
            np.maximum(near, most, out=near)
            near[at] = np.inf
