"""Neighbours: the points most similar to each, without comparing all where there are many."""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.clusters import k_means
from curator.diversity.points import SQUARE

REACH = 8_192
"""Points among which the neighbours of a point are looked for; up to so many, all are."""
_BLOCK = 1_024


def nearest(
    points: NDArray[np.float32], count: int, reach: int = REACH
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the `count` most similar rows of every row, itself too, and their products.

    Rows are put into clusters, and those of a cluster look for neighbours in the clusters whose
    centres are nearest to its own, until there are `reach` rows to look through (an inverted file:
    Jégou et al. 2011). Products below zero count as zero. The order within a row means nothing.
    """
    height = len(points)
    count, reach = min(count, height), max(reach, 2 * count)
    rows = np.empty((height, count), np.int32)
    products = np.empty((height, count), np.float32)
    for members, others in _cells(points, reach):
        across = np.ascontiguousarray(points[others].T)
        for start in range(0, len(members), _BLOCK):
            some = members[start : start + _BLOCK]
            found = points[some] @ across
            keep = _largest(found, count)
            rows[some] = others[keep]
            products[some] = np.take_along_axis(found, keep, axis=1)
    return rows, np.clip(products, 0, np.float32(SQUARE))


def _largest(products: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the columns of the largest products of every row, ascending; of equals the first."""
    height, width = products.shape
    if count == width:
        return np.broadcast_to(np.arange(width), products.shape)
    least = np.partition(products, width - count, axis=1)[:, width - count, None]
    keep = products >= least
    over = np.flatnonzero(keep.sum(axis=1) > count)
    if len(over):  # equals at the edge: the first of them stay
        above = products[over] > least[over]
        equal = products[over] == least[over]
        room = count - above.sum(axis=1, keepdims=True)
        keep[over] = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return np.nonzero(keep)[1].reshape(height, count)


def _cells(
    points: NDArray[np.float32], reach: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the rows of every cluster, and the rows among which their neighbours are."""
    height = len(points)
    every = np.arange(height)
    if height <= reach:
        return [(every, every)]
    labels, centres = k_means(points, round(height**0.5), rounds=5)
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(labels, minlength=len(centres)))[:-1])
    sizes = np.array([len(rows) for rows in members])
    found = []
    for cell, similar in enumerate(centres @ centres.T):
        if not sizes[cell]:
            continue
        similar[cell] = np.inf
        near = np.argsort(-similar, kind="stable")
        enough = int(np.searchsorted(np.cumsum(sizes[near]), reach)) + 1
        found.append((members[cell], np.sort(np.concatenate([members[c] for c in near[:enough]]))))
    return found
