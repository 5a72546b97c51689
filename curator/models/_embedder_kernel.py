"""The compiled pass of the static embedder: the weighted mean of the vectors of known pieces."""

# mypy: disable-error-code="untyped-decorator"

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def sum_rows(
    rows: NDArray[np.uint32],
    ends: NDArray[np.int64],
    vectors: NDArray[np.int8],
    weights: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Write to `out[i]` the vectors of text `i`, weighted and summed, at unit length.

    The rows of text `i` end before `ends[i]`. `vectors` has small whole numbers or floats.
    """
    start = 0
    for text in range(len(ends)):
        for place in range(start, ends[text]):
            row = rows[place]
            weight = weights[row]
            for column in range(vectors.shape[1]):
                out[text, column] += weight * vectors[row, column]
        start = ends[text]
        square = np.float64(0)
        for column in range(vectors.shape[1]):
            square += np.float64(out[text, column]) ** 2
        if square > 0:
            scale = np.float32(1 / np.sqrt(square))
            for column in range(vectors.shape[1]):
                out[text, column] *= scale
