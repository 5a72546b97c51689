"""The compiled pass over words, lines and sentences that measures repetition.

Imported by the filter inside a function: numba takes half a second to load.
"""

# ruff: noqa: PLR2004, RUF003 (bytes of UTF-8)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

MEASURES = (
    "words",
    "top_2gram",
    "top_3gram",
    "top_4gram",
    "repeated_5grams",
    "repeated_10grams",
    "repeated_lines",
    "looped_words",
    "sentence_run",
    "sign_run",
)
LONGEST_PERIOD = 13
_PRIME = np.uint64(1099511628211)
_SEED = np.uint64(14695981039346656037)
_SPREAD = np.uint64(11400714819323198485)

Array = np.ndarray[Any, Any]


@njit(cache=True)
def measure_texts(data: Array, ends: Array, from_words: int) -> Array:
    """Measure every text of a UTF-8 buffer; `ends` are the byte offsets where each one ends.

    The columns are `MEASURES`; shares of texts of fewer than `from_words` words are -1.
    """
    found = np.full((len(ends), 10), -1.0)
    start = 0
    for row in range(len(ends)):
        end = ends[row]
        _measure(data[start:end], from_words, found[row])
        start = end
    return found


@njit(cache=True)
def _measure(text: Array, from_words: int, out: Array) -> None:
    hashes, sizes, lettered = _split_words(text)
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
    out[7] = _loop_words(hashes, lettered)
    out[8] = _sentence_run(text)
    out[9] = _sign_run(text)


@njit(cache=True)
def _is_space(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13


@njit(cache=True)
def _is_lettered(byte: int) -> bool:
    return 65 <= byte <= 90 or 97 <= byte <= 122 or byte >= 128


@njit(cache=True)
def _lower(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else byte


@njit(cache=True)
def _split_words(text: Array) -> tuple[Array, Array, Array]:
    """Hash the words; a Han or kana sign is a word of its own."""
    hashes = np.empty(len(text), np.uint64)
    sizes = np.empty(len(text), np.int64)
    lettered = np.zeros(len(text), np.bool_)
    count, at = 0, 0
    while at < len(text):
        if _is_space(text[at]):
            at += 1
            continue
        end = _word_end(text, at)
        value = _SEED
        for place in range(at, end):
            value = (value ^ np.uint64(_lower(text[place]))) * _PRIME
            lettered[count] |= _is_lettered(text[place])
        hashes[count], sizes[count] = value, end - at
        count += 1
        at = end
    return hashes[:count], sizes[:count], lettered[:count]


@njit(cache=True)
def _is_dense(byte: int) -> bool:
    """Say whether a byte begins a Han or kana sign or a full-width form (U+3000 on, no Hangul)."""
    return 0xE3 <= byte <= 0xE9 or byte == 0xEF


@njit(cache=True)
def _word_end(text: Array, start: int) -> int:
    if _is_dense(text[start]):
        return min(start + 3, len(text))
    at = start
    while at < len(text) and not _is_space(text[at]) and not _is_dense(text[at]):
        at += 1
    return at


@njit(cache=True)
def _gram(hashes: Array, at: int, size: int) -> Any:
    value = _SEED
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
        value, size = _SEED, 0
        while end < len(text) and text[end] != 10:
            if not _is_space(text[end]):
                value = (value ^ np.uint64(text[end])) * _PRIME
                size += 1
            end += 1
        if size:
            slot = _slot(keys, used, value)
            repeated += size * used[slot]
            used[slot] = 1
            total += size
        at = end + 1
    return repeated / total if total else 0.0


@njit(cache=True)
def _loop_words(hashes: Array, lettered: Array) -> float:
    """Return the words of the longest stretch that has a period, three periods at least.

    Stretches without a letter (rules of tables, rows of numbers) are no loops.
    """
    longest = 0
    for period in range(1, LONGEST_PERIOD + 1):
        run, letters = 0, 0
        for at in range(period, len(hashes)):
            if hashes[at] == hashes[at - period]:
                run += 1
                letters += lettered[at]
                if run >= 2 * period and 2 * letters > run:
                    longest = max(longest, run + period)
            else:
                run, letters = 0, 0
    return float(longest)


@njit(cache=True)
def _ends_sentence(text: Array, at: int) -> bool:
    byte = text[at]
    if byte == 10:
        return True
    if byte in (46, 33, 63):  # . ! ?
        return at + 1 == len(text) or _is_space(text[at + 1])
    # 。 is E3 80 82, ！ EF BC 81, ？ EF BC 9F
    if byte == 0x82 and at >= 2:
        return bool(text[at - 1] == 0x80 and text[at - 2] == 0xE3)
    if byte in (0x81, 0x9F) and at >= 2:
        return bool(text[at - 1] == 0xBC and text[at - 2] == 0xEF)
    return False


@njit(cache=True)
def _sentence_run(text: Array) -> float:
    """Return how often a sentence or line of 12 letters or more stands there in a row."""
    values = np.empty(len(text) + 1, np.uint64)
    count, letters, value = 0, 0, _SEED
    for at in range(len(text)):
        if not _is_space(text[at]):
            value = (value ^ np.uint64(_lower(text[at]))) * _PRIME
            letters += _is_lettered(text[at])
        if _ends_sentence(text, at) or at + 1 == len(text):
            if letters >= 12:
                values[count] = value
                count += 1
            if value != _SEED:
                letters, value = 0, _SEED
    longest = min(count, 1)
    for period in range(1, 4):
        run = 0
        for at in range(period, count):
            run = run + 1 if values[at] == values[at - period] else 0
            longest = max(longest, run // period + 1)
    return float(longest)


@njit(cache=True)
def _sign_run(text: Array) -> float:
    """Return the longest run of one ASCII letter or digit."""
    longest, run = 0, 0
    for at in range(len(text)):
        byte = text[at]
        alike = at > 0 and byte == text[at - 1]
        counts = 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122
        run = run + 1 if alike and counts else int(counts)
        longest = max(longest, run)
    return float(longest)
