"""The compiled pass that measures everything about a text that its signs alone can say.

Imported by the filter inside a function: numba takes half a second to load.
"""

# ruff: noqa: PLR2004 (bytes of UTF-8)
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numpy as np
from numba import njit

from curator.filters._ngrams_kernel import (
    Array,
    make_table,
    share_of_commonest,
    share_of_repeated,
)
from curator.filters._signs import (
    ALPHANUMERIC,
    DECIMAL,
    LINE_END,
    SPACE,
    SPECIAL,
    SPECIAL_LOWER,
    signs,
)

MEASURES = (
    "characters",
    "words",
    "alphanumeric",
    "special",
    "digits",
    "white_space",
    "character_repetition",
    "word_repetition",
    "average_line",
    "longest_line",
    "mean_word",
)
_PRIME = np.uint64(1099511628211)
_SEED = np.uint64(14695981039346656037)


def measure_statistics(
    data: Array, ends: Array, character_gram: int, word_gram: int
) -> dict[str, Array]:
    """Measure every text of a UTF-8 buffer; `ends` are the byte offsets where each one ends.

    Shares of an empty text are 0, as Data-Juicer has it.
    """
    bits, lower = signs()
    found = _measure_all(data, ends, bits, lower, (character_gram, word_gram))
    return {name: found[place] for place, name in enumerate(MEASURES)}


@njit(cache=True, nogil=True)
def _measure_all(data: Array, ends: Array, bits: Array, lower: Array, grams: Any) -> Array:
    found = np.zeros((11, len(ends)))
    longest, start = 1, 0
    for end in ends:
        longest, start = max(longest, end - start), end
    codes = np.empty(longest, np.int32)
    hashes = np.empty(longest, np.uint64)
    table = make_table(longest)
    start = 0
    for row in range(len(ends)):
        size = _decode(data[start : ends[row]], codes)
        start = ends[row]
        if size:
            out = found[:, row]
            _count_signs(codes[:size], bits, out)
            words = _split_words(codes[:size], bits, lower, hashes, out)
            out[7] = share_of_repeated(hashes[:words], grams[1], table)
            out[6] = share_of_commonest(codes[:size], grams[0], hashes, table)
    return found


@njit(cache=True, nogil=True)
def _decode(text: Array, codes: Array) -> int:
    """Write the code points of a text in UTF-8, and return how many there are."""
    size, code = 0, 0
    for byte in text:
        if byte < 0x80:
            codes[size] = byte
            size += 1
        elif byte < 0xC0:
            codes[size - 1] = (codes[size - 1] << 6) | (byte & 0x3F)
        else:
            code = byte & 0x1F if byte < 0xE0 else byte & 0x0F if byte < 0xF0 else byte & 0x07
            codes[size] = code
            size += 1
    return size


@njit(cache=True, nogil=True)
def _count_signs(codes: Array, bits: Array, out: Array) -> None:
    """Count kinds of signs, lines as `str.splitlines` cuts them, words between white space."""
    size = len(codes)
    letters, special, digits, spaces = 0, 0, 0, 0
    lines, line, longest, words, before = 0, 0, 0, 0, True
    for at in range(size):
        code = codes[at]
        kind = bits[code] if code < len(bits) else 0
        letters += kind & ALPHANUMERIC
        digits += (kind & DECIMAL) != 0
        special += (kind & SPECIAL) != 0
        space = (kind & SPACE) != 0
        spaces += space
        words += before and not space
        before = space
        if not kind & LINE_END:
            line += 1
        elif not (code == 10 and at and codes[at - 1] == 13):
            lines, longest, line = lines + 1, max(longest, line), 0
    lines, longest = lines + (line > 0), max(longest, line)
    out[0], out[2], out[3] = size, letters / size, special / size
    out[4], out[5] = digits / size, spaces / size
    out[8], out[9] = size / lines, longest
    out[10] = (size - spaces) / words if words else 0.0


@njit(cache=True, nogil=True)
def _split_words(codes: Array, bits: Array, lower: Array, hashes: Array, out: Array) -> int:
    """Hash the words between blanks, tabs and line feeds, in lower case, special ends cut off.

    `out` is told how many there are before case is folded, which is a little different: "Г" is
    no special sign in lower case.
    """
    count, words, start = 0, 0, 0
    for at in range(len(codes) + 1):
        if at < len(codes) and codes[at] != 32 and codes[at] != 10 and codes[at] != 9:
            continue
        words += _cut(codes, bits, start, at, SPECIAL)[0] < at
        first, last = _cut(codes, bits, start, at, SPECIAL_LOWER)
        if first < last:
            value = _SEED
            for place in range(first, last):
                code = codes[place]
                value = (value ^ np.uint64(lower[code] if code < len(lower) else code)) * _PRIME
            hashes[count] = value ^ (value >> np.uint64(29))
            count += 1
        start = at + 1
    out[1] = words
    return count


@njit(cache=True, nogil=True)
def _cut(codes: Array, bits: Array, start: int, end: int, kind: int) -> tuple[int, int]:
    """Leave out the signs of a kind at both ends; nothing left gives `end` twice."""
    while start < end and codes[start] < len(bits) and bits[codes[start]] & kind:
        start += 1
    last = end
    while last > start and codes[last - 1] < len(bits) and bits[codes[last - 1]] & kind:
        last -= 1
    return start, last
