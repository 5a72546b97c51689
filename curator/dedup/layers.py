"""Layers: the pairs of one duplicate filter, ready to be settled again and again."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray


@dataclass(frozen=True)
class Layer:
    """The class of each record, and the neighbours of each class.

    A class is named by its first row. The classes next to class `c` are
    `neighbours[bounds[c]:bounds[c + 1]]`, with their similarities, in no promised order.
    """

    classes: NDArray[np.int32]
    bounds: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    similarities: NDArray[np.float64]


def prepare(pairs: pl.DataFrame, height: int) -> Layer:
    """Index pairs, sorted by left and right, of `height` records; similarity 1 makes a class."""
    left = pairs["left"].to_numpy().astype(np.int32)
    right = pairs["right"].to_numpy().astype(np.int32)
    return Layer(*_index(left, right, pairs["similarity"].to_numpy().copy(), height))


@njit(cache=True, nogil=True)
def _index(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    similarity: NDArray[np.float64],
    height: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Sort both directions of every pair by class, by counting."""
    classes = np.arange(height).astype(np.int32)
    for at in range(len(left)):
        if similarity[at] >= 1.0:
            classes[right[at]] = classes[left[at]]
    bounds = np.zeros(height + 2, np.int64)
    for at in range(len(left)):
        if similarity[at] < 1.0:
            bounds[classes[left[at]] + 2] += 1
            bounds[classes[right[at]] + 2] += 1
    bounds = np.cumsum(bounds)
    neighbours = np.empty(bounds[-1], np.int32)
    similarities = np.empty(bounds[-1], np.float64)
    for at in range(len(left)):
        if similarity[at] < 1.0:
            one, other = classes[left[at]], classes[right[at]]
            _put(neighbours, similarities, bounds[one + 1], other, similarity[at])
            _put(neighbours, similarities, bounds[other + 1], one, similarity[at])
            bounds[one + 1] += 1
            bounds[other + 1] += 1
    return classes, bounds[:-1].copy(), neighbours, similarities


@njit(cache=True, nogil=True)
def _put(
    neighbours: NDArray[np.int32],
    similarities: NDArray[np.float64],
    slot: int,
    neighbour: int,
    similarity: float,
) -> None:
    neighbours[slot] = neighbour
    similarities[slot] = similarity
