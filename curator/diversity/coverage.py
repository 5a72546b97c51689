"""Coverage: how well some records stand for all, measured exactly."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.points import SQUARE

_BLOCK = 2_048


def coverage(points: NDArray[np.float32], chosen: NDArray[np.int64]) -> float:
    """Return the mean similarity of a row to the chosen row most like it, at least zero.

    Times the number of rows it is what facility location makes large.
    """
    if not len(points) or not len(chosen):
        return 0.0
    across = np.ascontiguousarray(points[chosen].T)
    total = 0.0
    for start in range(0, len(points), _BLOCK):
        near = (points[start : start + _BLOCK] @ across).max(axis=1)
        total += float(np.clip(near, 0, SQUARE).sum(dtype=np.float64))
    return total / (SQUARE * len(points))
