"""Sets: the distinct shingles of each text, and a fingerprint that only equal sets share."""

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel
from curator.dedup.shingles import Shingles


def distinct(shingles: Shingles) -> Shingles:
    """Leave out every repeated shingle of a text; the argument's hashes are overwritten."""
    longest = int(np.max(np.diff(shingles.offsets), initial=0))
    table = np.empty(table_size(longest), np.uint64)
    offsets = _distinct_rows(shingles.hashes, shingles.offsets, table)
    return Shingles(offsets, shingles.hashes[: offsets[-1]].copy())


def fingerprints(sets: Shingles) -> NDArray[np.uint64]:
    """Return one number for each set: equal for equal sets, whatever their order; empty is 0.

    The sum of the hashes modulo 2^64: two different sets meet with a probability near 2^-64.
    """
    sums: NDArray[np.uint64] = np.zeros(len(sets.hashes) + 1, np.uint64)
    np.cumsum(sets.hashes, out=sums[1:])
    return sums[sets.offsets[1:]] - sums[sets.offsets[:-1]]


@kernel
def table_size(count: int) -> int:
    """Return the slots of a hash table for so many values: a power of two, a quarter full."""
    size = 4
    while size < 4 * count:
        size *= 2
    return size


@kernel
def add(table: NDArray[np.uint64], value: np.uint64) -> bool:
    """Put a value into a table of a power of two slots, 0 marking the free; say if it was new."""
    last = np.uint64(len(table) - 1)
    slot = value & last
    while table[slot] != 0:
        if table[slot] == value:
            return False
        slot = (slot + np.uint64(1)) & last
    table[slot] = value
    return True


@kernel
def contains(table: NDArray[np.uint64], value: np.uint64) -> bool:
    """Say whether a table filled by `add` has the value."""
    last = np.uint64(len(table) - 1)
    slot = value & last
    while table[slot] != 0:
        if table[slot] == value:
            return True
        slot = (slot + np.uint64(1)) & last
    return False


@kernel
def _distinct_rows(
    hashes: NDArray[np.uint64], bounds: NDArray[np.int64], table: NDArray[np.uint64]
) -> NDArray[np.int64]:
    offsets = np.zeros(len(bounds), np.int64)
    end = 0
    for row in range(len(bounds) - 1):
        seen = table[: table_size(bounds[row + 1] - bounds[row])]
        seen[:] = 0
        for at in range(bounds[row], bounds[row + 1]):
            if add(seen, hashes[at]):
                hashes[end] = hashes[at]
                end += 1
        offsets[row + 1] = end
    return offsets


@kernel
def lower_similarities(
    hashes: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    pairs: NDArray[np.int64],
    floor: float,
    similarities: NDArray[np.float64],
) -> None:
    """Lower each similarity to the Jaccard index of its pair of sets, or to 0 when below `floor`.

    Two empty sets are equal and lower nothing. Pairs with the same left set should stand together.
    """
    longest = 0
    for at in range(len(pairs)):
        longest = max(longest, offsets[pairs[at, 0] + 1] - offsets[pairs[at, 0]])
    slots = np.zeros(table_size(longest), np.uint64)
    table = slots[:4]
    filled = -1
    for at in range(len(pairs)):
        left, right = pairs[at]
        if similarities[at] == 0.0:
            continue
        ours = hashes[offsets[left] : offsets[left + 1]]
        theirs = hashes[offsets[right] : offsets[right + 1]]
        if left != filled:
            table = slots[: table_size(len(ours))]
            table[:] = 0
            for value in ours:
                add(table, value)
            filled = left
        if len(ours) + len(theirs) > 0:
            found = _jaccard(table, len(ours), theirs, floor)
            similarities[at] = min(similarities[at], found)


@kernel
def _jaccard(
    table: NDArray[np.uint64], size: int, others: NDArray[np.uint64], floor: float
) -> float:
    """Return the Jaccard index, or 0 as soon as it cannot reach `floor` any more."""
    total = size + len(others)
    spare = len(others) - floor / (1.0 + floor) * total
    if size < floor * len(others) or spare < 0.0:
        return 0.0
    missing = 0
    for value in others:
        if not contains(table, value):
            missing += 1
            if missing > spare:
                return 0.0
    shared = len(others) - missing
    return shared / (total - shared)
