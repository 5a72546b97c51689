"""K-center: the record farthest from all that is chosen comes next."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.picks import Budget, Picks, Purse, undecided
from curator.diversity.points import SQUARE


def farthest_first(points: NDArray[np.float32], budget: Budget, held: int = 0) -> Picks:
    """Choose rows so that none is far from a chosen one.

    The first `held` rows, or else the first, are chosen already. The largest distance to a centre
    is then at most twice the best possible (Gonzalez 1985, Theoretical Computer Science 38:293).
    What has no direction is far from nothing, and comes last.
    """
    picks, purse = undecided(len(points), "nearness"), Purse(budget)
    near = np.full(len(points), -SQUARE, np.float32)
    near[~points.any(axis=1)] = SQUARE
    waiting = near.copy()
    chosen: list[int] = []
    for turn in range(len(points)):
        row = turn if turn < max(held, 1) else int(np.argmin(waiting))
        if turn < held:
            purse.give(row)
        elif not purse.pay(row):
            break
        picks.value[row] = np.nan if turn == 0 else float(near[row]) / SQUARE
        chosen.append(row)
        np.maximum(near, points @ points[row], out=near)
        np.minimum(near, np.float32(SQUARE), out=near)
        np.maximum(waiting, near, out=waiting)
        waiting[row] = np.inf
    left = np.ones(len(points), np.bool_)
    left[chosen] = False
    picks.value[left] = near[left].astype(np.float64) / SQUARE
    picks.limit[:] = picks.value[chosen[-1]] if chosen else np.nan
    return picks._replace(chosen=np.array(chosen, np.int64))
