"""Similarity: how near each record's nearest other record lies."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.points import SQUARE

_BLOCK = 1_024

Points = NDArray[np.float32]
Cosines = NDArray[np.float64]


def nearest_of_all(points: Points, rows: NDArray[np.int32], products: Points) -> Cosines:
    """Return for every point the cosine to the nearest other of its neighbours; NaN without one.

    `rows` and `products` are those of `nearest`. Cosines are within 0.0003 of those of the vectors,
    and equal points have exactly 1.
    """
    own = np.arange(len(points))
    if len(points) < 2:  # noqa: PLR2004 (it takes two)
        return np.full(len(points), np.nan)
    others = np.where(rows == own[:, None], -np.inf, products)
    best = own, others.argmax(axis=1)
    return _cosines(points, own, rows[best], others[best])


def nearest_of_some(points: Points, asked: NDArray[np.int64]) -> Cosines:
    """Return for some of the points the cosine to the nearest other one of all, exactly found."""
    if len(points) < 2:  # noqa: PLR2004 (it takes two)
        return np.full(len(asked), np.nan)
    across = np.ascontiguousarray(points.T)
    found = [np.zeros(0)]
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        products = points[block] @ across
        products[np.arange(len(block)), block] = -np.inf
        best = products.argmax(axis=1)
        found.append(_cosines(points, block, best, products[np.arange(len(block)), best]))
    return np.concatenate(found)


def _cosines(
    points: Points, rows: NDArray[np.int64], others: NDArray[np.int64], products: Points
) -> Cosines:
    """Divide products by the lengths, of which the grid makes each a little other than the rest."""
    squares = np.einsum("ij,ij->i", points, points, dtype=np.float64)
    lengths = np.sqrt(squares[rows] * squares[others])
    return np.clip(np.where(lengths > 0, products / lengths, products / SQUARE), -1.0, 1.0)
