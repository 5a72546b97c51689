"""The compiled count of n-grams: which share of a text is said more than once."""

# mypy: disable-error-code="untyped-decorator"

import math
from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
Table = tuple[Array, Array, Array]
_BASE = np.uint64(11400714819323198485)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_TWICE = 2


@njit(cache=True, nogil=True)
def share_of_commonest(codes: Array, size: int, grams: Array, table: Table) -> float:
    """Return the share that the commonest n-grams of signs have of all.

    Of U different n-grams the √U commonest count, and of these only the repeated.
    """
    total = len(codes) - size + 1
    if total < 1:
        return 0.0
    value, power = np.uint64(0), np.uint64(1)
    for at in range(size):
        value = value * _BASE + np.uint64(codes[at] + 1)
        power *= _BASE
    grams[0] = value
    for at in range(1, total):
        value = value * _BASE + np.uint64(codes[at + size - 1] + 1)
        value -= power * np.uint64(codes[at - 1] + 1)
        grams[at] = value
    different, often = _count(grams[:total], table)
    often.sort()
    most = min(int(math.sqrt(different)), len(often))
    counted = 0
    for place in range(most):
        counted += often[len(often) - 1 - place]
    return counted / total


@njit(cache=True, nogil=True)
def share_of_repeated(words: Array, size: int, table: Table) -> float:
    """Return the share of n-grams of words that stand there more than once; hashes in place."""
    total = len(words) - size + 1
    if total < 1:
        return 0.0
    for at in range(total):
        value = np.uint64(0)
        for place in range(at, at + size):
            value = value * _BASE + words[place]
        words[at] = value
    _, often = _count(words[:total], table)
    return float(often.sum() / total)


@njit(cache=True, nogil=True)
def _count(grams: Array, table: Table) -> tuple[int, Array]:
    """Count different values, and how often each comes that comes more than once.

    A first pass over small counters finds the values that come once, which are most; only what
    may come again is looked up. `grams` is overwritten.
    """
    room = _room(4 * len(grams))
    seen, mask = table[2], np.uint64(room - 1)
    seen[:room] = 0
    for value in grams:
        at = (value * _MIX) >> np.uint64(32) & mask
        seen[at] += seen[at] < _TWICE
    again = 0
    for value in grams:
        grams[again] = value
        again += seen[(value * _MIX) >> np.uint64(32) & mask] > 1
    different, often = _look_up(grams[:again], table)
    return len(grams) - again + different, often


@njit(cache=True, nogil=True)
def _look_up(grams: Array, table: Table) -> tuple[int, Array]:
    keys, used, _ = table
    room = _room(len(grams))
    used[:room] = 0
    mask = np.uint64(room - 1)
    different, repeated = 0, 0
    for value in grams:
        at = (value * _MIX) >> np.uint64(33) & mask
        while used[at] and keys[at] != value:
            at = (at + np.uint64(1)) & mask
        keys[at] = value
        different += used[at] == 0
        repeated += used[at] == 1
        used[at] += 1
    often = np.empty(repeated, np.int64)
    place = 0
    if repeated:
        for at in range(room):
            if used[at] > 1:
                often[place] = used[at]
                place += 1
    return different, often


@njit(cache=True, nogil=True)
def _room(count: int) -> int:
    """Return the power of two that leaves half of a table free."""
    room = 16
    while room < 2 * count:
        room *= 2
    return room


@njit(cache=True, nogil=True)
def make_table(count: int) -> Table:
    """Make room to count as many values at once."""
    room = _room(count)
    return np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(4 * room, np.uint8)
