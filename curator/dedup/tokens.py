"""Tokens: find the tokens of a text, and hash its shingles, in one pass over its bytes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel

MASK: Final = (1 << 64) - 1
BASE: Final = 0x9E3779B97F4A7C15
"""The base of the polynomial: odd, so that it has an inverse modulo 2^64."""
INVERSE: Final = pow(BASE, -1, 1 << 64)
WIDTH: Final = 5
"""Tokens in a shingle."""
SPACE: Final = 0x20
IS_SPACE = np.array([chr(byte).isspace() and byte < 0x80 for byte in range(256)])  # noqa: PLR2004
"""Which bytes are ASCII white space, as `str.split` has it."""

SOLO: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),  # Khmer symbols
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Han numerals
    (0x3038, 0x303B),  # Han numerals, iteration mark
    (0x3041, 0x30FF),  # hiragana, katakana
    (0x31F0, 0x31FF),  # katakana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar extended B
    (0xAA60, 0xAA7F),  # Myanmar extended A
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFF66, 0xFF9F),  # half-width katakana
    (0x116D0, 0x116FF),  # Myanmar extended C
    (0x1AFF0, 0x1B16F),  # kana extensions and supplement
    (0x20000, 0x3FFFF),  # Han extensions B and later
)
"""Blocks of code points that are each a token of its own (Han, kana, Thai, Lao, Khmer, Myanmar)."""


def finalise(value: int) -> int:
    """Mix all bits into all bits, bijectively but for 0 (Stafford 2011, variant 13)."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return (value ^ (value >> 31)) or 1


BYTES: Final = tuple(finalise(BASE * (byte + 1) & MASK) for byte in range(256))
"""A random coefficient for each byte, so that close bytes are no closer than others."""
FOLDED = np.array(
    [BYTES[SPACE if IS_SPACE[byte] else bytes([byte]).lower()[0]] for byte in range(256)], np.uint64
)
"""The coefficients of bytes as normalised: capitals as small letters, white space as a space."""
_SOLO = np.array(SOLO, np.int64)
_BASE = np.uint64(BASE)
_INVERSE = np.uint64(INVERSE)
_GAP = np.uint64(BYTES[SPACE])
_ASCII_END: Final = 0x80
_TWO_BYTES: Final = 0xC0  # the least first byte of a code point of two bytes
_THREE_BYTES: Final = 0xE0
_FOUR_BYTES: Final = 0xF0


@kernel
def solo_width(data: NDArray[np.uint8], at: int) -> int:
    """Return the bytes of a code point that is a token of its own, 0 for any other."""
    if data[at] < _THREE_BYTES:
        return 0
    point = code_point(data, at)
    for block in range(len(_SOLO)):
        if point < _SOLO[block, 0]:
            return 0
        if point <= _SOLO[block, 1]:
            return 3 if data[at] < _FOUR_BYTES else 4
    return 0


@kernel
def scan_tokens(text: NDArray[np.uint8], marks: NDArray[np.uint64]) -> int:
    """Write `(hash before, inverse power, hash after)` of each token; return their number.

    The hash of a prefix is the sum of its bytes' coefficients, each times a power of the base. It
    is taken over the folded text: lower case, each run of white space one space between tokens.
    One loop with its end inside: as two functions, or two loops, it takes twice as long.
    """
    total, power, inverse = np.uint64(0), np.uint64(1), np.uint64(1)
    count, at, last, gap = 0, 0, len(text), False
    while at < last:
        if IS_SPACE[text[at]]:
            gap = count > 0
            at += 1
            continue
        if gap:
            total += _GAP * power
            power *= _BASE
            inverse *= _INVERSE
            gap = False
        marks[0, count], marks[1, count] = total, inverse
        solo_end = at + solo_width(text, at)
        stop = solo_end if solo_end > at else last
        while True:
            total += FOLDED[text[at]] * power
            power *= _BASE
            inverse *= _INVERSE
            at += 1
            if at >= stop:
                break
            byte = text[at]
            if IS_SPACE[byte] or (byte >= _THREE_BYTES and solo_width(text, at) > 0):
                break
        marks[2, count] = total
        count += 1
    return count


@kernel
def hash_rows(
    data: NDArray[np.uint8],
    stops: NDArray[np.int64],
    marks: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Write the hashes of each text's shingles one after the other; return where each begins."""
    offsets = np.zeros(len(stops), np.int64)
    for row in range(len(stops) - 1):
        tokens = scan_tokens(data[stops[row] : stops[row + 1]], marks)
        offsets[row + 1] = offsets[row] + _emit(marks, tokens, hashes[offsets[row] :])
    return offsets


@kernel
def _emit(marks: NDArray[np.uint64], tokens: int, out: NDArray[np.uint64]) -> int:
    """Write the hash of each shingle; a text with few tokens is one."""
    last = min(tokens, WIDTH) - 1
    count = tokens - last if tokens else 0
    for at in range(count):
        out[at] = _finalise((marks[2, at + last] - marks[0, at]) * marks[1, at])
    return count


@kernel
def _finalise(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    value = value ^ (value >> np.uint64(31))
    return max(value, np.uint64(1))


@kernel
def find_foreign(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], inert: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Find the stretches `(start, stop)` between ASCII spaces that Python must normalise.

    NFC and casefold never reach across an ASCII space, so the rest of the text can stay.
    """
    found = np.empty((len(data) // 2 + 1, 2), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1]
        at = first
        while at < last:
            if at + 8 <= last and _is_plain(data, at):
                at += 8
                continue
            if data[at] < _TWO_BYTES or _is_inert(data, at, inert):
                at += 1
                continue
            start, at = _widen(data, at, first, last)
            if count and found[count - 1, 0] >= first and start - found[count - 1, 1] <= 1:
                found[count - 1, 1] = at
            else:
                found[count, 0], found[count, 1] = start, at
                count += 1
    return found[:count].copy()


@kernel
def _is_plain(data: NDArray[np.uint8], at: int) -> bool:
    """Say whether the next eight bytes are ASCII."""
    seen = np.uint8(0)
    for beside in range(8):
        seen |= data[at + beside]
    return bool(seen < _ASCII_END)


@kernel
def _widen(data: NDArray[np.uint8], at: int, first: int, last: int) -> tuple[int, int]:
    """Return the stretch around `at` that is free of ASCII spaces."""
    start = at
    while start > first and not IS_SPACE[data[start - 1]]:
        start -= 1
    while at < last and not IS_SPACE[data[at]]:
        at += 1
    return start, at


@kernel
def _is_inert(data: NDArray[np.uint8], at: int, inert: NDArray[np.bool_]) -> bool:
    point = code_point(data, at)
    return point < len(inert) and inert[point]


@kernel
def code_point(data: NDArray[np.uint8], at: int) -> int:
    """Decode the code point whose first byte, at least 0xC0, is at `at`."""
    lead = int(data[at])
    if lead < _THREE_BYTES:
        return ((lead & 0x1F) << 6) | _tail(data, at + 1)
    if lead < _FOUR_BYTES:
        return ((lead & 0x0F) << 12) | (_tail(data, at + 1) << 6) | _tail(data, at + 2)
    high = ((lead & 0x07) << 18) | (_tail(data, at + 1) << 12)
    return high | (_tail(data, at + 2) << 6) | _tail(data, at + 3)


@kernel
def _tail(data: NDArray[np.uint8], at: int) -> int:
    return int(data[at]) & 0x3F
