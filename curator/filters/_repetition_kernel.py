"""The compiled pass over words and lines that measures repetition.

Imported by the filter inside a function: numba takes half a second to load.
"""

# ruff: noqa: PLR2004 (bytes of UTF-8)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

from curator.filters._runs_kernel import loop_in_word, loop_words, sentence_run, sign_run
from curator.filters._words_kernel import PRIME, SEED, Array, is_space, split_words

MEASURES = (
    "words",
    "top_2gram",
    "top_3gram",
    "top_4gram",
    "repeated_5grams",
    "repeated_10grams",
    "repeated_lines",
    "looped_words",
    "long_repeats",
    "short_repeats",
    "sentence_run",
    "sign_run",
)
_SPREAD = np.uint64(11400714819323198485)


@njit(cache=True)
def measure_texts(data: Array, ends: Array, from_words: int) -> Array:
    """Measure every text of a UTF-8 buffer; `ends` are the byte offsets where each one ends.

    The columns are `MEASURES`; shares of texts of fewer than `from_words` words are -1.
    """
    found = np.full((len(ends), len(MEASURES)), -1.0)
    start = 0
    for row in range(len(ends)):
        end = ends[row]
        _measure(data[start:end], from_words, found[row])
        start = end
    return found


@njit(cache=True)
def _measure(text: Array, from_words: int, out: Array) -> None:
    hashes, sizes, kinds = split_words(text)
    out[0] = len(hashes)
    if len(hashes) >= from_words:
        total = 0.0
        for size in sizes:
            total += size
        for place in range(3):
            out[1 + place] = _top_share(hashes, sizes, 2 + place, total)
        out[4] = _repeated_share(hashes, sizes, 5, total)
        out[5] = _repeated_share(hashes, sizes, 10, total)
        out[6] = _line_share(text)
    out[7], out[8], out[9] = loop_words(hashes, kinds)
    out[8] = max(out[8], loop_in_word(text))
    out[10] = sentence_run(text)
    out[11] = sign_run(text)


@njit(cache=True)
def _gram(hashes: Array, at: int, size: int) -> Any:
    value = SEED
    for place in range(at, at + size):
        value = (value ^ hashes[place]) * _SPREAD
        value ^= value >> np.uint64(29)
    return value


@njit(cache=True)
def _table(count: int) -> tuple[Array, Array]:
    """Make an open hash table of at least twice the room: keys, and their use."""
    room = 16
    while room < 2 * count:
        room *= 2
    return np.zeros(room, np.uint64), np.zeros(room, np.int64)


@njit(cache=True)
def _slot(keys: Array, used: Array, value: Any) -> Any:
    mask = np.uint64(len(keys) - 1)
    at = (value ^ (value >> np.uint64(32))) & mask
    while used[at] and keys[at] != value:
        at = (at + np.uint64(1)) & mask
    keys[at] = value
    return at


@njit(cache=True)
def _top_share(hashes: Array, sizes: Array, size: int, total: float) -> float:
    """Return the share of characters in the n-gram that covers most, counted as Gopher does."""
    count = len(hashes) - size + 1
    if count < 1:
        return 0.0
    keys, used = _table(count)
    best = 0.0
    for at in range(count):
        slot = _slot(keys, used, _gram(hashes, at, size))
        used[slot] += 1
        if used[slot] > 1:
            characters = 0
            for place in range(at, at + size):
                characters += sizes[place]
            best = max(best, float(used[slot] * characters))
    return min(best / total, 1.0)


@njit(cache=True)
def _repeated_share(hashes: Array, sizes: Array, size: int, total: float) -> float:
    """Return the share of characters in n-grams that stood there before; none counts twice."""
    count = len(hashes) - size + 1
    if count < 1:
        return 0.0
    keys, used = _table(count)
    repeated, covered = 0, 0
    for at in range(count):
        slot = _slot(keys, used, _gram(hashes, at, size))
        if used[slot]:
            for place in range(max(at, covered), at + size):
                repeated += sizes[place]
            covered = at + size
        used[slot] = 1
    return repeated / total


@njit(cache=True)
def _line_share(text: Array) -> float:
    """Return the share of characters in lines that stood there before."""
    count = 1
    for byte in text:
        count += byte == 10
    keys, used = _table(count)
    total, repeated, at = 0, 0, 0
    while at < len(text):
        end = at
        value, size = SEED, 0
        while end < len(text) and text[end] != 10:
            if not is_space(text[end]):
                value = (value ^ np.uint64(text[end])) * PRIME
                size += 1
            end += 1
        if size:
            slot = _slot(keys, used, value)
            repeated += size * used[slot]
            used[slot] = 1
            total += size
        at = end + 1
    return repeated / total if total else 0.0
