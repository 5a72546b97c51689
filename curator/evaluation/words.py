"""Words: how a text is read when it is held against test questions."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import block_of
from curator.dedup.tokens import SOLO as SOLO_BLOCKS
from curator.evaluation._words_kernel import END, LINE, SIGN, SOLO, SPACE, WORD, scan_words
from curator.records import normalise

READINGS = (False, True)
"""Whether signs vanish inside of words; else they part them. A text whose punctuation was taken
away is the same in one reading, a text whose punctuation became spaces in the other."""
_ENDS = frozenset(".?!:;\u2026\u3002\uff01\uff1f\uff1a\uff1b\u061f\u0964")
"""Full stops, question marks and the like, of Latin, Han, Arabic and Devanagari."""
_LINES = frozenset("\n\r\x0b\x0c")
_PLANES = 0x20000
_CHUNK = re.compile(r"[^ \t\n\r\x0b\x0c\x1c-\x1f]+")


class Words(NamedTuple):
    """The words of some texts: those of text `i` begin at `offsets[i]`, its last slot is its end.

    `opens` says of each word whether a sentence, a line or the text begins with it, or whether it
    begins with a capital.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    opens: NDArray[np.bool_]


class Word(NamedTuple):
    """A word as it is compared, and where it stands in its text."""

    text: str
    start: int
    end: int


def read_words(texts: pl.Series, *, joined: bool) -> Words:
    """Read the words of every text; null counts as empty."""
    block = block_of(texts)
    return Words(*scan_words(*block, kinds_of_points(), _lowered(), joined))


def words_of(text: str, *, joined: bool) -> list[Word]:
    """Return the words of a text and their places; slow and obvious."""
    kinds = kinds_of_points()
    found: list[Word] = []
    for chunk in _CHUNK.finditer(text):
        folded = normalise(chunk[0])
        even = len(folded) == len(chunk[0])
        inside = False
        for at, letter in enumerate(folded):
            kind = int(kinds[min(ord(letter), _PLANES - 1)])
            start = chunk.start() + at if even else chunk.start()
            end = start + 1 if even else chunk.end()
            if kind == WORD and inside:
                found[-1] = Word(found[-1].text + letter, found[-1].start, end)
            elif kind in (WORD, SOLO):
                found.append(Word(letter, start, end))
            inside = kind == WORD or (inside and joined and kind in (SIGN, END))
    return found


@cache
def kinds_of_points() -> NDArray[np.uint8]:
    """Say of every code point what it is: part of a word, a sign, a space, or a word by itself."""
    kinds = np.full(_PLANES, SIGN, np.uint8)
    for point in range(_PLANES):
        letter = chr(point)
        if letter in _ENDS:
            kinds[point] = END
        elif letter in _LINES:
            kinds[point] = LINE
        elif letter.isspace():
            kinds[point] = SPACE
        elif unicodedata.category(letter)[0] in "LMN":
            kinds[point] = WORD
    for first, last in SOLO_BLOCKS:
        block = kinds[first : min(last + 1, _PLANES)]
        block[block == WORD] = SOLO
    kinds[-1] = SOLO  # whatever lies beyond is Han
    return kinds


@cache
def _lowered() -> NDArray[np.uint8]:
    return np.array([bytes([byte]).lower()[0] for byte in range(256)], np.uint8)
