"""The compiled split of UTF-8 text into words, and what kind of sign a byte is."""

# ruff: noqa: PLR2004 (bytes of UTF-8)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

PRIME = np.uint64(1099511628211)
SEED = np.uint64(14695981039346656037)

Array = np.ndarray[Any, Any]


@njit(cache=True)
def is_space(byte: int) -> bool:
    """Say whether a byte is ASCII white space."""
    return byte == 32 or 9 <= byte <= 13


@njit(cache=True)
def is_lettered(byte: int) -> bool:
    """Say whether a byte is of a letter, of whatever script, or of a sign beyond ASCII."""
    return 65 <= byte <= 90 or 97 <= byte <= 122 or byte >= 128


@njit(cache=True)
def lower(byte: int) -> int:
    """Fold the case of ASCII."""
    return byte + 32 if 65 <= byte <= 90 else byte


@njit(cache=True)
def split_words(text: Array) -> tuple[Array, Array, Array]:
    """Return the words' hashes, sizes and kinds; a Han or kana sign is a word of its own.

    The kind is 1 for a word of letters, -1 where signs of code or of a table are in it, else 0.
    """
    hashes = np.empty(len(text), np.uint64)
    sizes = np.empty(len(text), np.int64)
    kinds = np.zeros(len(text), np.int64)
    count, at = 0, 0
    while at < len(text):
        if is_space(text[at]):
            at += 1
            continue
        end = _word_end(text, at)
        value = SEED
        for place in range(at, end):
            value = (value ^ np.uint64(lower(text[place]))) * PRIME
        hashes[count], sizes[count], kinds[count] = value, end - at, _kind(text, at, end)
        count += 1
        at = end
    return hashes[:count], sizes[:count], kinds[:count]


@njit(cache=True)
def _kind(text: Array, start: int, end: int) -> int:
    kind = 0
    for at in range(start, end):
        if text[at] in (60, 61, 62, 92, 123, 124, 125):  # < = > \\ { | }
            return -1
        if _begins_letter(text, at):
            kind = 1
    return kind


@njit(cache=True)
def _begins_letter(text: Array, at: int) -> bool:
    """Say whether a letter begins here, leaving out the blocks of punctuation, forms and emoji."""
    byte = text[at]
    if byte < 128:
        return bool(is_lettered(byte))
    following = text[at + 1] if at + 1 < len(text) else 0
    if byte == 0xE3:
        return following != 0x80
    if byte == 0xF0:
        return following != 0x9F
    return bool(byte >= 0xC3 and byte not in (0xE2, 0xEF))


@njit(cache=True)
def is_dense(byte: int) -> bool:
    """Say whether a byte begins a Han or kana sign or a full-width form (U+3000 on, no Hangul)."""
    return 0xE3 <= byte <= 0xE9 or byte == 0xEF


@njit(cache=True)
def _word_end(text: Array, start: int) -> int:
    if is_dense(text[start]):
        return min(start + 3, len(text))
    at = start
    while at < len(text) and not is_space(text[at]) and not is_dense(text[at]):
        at += 1
    return at
