"""Deita: go down an order of merit and take what is not too similar to anything taken."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.picks import Budget, Picks, Purse, basis, undecided
from curator.diversity.points import SQUARE

_BLOCK = 512


def apart(
    points: NDArray[np.float32], max_similarity: float, budget: Budget, held: int = 0
) -> Picks:
    """Choose rows in their order, each whose similarity to all chosen is at most the limit.

    The second half of DEITA (Liu et al. 2024, What Makes Good Data for Alignment?). The first
    `held` rows are chosen in any case. What has no direction is similar to nothing.
    """
    picks, purse = undecided(len(points), "similarity"), Purse(budget)
    chosen: list[int] = []
    limit, reached = max_similarity * SQUARE, len(points)
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK]
        near = _nearest(block, points, chosen)
        among = block @ block.T
        for place in range(len(block)):
            row = start + place
            picks.value[row] = min(float(near[place]), SQUARE) / SQUARE
            if row < held:
                purse.give(row)
            elif min(near[place], SQUARE) > limit:
                continue
            elif not purse.pay(row):
                reached = row
                break
            chosen.append(row)
            np.maximum(near, among[:, place], out=near)
        if reached < len(points):
            break
    picks.limit[:] = max_similarity
    picks.value[reached:] = np.arange(reached + 1, len(points) + 1)
    picks.limit[reached:] = reached
    picks.basis[reached:] = basis("place")
    return picks._replace(chosen=np.array(chosen, np.int64))


def _nearest(
    block: NDArray[np.float32], points: NDArray[np.float32], chosen: list[int]
) -> NDArray[np.float32]:
    """Return for each row of a block its product with the chosen point most like it."""
    near = np.zeros(len(block), np.float32)
    for start in range(0, len(chosen), 16 * _BLOCK):
        some = points[chosen[start : start + 16 * _BLOCK]]
        np.maximum(near, (block @ some.T).max(axis=1), out=near)
    return near
