"""Compiled: whether two texts differ in a few words only, over very many pairs."""

# ruff: noqa: PLR2004 (bytes of UTF-8)

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, block_of, row_ranges
from curator.dedup.kernel import kernel
from curator.dedup.threads import map_threads

BEGINNING: Final = 4
"""Bytes by which words are told apart here; shorter words are passed over."""
_CHUNK: Final = 1 << 14


class Beginnings(NamedTuple):
    """How the words of texts begin: those of text `i` are `values[offsets[i]:offsets[i + 1]]`."""

    values: NDArray[np.uint32]
    offsets: NDArray[np.int64]


def read_beginnings(texts: pl.Series, quiet: Sequence[str]) -> Beginnings:
    """List the beginnings of each text's words, sorted; those of quiet words are left out."""
    packed = [word.encode()[:BEGINNING] for word in quiet if len(word.encode()) >= BEGINNING]
    left_out = np.unique([int.from_bytes(word, "big") for word in packed]).astype(np.uint32)

    def read_rows(rows: tuple[int, int]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        return _list(*block_of(texts.slice(*rows)), left_out)

    parts = map_threads(read_rows, row_ranges(texts.to_frame(), BLOCK_BYTES))
    sizes = [size for _, size in parts]
    offsets = np.concatenate([np.zeros(1, np.int64), *sizes]).cumsum()
    none = np.zeros(0, np.uint32)
    return Beginnings(np.concatenate([none, *(values for values, _ in parts)]), offsets)


def differ_little(pairs: NDArray[np.int64], words: Beginnings, most: int) -> NDArray[np.bool_]:
    """Say for each pair whether each text has at most so many words beyond the other's."""
    found = np.zeros(len(pairs), np.bool_)

    def compare(start: int) -> None:
        span = slice(start, start + _CHUNK)
        _compare(pairs[span], words.values, words.offsets, most, found[span])

    map_threads(compare, range(0, len(pairs), _CHUNK))
    return found


@kernel
def _list(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], left_out: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    values = np.empty(len(data) // 2 + 2, np.uint32)
    sizes = np.zeros(len(offsets) - 1, np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        first = count
        at, stop = offsets[row], offsets[row + 1]
        while at < stop:
            start, word = at, np.uint32(0)
            while at < stop and _in_word(data[at]) and (at == start or data[at] < 0xE0):
                if at - start < BEGINNING:
                    letter = data[at] | 0x20 if 0x41 <= data[at] <= 0x5A else data[at]
                    word = (word << np.uint32(8)) | np.uint32(letter)
                at += 1
            long = at - start >= BEGINNING or (at > start and data[start] >= 0xE0)
            if long and not _contains(left_out, word):
                values[count] = word
                count += 1
            if at == start:
                at += 1
        values[first:count].sort()
        sizes[row] = count - first
    return values[:count].copy(), sizes


@kernel
def _in_word(byte: int) -> bool:
    letter = byte | 0x20
    return (0x61 <= letter <= 0x7A) or byte >= 0x80


@kernel
def _contains(sorted_values: NDArray[np.uint32], value: np.uint32) -> bool:
    at = np.searchsorted(sorted_values, value)
    return bool(at < len(sorted_values) and sorted_values[at] == value)


@kernel
def _compare(
    pairs: NDArray[np.int64],
    values: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    most: int,
    found: NDArray[np.bool_],
) -> None:
    for at in range(len(pairs)):
        one, other = pairs[at, 0], pairs[at, 1]
        ours = values[offsets[one] : offsets[one + 1]]
        theirs = values[offsets[other] : offsets[other + 1]]
        found[at] = abs(len(ours) - len(theirs)) <= most and _are_near(ours, theirs, most)


@kernel
def _are_near(ours: NDArray[np.uint32], theirs: NDArray[np.uint32], most: int) -> bool:
    """Walk both sorted lists, and stop as soon as one lacks too many of the other's."""
    mine, yours, only_ours, only_theirs = 0, 0, 0, 0
    while mine < len(ours) and yours < len(theirs):
        if ours[mine] == theirs[yours]:
            mine, yours = mine + 1, yours + 1
        elif ours[mine] < theirs[yours]:
            mine, only_ours = mine + 1, only_ours + 1
        else:
            yours, only_theirs = yours + 1, only_theirs + 1
        if only_ours > most or only_theirs > most:
            return False
    return only_ours + len(ours) - mine <= most and only_theirs + len(theirs) - yours <= most
