"""Banding: which pairs of signatures are alike enough to be worth an exact look."""

import itertools
import math
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel
from curator.dedup.threads import map_threads

FOUND_AT_THRESHOLD: Final = 0.999
FOUND_AT_FLOOR: Final = 0.99
_MISSED: Final = 1e-9
_CHUNK: Final = 1 << 21
_GRID: Final = 200


class Bands(NamedTuple):
    """How a signature is cut: `number` bands of `rows` minima; `MinHashLSH(params=bands)`."""

    number: int
    rows: int


def chance(bands: Bands, similarity: float) -> float:
    """Return the probability that a pair agrees in at least one band (Leskovec et al. 3.4)."""
    return 1.0 - (1.0 - similarity**bands.rows) ** bands.number


@cache
def choose_bands(num_perm: int, threshold: float, floor: float) -> Bands:
    """Choose the bands with the fewest candidates that still find what must be found.

    P(found) is at least 0.999 at the threshold and 0.99, to three decimals, at the floor (25 bands
    of 5 rows for 128, 0.8 and 0.7: 0.98995). Where no cut reaches that, the one that finds most.
    """
    cuts = [
        Bands(count, rows)
        for rows in range(1, num_perm + 1)
        for count in range(1, num_perm // rows + 1)
    ]
    good = [cut for cut in cuts if _finds(cut, threshold, floor)]
    if not good:
        return Bands(num_perm, 1)
    return min(good, key=lambda cut: (_expected_candidates(cut, floor), cut))


def _finds(bands: Bands, threshold: float, floor: float) -> bool:
    at_floor = round(chance(bands, floor), 3)
    return chance(bands, threshold) >= FOUND_AT_THRESHOLD and at_floor >= FOUND_AT_FLOOR


def _expected_candidates(bands: Bands, floor: float) -> float:
    """Return the mean chance of a pair below the floor, all similarities being as frequent."""
    return math.fsum(chance(bands, floor * at / _GRID) for at in range(_GRID)) / _GRID


def min_agreement(num_perm: int, floor: float) -> int:
    """Return the fewest equal minima with which a pair is looked at exactly.

    Equal minima of a pair at the floor are binomial (num_perm, floor); fewer than this many have
    a probability below 1e-9 (57 of 128 at 0.7), so nothing that counts is lost.
    """
    tail, agreeing = 0.0, 0
    while agreeing < num_perm:
        ways = math.comb(num_perm, agreeing)
        tail += ways * floor**agreeing * (1.0 - floor) ** (num_perm - agreeing)
        if tail >= _MISSED:
            break
        agreeing += 1
    return agreeing


def find_candidates(
    sketches: NDArray[np.uint32], bands: Bands, agreement: int
) -> NDArray[np.int64]:
    """Return the pairs `[m, 2]`, left < right, sorted, each once, that share a band.

    Only pairs with at least `agreement` equal minima. Band keys are sorted, never put into
    dictionaries; two bands whose 64-bit keys meet by chance cost a look, not a wrong pair.
    """
    keys = _band_keys(sketches, bands.number, bands.rows)
    buckets = np.empty(keys.shape, np.uint32)
    banded = map_threads(lambda band: _chunk(keys, buckets, band), range(bands.number))
    chunks = [chunk for band in banded for chunk in band]
    found = map_threads(lambda chunk: _collect(buckets, sketches, chunk, agreement), chunks)
    codes = np.concatenate([np.empty(0, np.uint64), *found])
    codes.sort()
    return np.stack((codes >> np.uint64(32), codes & np.uint64(0xFFFFFFFF)), axis=1).astype(
        np.int64
    )


class _Chunk(NamedTuple):
    """Some positions of a band's sorted order; each pairs with the next ones up to its end."""

    band: int
    order: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: int
    last: int


def _chunk(keys: NDArray[np.uint64], buckets: NDArray[np.uint32], band: int) -> list[_Chunk]:
    """Sort one band, number its buckets, and cut them: a chunk holds about 2M pairs at most."""
    column = np.ascontiguousarray(keys[:, band])
    order = np.argsort(column)
    ends = _bucket_ends(column[order])
    buckets[order, band] = ends
    width = ends - np.arange(len(ends)) - 1
    parts = np.cumsum(width) // _CHUNK
    edges = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), len(ends)]
    return [_Chunk(band, order, ends, a, b) for a, b in itertools.pairwise(edges) if b > a]


def _collect(
    buckets: NDArray[np.uint32], sketches: NDArray[np.uint32], chunk: _Chunk, agreement: int
) -> NDArray[np.uint64]:
    spread = chunk.ends[chunk.first : chunk.last] - np.arange(chunk.first, chunk.last) - 1
    codes = np.empty(int(spread.sum()), np.uint64)
    count = _collect_pairs(buckets, sketches, chunk, agreement, codes)
    return codes[:count].copy()


@kernel
def _band_keys(sketches: NDArray[np.uint32], count: int, rows: int) -> NDArray[np.uint64]:
    """Hash each band to 64 bits: `[n, count]`."""
    keys = np.empty((len(sketches), count), np.uint64)
    for row in range(len(sketches)):
        for band in range(count):
            key = np.uint64(0x9E3779B97F4A7C15)
            for at in range(band * rows, (band + 1) * rows):
                key = (key ^ np.uint64(sketches[row, at])) * np.uint64(0xBF58476D1CE4E5B9)
                key ^= key >> np.uint64(29)
            keys[row, band] = key
    return keys


@kernel
def _bucket_ends(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return, for each position of sorted keys, where its run of equal keys ends."""
    ends = np.empty(len(keys), np.int64)
    end = len(keys)
    for at in range(len(keys) - 1, -1, -1):
        if at + 1 < len(keys) and keys[at] != keys[at + 1]:
            end = at + 1
        ends[at] = end
    return ends


@kernel
def _collect_pairs(
    buckets: NDArray[np.uint32],
    sketches: NDArray[np.uint32],
    chunk: _Chunk,
    agreement: int,
    codes: NDArray[np.uint64],
) -> int:
    """Write the pairs of a chunk that share no earlier band and agree in enough minima."""
    count = 0
    for at in range(chunk.first, chunk.last):
        one = chunk.order[at]
        for beside in range(at + 1, chunk.ends[at]):
            other = chunk.order[beside]
            if _share_earlier(buckets[one], buckets[other], chunk.band):
                continue
            if _count_equal(sketches[one], sketches[other]) >= agreement:
                left, right = min(one, other), max(one, other)
                codes[count] = (np.uint64(left) << np.uint64(32)) | np.uint64(right)
                count += 1
    return count


@kernel
def _share_earlier(ours: NDArray[np.uint32], theirs: NDArray[np.uint32], band: int) -> bool:
    earlier = 0
    while earlier < band and ours[earlier] != theirs[earlier]:
        earlier += 1
    return earlier < band


@kernel
def _count_equal(ours: NDArray[np.uint32], theirs: NDArray[np.uint32]) -> int:
    equal = np.uint32(0)
    for at in range(len(ours)):
        equal += np.uint32(ours[at] == theirs[at])
    return int(equal)
