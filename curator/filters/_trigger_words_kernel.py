"""The compiled split of texts into the words that triggers are made of."""

# ruff: noqa: PLR2004 (bytes of UTF-8)

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, row_ranges
from curator.dedup.kernel import kernel

_PRIME = np.uint64(1099511628211)
_SEED = np.uint64(14695981039346656037)


class Words:
    """Hashes of the words of some texts, one text after the other."""

    def __init__(self, texts: pl.Series) -> None:
        filled = texts.fill_null("")
        parts = [
            _block_words(filled.slice(*rows))
            for rows in row_ranges(filled.to_frame("text"), BLOCK_BYTES)
        ]
        counts = np.concatenate([np.zeros(1, np.int64), *(part[0] for part in parts)])
        self.offsets: NDArray[np.int64] = np.cumsum(counts)
        none = np.zeros(0, np.uint32)
        self.hashes: NDArray[np.uint32] = np.concatenate([none, *(part[1] for part in parts)])

    def of(self, text: int) -> NDArray[np.uint32]:
        """Return the hashes of one text's words."""
        return self.hashes[self.offsets[text] : self.offsets[text + 1]]


def _block_words(texts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(texts.str.len_bytes().to_numpy(), out=ends[1:])
    data = np.frombuffer(texts.str.join("").item().encode(), np.uint8)
    hashes = np.empty(len(data), np.uint32)
    counts = _hash_words(data, ends, hashes)
    return counts, hashes[: counts.sum()].copy()


@kernel
def _hash_words(
    data: NDArray[np.uint8], ends: NDArray[np.int64], hashes: NDArray[np.uint32]
) -> NDArray[np.int64]:
    """Write the hash of each word of each text; return how many words each has."""
    counts = np.zeros(len(ends) - 1, np.int64)
    total = 0
    for row in range(len(ends) - 1):
        at, first = ends[row], total
        while at < ends[row + 1]:
            end = _word_end(data, at, ends[row + 1])
            if end > at:
                hashes[total] = _hash(data, at, end)
                total += 1
            at = max(end, at + 1)
        counts[row] = total - first
    return counts


@kernel
def _hash(data: NDArray[np.uint8], start: int, end: int) -> np.uint32:
    value = _SEED
    for at in range(start, end):
        byte = data[at]
        value = (value ^ np.uint64(byte + 32 if 65 <= byte <= 90 else byte)) * _PRIME
    return np.uint32((value ^ (value >> np.uint64(32))) & np.uint64(0xFFFFFFFF))


@kernel
def _word_end(data: NDArray[np.uint8], start: int, stop: int) -> int:
    """Return where the word that begins here ends, or `start` where none does.

    A word is a run of letters and digits, a Han or kana sign or Hangul syllable, or two other signs
    and more.
    """
    kind = _kind(data[start])
    if kind == 3:
        return min(start + 3, stop)
    at = start + 1
    while at < stop and _kind(data[at]) == kind:
        at += 1
    return start if kind == 0 or (kind == 2 and at == start + 1) else at


@kernel
def _kind(byte: int) -> int:
    """Return 0 for white space, 1 in a word, 2 for other signs, 3 for a word of one sign."""
    if byte <= 32:
        return 0
    if byte >= 128:
        return 3 if 0xE3 <= byte <= 0xED else 1
    letter = byte | 32
    return 1 if 97 <= letter <= 122 or 48 <= byte <= 57 else 2


@kernel
def span_of(data: NDArray[np.uint8], first: int, count: int) -> tuple[int, int]:
    """Return the bytes where `count` words from the `first` on begin and end."""
    at, word, start = 0, 0, 0
    while at < len(data):
        end = _word_end(data, at, len(data))
        if end > at:
            start = at if word == first else start
            word += 1
            if word == first + count:
                return start, end
        at = max(end, at + 1)
    return start, len(data)
