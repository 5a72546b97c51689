"""The compiled pass of the quality model: how near an exchange is to each of the known ones."""

# mypy: disable-error-code="untyped-decorator"

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def weigh_centres(
    places: NDArray[np.float32],
    centres: NDArray[np.float32],
    squares: NDArray[np.float32],
    weights: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """Write to `out[i]` the weights of the centres, each by `exp(-|place - centre|²)`, summed.

    `centres` is `[width, count]`, so that the inner loop runs over centres: sums of one row are
    then made in one order, whatever rows stand beside it, and still many at once. `squares` has the
    squared lengths of the centres.
    """
    width, count = centres.shape
    products = np.empty(count, np.float32)
    for row in range(places.shape[0]):
        products[:] = 0
        square = np.float32(0)
        for column in range(width):
            value = places[row, column]
            square += value * value
            for centre in range(count):
                products[centre] += value * centres[column, centre]
        total = 0.0
        for centre in range(count):
            apart = max(square + squares[centre] - np.float32(2) * products[centre], np.float32(0))
            total += weights[centre] * np.exp(-np.float64(apart))
        out[row] = total
