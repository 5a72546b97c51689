"""The compiled search for short runs of words that stand in many texts of a group."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel

LONGEST: Final = 3
"""Words of the longest run that is looked for; a longer one is found by its parts."""


@kernel
def run_hash(hashes: NDArray[np.uint32], first: int, size: int) -> np.uint64:
    """Hash a run of words to 64 bits, never 0."""
    value = np.uint64(size)
    for at in range(first, first + size):
        value = (value ^ np.uint64(hashes[at])) * np.uint64(0xBF58476D1CE4E5B9)
        value ^= value >> np.uint64(29)
    return max(value, np.uint64(1))


@kernel
def ends_of(
    hashes: NDArray[np.uint32], offsets: NDArray[np.int64], size: int
) -> NDArray[np.uint64]:
    """Return for each text the hashes of its first and of its last words; 0 where it has few."""
    found = np.zeros((len(offsets) - 1, 2), np.uint64)
    for row in range(len(found)):
        first, count = offsets[row], offsets[row + 1] - offsets[row]
        if count:
            found[row, 0] = run_hash(hashes, first, min(size, count))
        if count >= 2 * size:
            found[row, 1] = run_hash(hashes, offsets[row + 1] - size, size)
    return found


@kernel
def count_runs(
    hashes: NDArray[np.uint32], offsets: NDArray[np.int64], size: int, buckets: int
) -> NDArray[np.uint32]:
    """Count in how many texts each run of `size` words stands, by the last bits of its hash."""
    counts, seen = np.zeros(buckets, np.uint32), np.zeros(buckets, np.uint32)
    mask = np.uint64(buckets - 1)
    for row in range(len(offsets) - 1):
        for at in range(offsets[row], offsets[row + 1] - size + 1):
            bucket = run_hash(hashes, at, size) & mask
            if seen[bucket] != row + 1:
                seen[bucket] = row + 1
                counts[bucket] += 1
    return counts


@kernel
def list_runs(
    hashes: NDArray[np.uint32], offsets: NDArray[np.int64], size: int, wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """List the texts and runs of `size` words whose bucket is wanted."""
    mask = np.uint64(len(wanted) - 1)
    total = 0
    for row in range(len(offsets) - 1):
        for at in range(offsets[row], offsets[row + 1] - size + 1):
            total += wanted[run_hash(hashes, at, size) & mask]
    rows, runs, count = np.empty(total, np.int64), np.empty(total, np.uint64), 0
    for row in range(len(offsets) - 1):
        for at in range(offsets[row], offsets[row + 1] - size + 1):
            value = run_hash(hashes, at, size)
            if wanted[value & mask]:
                rows[count], runs[count] = row, value
                count += 1
    return rows, runs


@kernel
def common_runs(
    hashes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    members: NDArray[np.int64],
    bounds: NDArray[np.int64],
    least: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """List for each group of texts the runs that stand in at least so many of them.

    The texts of group g are `members[bounds[g]:bounds[g + 1]]`.
    """
    groups, runs, count = np.empty(1024, np.int64), np.empty(1024, np.uint64), 0
    for group in range(len(bounds) - 1):
        texts = members[bounds[group] : bounds[group + 1]]
        keys, counts = _count_in(hashes, offsets, texts)
        for slot in range(len(keys)):
            if keys[slot] == 0 or counts[slot] < least[group]:
                continue
            if count == len(runs):
                groups = np.concatenate((groups, np.empty(count, np.int64)))
                runs = np.concatenate((runs, np.empty(count, np.uint64)))
            groups[count], runs[count] = group, keys[slot]
            count += 1
    return groups[:count].copy(), runs[:count].copy()


@kernel
def _count_in(
    hashes: NDArray[np.uint32], offsets: NDArray[np.int64], texts: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Count in how many of the texts each run of one, two or three words stands."""
    words = 0
    for text in texts:
        words += offsets[text + 1] - offsets[text]
    size = 16
    while size < 5 * words:
        size *= 2
    keys, counts = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    seen = np.zeros(size, np.int32)
    for place in range(len(texts)):
        first, last = offsets[texts[place]], offsets[texts[place] + 1]
        for at in range(first, last):
            for length in range(1, min(LONGEST, last - at) + 1):
                slot = _slot(keys, run_hash(hashes, at, length))
                if seen[slot] != place + 1:
                    seen[slot] = place + 1
                    counts[slot] += 1
    return keys, counts


@kernel
def _slot(keys: NDArray[np.uint64], value: np.uint64) -> int:
    """Return the slot of a value in a table, taking a free one where it is new."""
    mask = np.uint64(len(keys) - 1)
    slot = (value ^ (value >> np.uint64(32))) & mask
    while keys[slot] != 0 and keys[slot] != value:
        slot = (slot + np.uint64(1)) & mask
    keys[slot] = value
    return int(slot)


@kernel
def table_of(wanted: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Make a table that tells the place of each wanted run; give it to `count_wanted`."""
    size = 16
    while size < 4 * len(wanted):
        size *= 2
    keys, number = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for at in range(len(wanted)):
        number[_slot(keys, wanted[at])] = at
    return keys, number


@kernel
def count_wanted(
    hashes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint64],
    number: NDArray[np.int64],
    count: int,
) -> NDArray[np.int64]:
    """Count in how many of all texts each wanted run stands."""
    counts, seen = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    for row in range(len(offsets) - 1):
        for at in range(offsets[row], offsets[row + 1]):
            for length in range(1, min(LONGEST, offsets[row + 1] - at) + 1):
                found = _look_up(keys, number, run_hash(hashes, at, length))
                if found >= 0 and seen[found] != row:
                    seen[found] = row
                    counts[found] += 1
    return counts


@kernel
def find_wanted(
    hashes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint64],
    number: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """List `row, number, place, words` where a wanted run stands first in each of some texts."""
    found, count = np.empty((1024, 4), np.int64), 0
    seen = np.full(int(number.max()) + 1, -1, np.int64)
    for row in rows:
        for at in range(offsets[row], offsets[row + 1]):
            for length in range(1, min(LONGEST, offsets[row + 1] - at) + 1):
                run = _look_up(keys, number, run_hash(hashes, at, length))
                if run < 0 or seen[run] == row:
                    continue
                seen[run] = row
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[count, 0], found[count, 1] = row, run
                found[count, 2], found[count, 3] = at - offsets[row], length
                count += 1
    return found[:count].copy()


@kernel
def _look_up(keys: NDArray[np.uint64], number: NDArray[np.int64], value: np.uint64) -> int:
    mask = np.uint64(len(keys) - 1)
    slot = (value ^ (value >> np.uint64(32))) & mask
    while keys[slot] != 0 and keys[slot] != value:
        slot = (slot + np.uint64(1)) & mask
    return int(number[slot]) if keys[slot] == value else -1
