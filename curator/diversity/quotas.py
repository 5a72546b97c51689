"""Quotas: so many records of every class, the first of each in the order of preference."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.picks import Budget, Picks, basis, cut

Places = NDArray[np.int64]


def fill(
    classes: Places, quotas: NDArray[np.int64], units: Places, budget: Budget, held: int
) -> Picks:
    """Take of every class what its quota holds; a smaller budget takes the same share of each.

    `classes` are numbers from 0, `quotas` one a class, `units` what a row counts against it: 1, or
    its tokens. The first `held` rows are chosen in any case, and count.
    """
    place = running(classes, units)
    own = quotas[classes]
    inside = place <= own
    inside[:held] = True
    share = (2 * place - units) / np.maximum(2 * own, 1)
    share[:held] = -1
    rows = np.flatnonzero(inside)
    order = rows[np.argsort(share[rows], kind="stable")]
    picks = cut(order, budget, held, len(classes))
    return _counted(picks, ~inside, place, own, classes)


def in_rounds(classes: Places, budget: Budget, held: int) -> Picks:
    """Go round the classes and take one of each, until the budget is spent or nothing is left."""
    ones = np.ones(len(classes), np.int64)
    place = running(classes, ones)
    turn = place.copy()
    turn[:held] = 0
    order = np.argsort(turn, kind="stable")
    picks = cut(order, budget, held, len(classes))
    taken = np.bincount(classes[picks.chosen], minlength=int(classes.max(initial=-1)) + 1)
    left = np.ones(len(classes), np.bool_)
    left[picks.chosen] = False
    return _counted(picks, left, place, taken[classes], classes)


def running(classes: Places, units: Places) -> Places:
    """Add up the units of every row and of those before it in its class."""
    order = np.argsort(classes, kind="stable")
    sums = np.cumsum(units[order])
    sizes = np.bincount(classes)
    starts = np.cumsum(sizes) - sizes
    before = np.concatenate([[0], sums])[starts]
    found = np.empty(len(classes), np.int64)
    found[order] = sums - np.repeat(before, sizes)
    return found


def _counted(
    picks: Picks,
    refused: NDArray[np.bool_],
    place: Places,
    own: NDArray[np.int64],
    classes: Places,
) -> Picks:
    """Say of the chosen and the refused how they stand in their class."""
    rows = refused.copy()
    rows[picks.chosen] = True
    picks.value[rows], picks.limit[rows] = place[rows], own[rows]
    picks.basis[rows] = basis("quota")
    return picks._replace(group=classes)
