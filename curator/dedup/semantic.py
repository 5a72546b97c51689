"""Semantic: the pairs of records whose vectors are close on every side, each one verified."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup._dots_kernel import list_pairs, lower_dots
from curator.dedup.neighbours import indexed_pairs
from curator.dedup.search import SLACK, SMALL, Pairs, Vectors, close_pairs
from curator.dedup.threads import map_threads
from curator.dedup.twins import first_rows, make_pairs

Judge = Callable[[Pairs], NDArray[np.bool_]]
"""Says of pairs of rows which may be duplicates at all."""

_STEP: Final = 1e-6
_CHUNK: Final = 1 << 14
_LISTED: Final = 1 << 20


class Compared(NamedTuple):
    """What is compared: a matrix of unit rows a side, whose smallest dot product counts.

    Rows with equal `keys` are one record written again; only rows of one of `groups` are compared;
    `empty` rows, which say nothing, are not.
    """

    sides: Sequence[Vectors]
    keys: pl.DataFrame
    groups: NDArray[np.uint64]
    empty: NDArray[np.bool_]


def semantic_pairs(
    records: Compared, *, floor: float, exact_rows: int, judge: Judge
) -> pl.DataFrame:
    """Return the pairs from `floor` up that the judge lets pass, sorted by left and right.

    Complete, and the same for any order of the records, in every group of up to `exact_rows`; in a
    larger one an index finds most. Records with equal keys are a class: a star around its first
    row, at 1; all other pairs are below 1.
    """
    keys = records.keys.with_columns(group=pl.Series(records.groups))
    first = first_rows(keys, records.empty)
    rows = np.flatnonzero((first == np.arange(len(first))) & ~records.empty)
    order = np.lexsort((keys.hash_rows(seed=0).to_numpy()[rows], records.groups[rows]))
    rows = rows[order]  # whatever the order of the records: an index depends on it
    pairs, similarities = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    for found in _candidates(records, rows, floor, exact_rows):
        verified = _verify(found, records.sides, floor)
        high = verified >= floor
        found, verified = found[high], verified[high]
        passed = judge(found)
        pairs.append(np.sort(found[passed], axis=1))
        similarities.append(verified[passed])
    return make_pairs(first, *_once(np.concatenate(pairs), np.concatenate(similarities)))


def _once(pairs: Pairs, similarities: NDArray[np.float64]) -> tuple[Pairs, NDArray[np.float64]]:
    """Leave out what was found twice."""
    _, places = np.unique(pairs[:, 0] << 32 | pairs[:, 1], return_index=True)
    return pairs[places], similarities[places]


def _candidates(records: Compared, rows: Pairs, floor: float, exact_rows: int) -> Iterator[Pairs]:
    """Yield pairs of rows that share a group and may be close on the first side."""
    groups = records.groups[rows]
    starts = np.flatnonzero(np.diff(groups, prepend=groups[:1] + np.uint64(1)))
    sizes = np.diff(starts, append=len(groups))
    small = sizes <= SMALL
    for found in _listed(starts[small], sizes[small]):
        yield rows[found]
    for start, size in zip(starts[~small].tolist(), sizes[~small].tolist(), strict=True):
        own = rows[start : start + size]
        vectors = records.sides[0][own]
        search = close_pairs if size <= exact_rows else indexed_pairs
        for found in search(vectors, floor - SLACK):
            yield own[found]


def _listed(starts: Pairs, sizes: Pairs) -> Iterator[Pairs]:
    """Yield every pair of the small groups, about a million at a time."""
    batches = np.cumsum(sizes * (sizes - 1) // 2) // _LISTED
    for batch in np.unique(batches):
        yield list_pairs(starts[batches == batch], sizes[batches == batch])


def _verify(pairs: Pairs, sides: Sequence[Vectors], floor: float) -> NDArray[np.float64]:
    """Return the exact similarity of each pair, rounded to 1e-6; two records are never 1."""
    similarities = np.ones(len(pairs))

    def compare(start: int) -> None:
        span = slice(start, start + _CHUNK)
        for side in sides:
            lower_dots(side, pairs[span], floor - _STEP, similarities[span])

    map_threads(compare, range(0, len(pairs), _CHUNK))
    return np.clip(np.round(similarities, 6), 0.0, 1.0 - _STEP)
