"""Layers: the pairs of one duplicate filter, ready to be settled again and again."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.kernel import kernel

MICRO: Final = 1_000_000
"""A similarity of 1: similarities are kept as whole millionths, to which they are rounded."""


@dataclass(frozen=True)
class Layer:
    """The class of each record, and the neighbours of each class.

    A class is named by its first row. The neighbours of class `c` are
    `edges[bounds[c]:bounds[c + 1]]`, in no promised order: the similarity in millionths in the
    upper half of the number, the neighbouring class in the lower.
    """

    classes: NDArray[np.int32]
    bounds: NDArray[np.int64]
    edges: NDArray[np.uint64]


def prepare(pairs: pl.DataFrame, height: int) -> Layer:
    """Index pairs, sorted by left and right, of `height` records; similarity 1 makes a class."""
    left, right, similarity = (
        _read_only(pairs[name].cast(kind).to_numpy())
        for name, kind in (("left", pl.UInt32), ("right", pl.UInt32), ("similarity", pl.Float64))
    )
    return Layer(*_index(left, right, similarity, height))


def _read_only(values: NDArray[Any]) -> NDArray[Any]:
    """Return a view that cannot be written, so that the kernel is compiled for one kind only."""
    view = values.view()
    view.flags.writeable = False
    return view


@kernel
def _index(
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    similarity: NDArray[np.float64],
    height: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.uint64]]:
    """Sort both directions of every pair by class, by counting."""
    classes = np.arange(height).astype(np.int32)
    bounds = np.zeros(height + 2, np.int64)
    for at in range(len(left)):
        if similarity[at] >= 1.0:
            classes[right[at]] = classes[left[at]]
    for at in range(len(left)):
        if similarity[at] < 1.0:
            bounds[classes[left[at]] + 2] += 1
            bounds[classes[right[at]] + 2] += 1
    for row in range(1, height + 2):
        bounds[row] += bounds[row - 1]
    edges = np.empty(bounds[-1], np.uint64)
    for at in range(len(left)):
        if similarity[at] < 1.0:
            one, other = classes[left[at]], classes[right[at]]
            weight = np.uint64(np.rint(similarity[at] * MICRO)) << np.uint64(32)
            edges[bounds[one + 1]] = weight | np.uint64(other)
            edges[bounds[other + 1]] = weight | np.uint64(one)
            bounds[one + 1] += 1
            bounds[other + 1] += 1
    return classes, bounds[:-1].copy(), edges
