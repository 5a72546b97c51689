"""Kernel: the words of texts as hashes, and the runs of words that test questions have too."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel

SIGN: Final = 0
WORD: Final = 1
SPACE: Final = 2
END: Final = 3
"""A sign that ends a sentence or opens what follows, such as a colon."""
LINE: Final = 4
SOLO: Final = 5
"""A word by itself (Han, kana, Thai and the like)."""

_SEED = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_ASCII_END: Final = 0x80
_THREE_BYTES: Final = 0xE0
_FOUR_BYTES: Final = 0xF0
_A: Final = 65
_Z: Final = 90
_NEAR: Final = 16


@kernel
def mixed(value: np.uint64) -> np.uint64:
    """Mix all bits into all bits, never 0 (Stafford 2011, variant 13)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return max(value ^ (value >> np.uint64(31)), np.uint64(1))


@kernel
def _width(byte: int) -> int:
    if byte < _ASCII_END:
        return 1
    return 2 if byte < _THREE_BYTES else 3 if byte < _FOUR_BYTES else 4


@kernel
def _kind(data: NDArray[np.uint8], at: int, kinds: NDArray[np.uint8]) -> int:
    """Return what the code point that begins here is."""
    lead = int(data[at])
    if lead < _ASCII_END:
        return int(kinds[lead])
    point = lead & (0x1F if lead < _THREE_BYTES else 0x0F if lead < _FOUR_BYTES else 0x07)
    for beside in range(1, _width(lead)):
        point = (point << 6) | (int(data[at + beside]) & 0x3F)
    return int(kinds[min(point, len(kinds) - 1)])


@kernel
def scan_words(
    data: NDArray[np.uint8],
    stops: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    lower: NDArray[np.uint8],
    joined: bool,
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.bool_]]:
    """Return where each text's words begin in `hashes`, and whether each opens a stretch.

    Every text has one slot more than words, whose `opens` is set: its end. In the joined reading
    signs vanish, in the other they part words.
    """
    hashes = np.zeros(len(data) + len(stops), np.uint64)
    opens = np.zeros(len(data) + len(stops), np.bool_)
    offsets = np.zeros(len(stops), np.int64)
    for row in range(len(stops) - 1):
        text, end = data[stops[row] : stops[row + 1]], offsets[row]
        end += _scan_text(text, kinds, lower, joined, hashes[end:], opens[end:])
        opens[end] = True
        offsets[row + 1] = end + 1
    return offsets, hashes[: offsets[-1]].copy(), opens[: offsets[-1]].copy()


@kernel
def _scan_text(
    text: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    lower: NDArray[np.uint8],
    joined: bool,
    hashes: NDArray[np.uint64],
    opens: NDArray[np.bool_],
) -> int:
    """Write the words of one text and return their number."""
    at, end, value, inside, alone, fresh = 0, 0, _SEED, False, False, True
    while at < len(text):
        kind, width = _kind(text, at, kinds), _width(text[at])
        parts = kind != WORD and (not joined or kind in (SPACE, LINE, SOLO))
        if inside and (alone or parts):
            hashes[end], value, inside = mixed(value), _SEED, False
            end += 1
        if kind in (WORD, SOLO):
            if not inside:
                opens[end] = fresh or _A <= text[at] <= _Z
            inside, alone, fresh = True, kind == SOLO, False
            for place in range(at, at + width):
                value = (value ^ np.uint64(lower[text[place]])) * _PRIME
        elif kind in (END, LINE):
            fresh = True
        at += width
    if inside:
        hashes[end] = mixed(value)
        end += 1
    return end


@kernel
def run_hashes(
    hashes: NDArray[np.uint64], offsets: NDArray[np.int64], width: int
) -> NDArray[np.uint64]:
    """Hash the run of `width` words from each word on; 0 where the text has not so many left."""
    found = np.zeros(len(hashes), np.uint64)
    top = np.uint64(1)
    for _ in range(width - 1):
        top *= _BASE
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1] - 1
        value = np.uint64(0)
        for at in range(first, last):
            if at - first >= width:
                value -= hashes[at - width] * top
            value = value * _BASE + hashes[at]
            if at - first >= width - 1:
                found[at - width + 1] = mixed(value)
    return found


@kernel
def fill_table(
    keys: NDArray[np.uint64], slots: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Make an open table of distinct keys, none 0: the key of each slot, and its place."""
    table = np.zeros(slots, np.uint64)
    places = np.zeros(slots, np.int32)
    last = np.uint64(slots - 1)
    for place in range(len(keys)):
        slot = keys[place] & last
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & last
        table[slot] = keys[place]
        places[slot] = place
    return table, places


@kernel
def _place(key: np.uint64, table: NDArray[np.uint64], places: NDArray[np.int32]) -> int:
    last = np.uint64(len(table) - 1)
    slot = key & last
    while table[slot] != 0:
        if table[slot] == key:
            return int(places[slot])
        slot = (slot + np.uint64(1)) & last
    return -1


@kernel
def find_runs(
    runs: NDArray[np.uint64], table: NDArray[np.uint64], places: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the place of each run in the index, -1 for a run that no question has."""
    found = np.empty(len(runs), np.int32)
    for at in range(len(runs)):
        found[at] = -1 if runs[at] == 0 else _place(runs[at], table, places)
    return found


@kernel
def find_short(
    hashes: NDArray[np.uint64],
    opens: NDArray[np.bool_],
    offsets: NDArray[np.int64],
    table: NDArray[np.uint64],
    places: NDArray[np.int32],
    most: int,
) -> NDArray[np.int64]:
    """List `(text, word, words, place)` of every stretch that is a short question, whole.

    A stretch begins with a sentence, a line or a capital, and the next one ends it.
    """
    found = np.empty((_NEAR, 4), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1] - 1
        for at in range(first, last):
            if not opens[at]:
                continue
            value = np.uint64(0)
            for size in range(1, min(most, last - at) + 1):
                value = value * _BASE + hashes[at + size - 1]
                if not opens[at + size]:
                    continue
                place = _place(mixed(value), table, places)
                if place < 0:
                    continue
                if count == len(found):
                    more = np.empty((2 * count, 4), np.int64)
                    more[:count] = found
                    found = more
                found[count] = (row, at - first, size, place)
                count += 1
    return found[:count].copy()
