"""The compiled pass of the task model from characters to words, signs and hashed features.

Training and inference call the same pass, so that they cannot drift apart.
"""

# ruff: noqa: PLR2004, PLR0913, PLR0917 (letters; compiled passes take array by array)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

from curator.models._toxicity_words_kernel import (
    ALONE,
    DIGIT,
    IGNORED,
    LETTER,
    LONGEST_WORD,
    MIX,
    OFFSET,
    PRIME,
    SPACE,
    find_slot,
)

Array = np.ndarray[Any, np.dtype[Any]]

LINE, BLANK, NUMBER, OTHER = (np.uint64(one) for one in (10, 11, 48, 1))
"""Tokens of their own: the end of a line, a blank line, a number, and a word without a meaning."""
WINDOW = 32
"""Tokens that are read at the head and at the tail."""
_STOP, _ASK, _COLON, _CALL = (np.uint64(one) for one in (46, 63, 58, 33))
_BITS = np.uint64(15)
BUCKETS = 1 << 15


@njit(cache=True, nogil=True)
def split_tokens(codes: Array, kinds: Array, text_ends: Array) -> Any:
    """Split folded characters into tokens: words, numbers, signs, ends of lines.

    Returns their hashes and how many lie before the end of each text. A sign's hash is its code.
    """
    hashes = np.empty(len(codes) + 1, np.uint64)
    counts = np.empty(len(text_ends), np.int64)
    size, start = 0, 0
    for row in range(len(text_ends)):
        stop = text_ends[row]
        i = start
        first = size
        while i < stop:
            kind, code = kinds[i], codes[i]
            if kind in (LETTER, DIGIT):
                i, hashes[size] = _read_word(codes, kinds, i, stop)
                size += 1
                continue
            i += 1
            size = _add_sign(hashes, first, size, code, kind)
        counts[row] = size
        start = stop
    return hashes[:size], counts


@njit(cache=True, nogil=True)
def _add_sign(hashes: Array, first: int, size: int, code: Any, kind: int) -> int:
    """Add an ideograph, the end of a line or a sign; of equal signs in a row one is kept."""
    if kind == ALONE:
        hashes[size] = np.uint64(code) * MIX
        return size + 1
    if code == 10:
        if size > first and hashes[size - 1] in (LINE, BLANK):
            hashes[size - 1] = BLANK
            return size
        hashes[size] = LINE
        return size + 1
    sign = np.uint64(code)
    if kind in (SPACE, IGNORED) or (size > first and hashes[size - 1] == sign):
        return size
    hashes[size] = sign
    return size + 1


@njit(cache=True, nogil=True)
def _read_word(codes: Array, kinds: Array, i: int, stop: int) -> Any:
    """Return where a word ends and its hash; all numbers have one hash."""
    found = OFFSET
    number, size = True, 0
    while i < stop and kinds[i] in (LETTER, DIGIT, IGNORED):
        if kinds[i] != IGNORED and size < LONGEST_WORD:
            found = (found ^ np.uint64(codes[i])) * PRIME
            number &= kinds[i] == DIGIT
            size += 1
        i += 1
    return i, NUMBER if number else found ^ (found >> np.uint64(29))


@njit(cache=True, nogil=True)
def list_features(hashes: Array, counts: Array, cues: Array) -> Any:
    """Return the hashed features of each text, and how many lie before the end of each.

    `cues` is an open table of the words that say what is asked; others are alike in a skeleton.
    """
    most = 0
    start = 0
    for stop in counts:
        most += min(stop - start, 2 * WINDOW) * 12 + 12
        start = stop
    found = np.empty(most, np.int32)
    ends = np.empty(len(counts), np.int64)
    size, start = 0, 0
    for row in range(len(counts)):
        stop = counts[row]
        text = hashes[start:stop]
        plain = np.empty(len(text), np.uint64)
        for i in range(len(text)):
            sign = text[i] < 128
            plain[i] = text[i] if sign or find_slot(text[i], cues) >= 0 else OTHER
        head = min(len(text), WINDOW)
        size = _add_window(text, plain, 0, head, np.uint64(3), found, size)
        tail = max(len(text) - WINDOW, 0)
        size = _add_window(text, plain, tail, len(text), np.uint64(5), found, size)
        ends[row] = size
        start = stop
    return found[:size], ends


@njit(cache=True, nogil=True)
def _add_window(
    text: Array, plain: Array, first: int, last: int, zone: Any, found: Array, size: int
) -> int:
    """Add the features of the tokens of one window."""
    for i in range(first, last):
        one = text[i]
        found[size] = _bucket(one, zone)
        size += 1
        shared = zone == 3 or i >= WINDOW
        starts = i == 0 or text[i - 1] in (LINE, BLANK, _STOP, _ASK, _COLON, _CALL)
        if shared:
            found[size] = _bucket(one, np.uint64(7))
            size += 1
        if starts:
            found[size] = _bucket(one, zone + np.uint64(8 if i == 0 else 16))
            size += 1
        if i + 1 >= last:
            continue
        two = one * MIX + text[i + 1]
        found[size] = _bucket(two, zone + np.uint64(32))
        size += 1
        if starts:
            found[size] = _bucket(two, np.uint64(41 if i == 0 else 43))
            size += 1
        if shared:
            size = _add_longer(text, plain, i, last, found, size)
    return size


@njit(cache=True, nogil=True)
def _add_longer(text: Array, plain: Array, i: int, last: int, found: Array, size: int) -> int:
    """Add what two to four tokens say: as they stand, and with words of no meaning left open."""
    found[size] = _bucket(text[i] * MIX + text[i + 1], np.uint64(51))
    size += 1
    key, words = plain[i], plain[i] != OTHER
    exact = text[i]
    for step in range(1, min(4, last - i)):
        key = key * MIX + plain[i + step]
        exact = exact * MIX + text[i + step]
        words += plain[i + step] != OTHER
        if step == 2:
            found[size] = _bucket(exact, np.uint64(53))
            size += 1
        if words > 0 and words <= step:
            found[size] = _bucket(key, np.uint64(54 + step))
            size += 1
    return size


@njit(cache=True, nogil=True)
def _bucket(key: Any, zone: Any) -> Any:
    mixed = (key ^ (zone * MIX)) * PRIME
    mixed ^= mixed >> np.uint64(31)
    return np.int32(mixed * MIX >> (np.uint64(64) - _BITS))


@njit(cache=True, nogil=True)
def sum_rows(found: Array, ends: Array, table: Array) -> Array:
    """Add up the rows of a table of eight bits for each text, over the root of their number."""
    sums = np.zeros((len(ends), table.shape[1]), np.float32)
    total = np.zeros(table.shape[1], np.int32)
    start = 0
    for row in range(len(ends)):
        total[:] = 0
        for i in range(start, ends[row]):
            for place in range(len(total)):
                total[place] += table[found[i], place]
        if ends[row] > start:
            sums[row] = total / np.sqrt(np.float32(ends[row] - start))
        start = ends[row]
    return sums
