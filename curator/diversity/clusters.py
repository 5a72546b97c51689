"""Clusters: spherical k-means, the same on every machine."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.diversity.points import SQUARE, points_of

_SAMPLE = 256
"""Rows a cluster that centres are learned from, as faiss takes at most (Douze et al. 2024)."""
_ROUNDS = 20
_BLOCK = 8_192


class Clusters(NamedTuple):
    """The cluster of every row, from 0, and the centres, which are points like the rows."""

    labels: NDArray[np.int64]
    centres: NDArray[np.float32]


def k_means(
    points: NDArray[np.float32], count: int, seed: int = 0, rounds: int = _ROUNDS
) -> Clusters:
    """Group points by the most similar of `count` centres (Dhillon and Modha 2001).

    Centres are learned from at most 256 rows a cluster, evenly spaced, and begin as k-means++ draws
    them (Arthur and Vassilvitskii 2007). Fewer points than clusters are a cluster each.
    """
    count = min(count, len(points))
    if count <= 1:
        return Clusters(np.zeros(len(points), np.int64), points[:count])
    step = max(1, len(points) // (_SAMPLE * count))
    learned = points[::step]
    centres = _begin(learned, count, np.random.default_rng(seed))
    labels = np.full(len(learned), -1, np.int64)
    for _ in range(rounds):
        now = assign(learned, centres)
        if np.array_equal(now, labels):
            break
        labels = now
        centres = _means(learned, labels, centres)
    return Clusters(assign(points, centres), centres)


def assign(points: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return for each point the most similar centre, of equals the first."""
    blocks = [
        (points[start : start + _BLOCK] @ centres.T).argmax(axis=1)
        for start in range(0, len(points), _BLOCK)
    ]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int64)


def _begin(
    points: NDArray[np.float32], count: int, chance: np.random.Generator
) -> NDArray[np.float32]:
    """Draw the first centres, each with a chance that grows with its distance to the others."""
    rows = [int(chance.integers(len(points)))]
    far = np.full(len(points), np.inf)
    for _ in range(count - 1):
        far = np.minimum(far, np.maximum(SQUARE - points @ points[rows[-1]], 0).astype(np.float64))
        sums = np.cumsum(far)
        if sums[-1] == 0:  # no more different points than centres
            break
        rows.append(int(np.searchsorted(sums, chance.random() * sums[-1], side="right")))
    return points[rows]


def _means(
    points: NDArray[np.float32], labels: NDArray[np.int64], centres: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the direction of each cluster's mean; an empty cluster keeps its centre."""
    order = np.argsort(labels, kind="stable")
    found, starts = np.unique(labels[order], return_index=True)
    sums = np.add.reduceat(points[order].astype(np.float64), starts, axis=0)
    moved = centres.copy()
    moved[found] = points_of(sums)
    return moved
