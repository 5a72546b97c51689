"""WordPiece: how an uncased BERT cuts a text into the pieces that it knows.

After Devlin et al. 2019 (BERT) and Schuster and Nakajima 2012: words are folded, split at signs,
and cut from the left into the longest known pieces. A word that cannot be cut is unknown.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

_LONGEST_WORD = 100
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPiece:
    """Cuts texts; made by `load`."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._rows = {piece: row for row, piece in enumerate(pieces)}
        self._unknown = self._rows["[UNK]"]
        self._first, self._last = self._rows["[CLS]"], self._rows["[SEP]"]
        self._cut = lru_cache(maxsize=1 << 16)(self._cut_word)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the pieces, one a line."""
        return cls(path.read_text("utf-8").split("\n"))

    def encode(self, text: str, longest: int, tail: int = 0) -> list[int]:
        """Return the rows of a text's pieces, at most `longest` with the two that frame it.

        Of a longer text the first are taken, and of those the last `tail` from its end.
        """
        rows = [row for word in split_words(text) for row in self._cut(word)]
        if len(rows) > longest - 2:
            rows = rows[: longest - 2 - tail] + (rows[-tail:] if tail else [])
        return [self._first, *rows, self._last]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        rows, start = [], 0
        while start < len(word):
            found = self._longest_piece(word, start)
            if found is None:
                return (self._unknown,)
            row, start = found
            rows.append(row)
        return tuple(rows)

    def _longest_piece(self, word: str, start: int) -> tuple[int, int] | None:
        lead = "##" if start else ""
        for end in range(len(word), start, -1):
            row = self._rows.get(lead + word[start:end])
            if row is not None:
                return row, end
        return None


def split_words(text: str) -> Iterator[str]:
    """Fold a text and split it into words and single signs."""
    folded = unicodedata.normalize("NFD", "".join(map(_clean, text)))
    bare = (sign for sign in folded if unicodedata.category(sign) != "Mn")
    yield from "".join(map(_apart, bare)).split()


@lru_cache(maxsize=1 << 14)
def _clean(sign: str) -> str:
    """Lower a sign, drop it if it controls, set it apart if it is an ideograph."""
    point = ord(sign)
    if sign in "\t\n\r" or unicodedata.category(sign) == "Zs":
        return " "
    if point in {0, 0xFFFD} or unicodedata.category(sign).startswith("C"):
        return ""
    if any(low <= point <= high for low, high in _IDEOGRAPHS):
        return f" {sign} "
    return sign.lower()


@lru_cache(maxsize=1 << 14)
def _apart(sign: str) -> str:
    is_ascii_sign = sign.isascii() and not sign.isalnum() and sign.isprintable() and sign != " "
    if is_ascii_sign or unicodedata.category(sign).startswith("P"):
        return f" {sign} "
    return sign
