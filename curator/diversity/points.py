"""Points: unit vectors on a grid of whole numbers, whose products are exact on every machine.

A product of floats depends on the order in which its terms are added, and that on the number of
threads and the shape of a block. A tie may then fall either way. Whole numbers below 2 ** 24 add up
exactly as float32 in any order, so that every selection is the same everywhere.
"""

import numpy as np
from numpy.typing import NDArray

UNIT = 4000
"""The length of a point. Its square, and with the grid's error every sum on the way to a product,
stays below 2 ** 24; the cosine of two points is within 0.0005 of that of their vectors."""
SQUARE = float(UNIT * UNIT)
"""The product of two equal points; a product divided by it is a cosine similarity."""


def points_of(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put vectors of any length on the grid; what is all zeros stays so."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    scale = np.divide(UNIT, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    points: NDArray[np.float32] = np.rint(vectors * scale[:, None]).astype(np.float32)
    return points
