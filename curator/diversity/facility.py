"""Facility location: the records that together stand for all of them, by greedy choice."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.neighbours import nearest
from curator.diversity.picks import Budget, Picks, Purse, undecided
from curator.diversity.points import SQUARE

LEAST_NEIGHBOURS = 64
PER_PICK = 8
"""A row knows so many times the rows that one choice stands for, were all alike in that."""
MOST_EDGES = 50_000_000
"""Neighbours of all rows together: 400 MB, and as much again while they are turned round."""
EXACT = 2_048
"""Up to so many rows each knows all others, and the guarantee holds as it stands."""


def facility_location(
    points: NDArray[np.float32], budget: Budget, held: int = 0, neighbours: int | None = None
) -> Picks:
    """Choose rows so that every row has one like it among them: the sum of their similarities.

    Each row counts with its similarity to the most similar chosen one, if above zero. The row that
    adds most comes next, which reaches 1 - 1/e of the best sum for a number of records (Nemhauser,
    Wolsey and Fisher 1978). Of many rows only the nearest neighbours are compared; `neighbours`
    says how many. The first `held` rows are chosen in any case.
    """
    facilities = _Facilities(points, neighbours or enough(len(points), budget))
    picks, purse = undecided(len(points), "gain"), Purse(budget)
    chosen: list[int] = []
    for turn in range(len(points)):
        row = turn if turn < held else int(np.argmax(facilities.waiting))
        if turn < held:
            purse.give(row)
        elif not purse.pay(row):
            break
        picks.value[row] = facilities.gains[row] / SQUARE
        facilities.open(row)
        chosen.append(row)
    left = np.ones(len(points), np.bool_)
    left[chosen] = False
    picks.value[left] = facilities.gains[left] / SQUARE
    picks.limit[:] = picks.value[chosen[-1]] if chosen else np.nan
    return picks._replace(chosen=np.array(chosen, np.int64))


def enough(height: int, budget: Budget) -> int:
    """Say how many neighbours a row should know: more where fewer rows are chosen."""
    if height <= EXACT:
        return max(height, 1)
    mean = max(1.0, float(budget.sizes.mean()))
    picks = max(1, min(budget.records, int(budget.tokens / mean), height))
    wanted = max(LEAST_NEIGHBOURS, -(-PER_PICK * height // picks))
    return int(min(wanted, height, max(LEAST_NEIGHBOURS, MOST_EDGES // height)))


class _Facilities:
    """What every row would add to those that are open, always up to date.

    Opening one changes the gains of the neighbours of those it serves better, and of nobody else.
    Every number is a whole one below 2 ** 53, so that sums are exact however they are made.
    """

    def __init__(self, points: NDArray[np.float32], neighbours: int) -> None:
        self._rows, self._products = nearest(points, neighbours)
        height, count = self._rows.shape
        order = np.argsort(self._rows, axis=None, kind="stable")
        known_by = np.bincount(self._rows.ravel(), minlength=height)
        self._bounds = np.concatenate([[0], np.cumsum(known_by)])
        self._owners = (order // max(count, 1)).astype(np.int32)
        self._served = self._products.ravel()[order]
        self._best = np.zeros(height, np.float64)
        sums = np.concatenate([[0.0], np.cumsum(self._served, dtype=np.float64)])
        self.gains: NDArray[np.float64] = sums[self._bounds[1:]] - sums[self._bounds[:-1]]
        self.waiting = self.gains.copy()
        """The gains of the rows that are not open, and -inf for those that are."""

    def open(self, row: int) -> None:
        """Let a row serve all that know it and have nothing better."""
        part = slice(self._bounds[row], self._bounds[row + 1])
        better = self._served[part] > self._best[self._owners[part]]
        owners, now = self._owners[part][better], self._served[part][better].astype(np.float64)
        products = self._products[owners]
        before = np.maximum(products - self._best[owners, None], 0)
        lost = before - np.maximum(products - now[:, None], 0)
        places, losses = self._rows[owners].ravel(), lost.ravel()
        np.subtract.at(self.gains, places, losses)
        np.subtract.at(self.waiting, places, losses)
        self._best[owners] = now
        self.waiting[row] = -np.inf
