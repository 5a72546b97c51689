"""The compiled pass of the map: neighbours pull each other near, and push all others away."""

# mypy: disable-error-code="untyped-decorator"

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PUSHES = 5
"""Points that are pushed away for each neighbour that is pulled near, as in UMAP."""
_HOME = 0.03
"""Share of its way to the middle that a point goes back each round, so that islands of other kinds,
which nothing pulls near, do not drift out of sight."""
_FARTHEST = 4.0
_NEAREST = 1e-3


@njit(cache=True, nogil=True)
def settle(at: Floats, neighbours: NDArray[np.int32], rounds: int) -> None:
    """Move points in the plane, written to `at`; row i of `neighbours` are those of point i.

    Stochastic gradient descent as in LargeVis and UMAP, in one fixed order, with a generator of its
    own (Knuth's 64-bit congruential one) and without any function that differs between machines.
    """
    count, width = neighbours.shape
    state = np.uint64(1)
    for turn in range(rounds):
        rate = 1.0 - turn / rounds
        for row in range(count):
            at[row, 0] -= _HOME * rate * at[row, 0]
            at[row, 1] -= _HOME * rate * at[row, 1]
            for place in range(width):
                other = neighbours[row, place]
                if other == row:
                    continue
                x, y = at[row, 0] - at[other, 0], at[row, 1] - at[other, 1]
                weight = -2.0 * rate / (1.0 + x * x + y * y)
                step_x, step_y = bounded(weight * x, rate), bounded(weight * y, rate)
                at[row, 0] += step_x
                at[row, 1] += step_y
                at[other, 0] -= step_x
                at[other, 1] -= step_y
                for _ in range(_PUSHES):
                    state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                    other = np.int64(state >> np.uint64(33)) % count
                    if other == row:
                        continue
                    x, y = at[row, 0] - at[other, 0], at[row, 1] - at[other, 1]
                    square = x * x + y * y
                    weight = 2.0 * rate / ((_NEAREST + square) * (1.0 + square))
                    at[row, 0] += bounded(weight * x, rate)
                    at[row, 1] += bounded(weight * y, rate)


@njit(cache=True, nogil=True)
def bounded(step: float, rate: float) -> float:
    """Return a step that is not longer than four at the full rate."""
    most = _FARTHEST * rate
    return max(-most, min(most, step))
