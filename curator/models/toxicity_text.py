"""Words as the static toxicity model reads them: folded, with disguised letters read."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.models import _toxicity_words_kernel as kernel

_TABLE = 0x20000
_LEET = dict(zip("0123456789$@!*", "oizeasgtbgsai*", strict=True))
_ALIKE = dict(zip("аеорсухікмтвнєѕјһԁɡαεορτυικνχ", "aeopcyxikmtbhesjhdgaeoptuikvx", strict=True))


class Words(NamedTuple):
    """The words of many texts, one after the other."""

    letters: NDArray[np.uint32]
    """The characters of all words."""
    ends: NDArray[np.int64]
    """Where each word ends in `letters`."""
    counts: NDArray[np.int64]
    """How many words lie before the end of each text."""
    hashes: NDArray[np.uint64]
    """The 64-bit hash of each word."""


def read_words(texts: Sequence[str], slots: NDArray[np.uint64]) -> Words:
    """Split texts into normalised words; `slots` is the table of known words."""
    codes, kinds, ends = pack_texts(texts)
    letters, word_ends, counts = kernel.split_words(codes, kinds, ends, _looks(), slots)
    return Words(letters, word_ends, counts, kernel.hash_words(letters, word_ends))


def pack_texts(
    texts: Sequence[str],
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]]:
    """Return the plain lower-case letters of all texts, their kinds, and where each text ends."""
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    points = np.minimum(np.frombuffer(joined, np.uint32), _TABLE - 1)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    folded, kinds = _folds()
    return folded[points], kinds[points], ends


@cache
def _folds() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Tabulate for each code point its plain lower-case letter and its kind."""
    codes = np.zeros(_TABLE, np.uint32)
    kinds = np.zeros(_TABLE, np.uint8)
    for point in range(_TABLE):
        codes[point], kinds[point] = _fold(chr(point))
    return codes, kinds


def _fold(sign: str) -> tuple[int, int]:
    plain = unicodedata.normalize("NFKD", sign)[:1].casefold()[:1] or " "
    category = unicodedata.category(plain)
    return ord(plain), _kind(plain, category)


def _kind(plain: str, category: str) -> int:
    if plain in "'`\u2018\u2019\u00b4" or category in {"Mn", "Me", "Cf"}:
        return kernel.IGNORED
    if category[0] in "ZC":
        return kernel.ALONE if category == "Cn" else kernel.SPACE
    if plain in "$@!*":
        return kernel.SIGN
    if category[0] == "L" or category == "Mc":
        ideograph = category == "Lo" and 0x2E80 <= ord(plain) <= 0xA4CF  # noqa: PLR2004
        return kernel.ALONE if ideograph else kernel.LETTER
    if category[0] == "N":
        return kernel.DIGIT
    return kernel.ALONE if category in {"So", "Sk"} and not plain.isascii() else kernel.PUNCTUATION


@cache
def _looks() -> NDArray[np.uint32]:
    """Tabulate which Latin letter a digit, a sign or a foreign letter imitates."""
    looks = np.zeros(0x530, np.uint32)
    for sign, letter in {**_LEET, **_ALIKE}.items():
        looks[ord(sign)] = ord(letter)
    return looks
