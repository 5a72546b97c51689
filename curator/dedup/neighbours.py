"""Neighbours: pairs of close vectors out of an index that finds most of them, for very many."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.errors import MissingExtraError

NEAREST: Final = 64
"""Neighbours that are asked for: a vector with more close ones shares a cluster with them all, and
most of the pairs are found from the other end."""
_LINKS: Final = 16
_BUILD: Final = 128
_SEARCH: Final = 256
_BATCH: Final = 1 << 14


def indexed_pairs(vectors: NDArray[np.float32], least: float) -> Iterator[NDArray[np.int64]]:
    """Yield pairs `left < right` of rows with a dot product of about `least` or more, most of them.

    HNSW (Malkov and Yashunin 2018) in usearch, whose recall `benchmarks/semantic_pairs.py`
    measures. One thread builds it: with several, the graph is another one at every run.

    Raises:
        MissingExtraError: the extra `large` is not installed.
    """
    if find_spec("usearch") is None:
        raise MissingExtraError("usearch", "large", f"finding pairs among {len(vectors):,} records")
    from usearch.index import Index

    size = vectors.shape[1]
    index = Index(
        ndim=size,
        metric="ip",
        dtype="f32",
        connectivity=_LINKS,
        expansion_add=_BUILD,
        expansion_search=_SEARCH,
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)
    for top in range(0, len(vectors), _BATCH):
        found = index.search(vectors[top : top + _BATCH], min(NEAREST, len(vectors)))
        yield _close(np.asarray(found.keys), np.asarray(found.distances), top, least)


def _close(
    keys: NDArray[np.uint64], distances: NDArray[np.float32], top: int, least: float
) -> NDArray[np.int64]:
    """Return each pair that is close; one found from both ends may come twice."""
    rows, places = np.nonzero(1.0 - distances >= least)
    pairs = np.stack([rows + top, keys[rows, places].astype(np.int64)], axis=1)
    pairs.sort(axis=1)
    different: NDArray[np.int64] = pairs[pairs[:, 0] != pairs[:, 1]]
    return different
