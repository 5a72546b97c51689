"""Rds: what is most similar to each of some targets, in turns."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.picks import Budget, Picks, Purse, undecided
from curator.diversity.points import SQUARE

_BLOCK = 64


def toward(
    points: NDArray[np.float32], targets: NDArray[np.float32], budget: Budget, held: int = 0
) -> Picks:
    """Let each target in turn choose the row most similar to it that nobody has chosen.

    RDS+ (Ivison et al. 2025, Large-Scale Data Selection for Instruction Tuning). The first `held`
    rows are chosen in any case. `group` is the target that chose a row, or likes it best; of a row
    not chosen the number is its similarity to that target, the limit that of the last it chose.
    """
    picks, purse = undecided(len(points), "target"), Purse(budget)
    most = min(len(points), budget.records + held + 1)
    wishes, best, likes = _wishes(points, targets, most)
    picks.value[:], picks.group[:] = best.astype(np.float64) / SQUARE, likes
    taken = np.zeros(len(points), np.bool_)
    chosen = list(range(min(held, len(points))))
    for row in chosen:
        purse.give(row)
    taken[:held] = True
    last = np.full(len(targets), np.nan)
    places = [0] * len(targets)
    for target in _turns(len(targets), len(points) - len(chosen)):
        wish = wishes[target]
        while taken[wish[places[target]]]:
            places[target] += 1
        row = int(wish[places[target]])
        if not purse.pay(row):
            break
        taken[row] = True
        chosen.append(row)
        last[target] = min(float(points[row] @ targets[target]), SQUARE) / SQUARE
        picks.value[row], picks.group[row] = last[target], target
    picks.limit[:] = last[picks.group] if len(targets) else np.nan
    return picks._replace(chosen=np.array(chosen, np.int64))


def _turns(targets: int, rows: int) -> NDArray[np.int64]:
    """List whose turn it is, once for each row that can be chosen."""
    return np.arange(rows if targets else 0) % max(targets, 1)


def _wishes(
    points: NDArray[np.float32], targets: NDArray[np.float32], most: int
) -> tuple[list[NDArray[np.int32]], NDArray[np.float32], NDArray[np.int64]]:
    """List for each target its rows, most similar first; and for each row its best target."""
    wishes: list[NDArray[np.int32]] = []
    best = np.full(len(points), -np.inf, np.float32)
    likes = np.zeros(len(points), np.int64)
    for start in range(0, len(targets), _BLOCK):
        similar = np.minimum(points @ targets[start : start + _BLOCK].T, np.float32(SQUARE))
        order = np.argsort(-similar, axis=0, kind="stable")[:most]
        wishes += [column.astype(np.int32) for column in order.T]
        leading = similar.argmax(axis=1)
        value = similar[np.arange(len(points)), leading]
        better = value > best
        best[better], likes[better] = value[better], start + leading[better]
    return wishes, best, likes
