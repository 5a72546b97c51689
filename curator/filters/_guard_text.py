"""Guard text: two texts as the guards read them, what they share at both ends cut off."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from curator.filters._guard_words import lexicon, stem_of

_WORD: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+(?:['\u2019][^\W\d_]+)*|\d+"
)
_ENDS: Final = frozenset('.!?:;\n"\u201c\u201d(*\u2022#>|')
_IDENTIFIER: Final = re.compile(
    r"`[^`\n]+`|\b[A-Za-z]\w*(?:\.[A-Za-z_]\w*)+|\b[A-Za-z]\w*_\w+|\b[A-Za-z_]\w*\(|\b[a-z]+[A-Z]\w*"
    r"|\b[A-Z][a-z]+[A-Z]\w*|(?<!\S)--?[A-Za-z][\w-]+|[=!<>]=|&&|\|\||\b[A-Z](?:\+\+|#)"
    r"|(?:/[\w.-]+){2,}"
)
_FRAME: Final = re.compile(
    r"\s*(?:(?:hi|hello|hey|please|kindly)\b[\s,!.]*)*"
    r"(?:(?:can|could|would|will) you\s+(?:please\s+|kindly\s+)?|i(?:'d| would) like (?:you )?to\s+"
    r"|i (?:want|need) (?:you )?to\s+|help me (?:to )?)?(?:please\s+)?"
    r"(?:(?:list|name|give|tell|suggest|provide|offer|mention|state|enumerate|show|share|explain"
    r"|describe|discuss)"
    r"\s+(?:me\s+|us\s+|out\s+|down\s+)?)?",
    re.IGNORECASE,
)
_ARTICLES: Final = frozenset({"a", "an", "the"})
_EVEN: Final = frozenset({"and", "or", "versus", "vs"})
_REACH: Final = 3
"""Words between two that may trade places."""
_KEPT: Final = 4096
"""Texts whose words are kept: of the pairs of a text many come one after the other."""
Place = tuple[str, tuple[str, ...], str]


class Word(NamedTuple):
    """A word in small letters, and its stem."""

    said: str
    stem: str


class Text:
    """A stretch of text; `before` is the last sign in front of it, none where it is the start."""

    def __init__(self, text: str, before: str = "") -> None:
        self.text, self._before = text, before

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that have a capital although no sentence begins there, or nothing else."""
        return frozenset(_names(self.text, begins=not self._before or self._before in _ENDS))

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """What looks like code: names, calls, flags, paths, comparisons."""
        found = _IDENTIFIER.findall(self.text)
        return frozenset(one.strip("`").rstrip("(") for one in found)

    @cached_property
    def places(self) -> frozenset[Place]:
        """Two telling words and what stands between them, unless it treats both alike."""
        said = _WORD.findall(self.text.casefold())
        stems = [stem_of(word) for word in said if word not in _ARTICLES]
        quiet = lexicon().quiet
        return frozenset(
            (stems[at], tuple(stems[at + 1 : end]), stems[end])
            for at in range(len(stems))
            for end in range(at + 1, min(at + _REACH + 2, len(stems)))
            if stems[at] not in quiet
            and stems[end] not in quiet
            and _EVEN.isdisjoint(stems[at + 1 : end])
        )


class Couple:
    """Two texts, and the words that each has more often than the other: `ours` and `theirs`."""

    def __init__(self, one: str, other: str) -> None:
        self.texts = one, other
        self.counts = words_of(one), words_of(other)
        ours, theirs = self.counts[0] - self.counts[1], self.counts[1] - self.counts[0]
        left, right = _more(ours, dict(theirs)), _more(theirs, dict(ours))
        shared = left.keys() & right.keys()
        self.ours, self.theirs = (
            [Word(said, stem) for stem, said in side.items() if stem not in shared]
            for side in (left, right)
        )

    @cached_property
    def middles(self) -> tuple[Text, Text]:
        """What is left of both when their common beginning and end are cut off."""
        one, other = self.texts
        start, stop = _shared(one, other)
        before = one[:start].rstrip()[-1:]
        return (
            Text(one[start : len(one) - stop], before),
            Text(other[start : len(other) - stop], before),
        )


@lru_cache(_KEPT)
def words_of(text: str) -> frozenset[tuple[str, int]]:
    """Count the words and numerals of a text in small letters; an ideograph or kana is a word."""
    return frozenset(Counter(_WORD.findall(text.casefold())).items())


@lru_cache(_KEPT)
def framing(text: str) -> frozenset[str]:
    """Return the stems of the words at the start that only say that something is asked for."""
    found = _FRAME.match(text)
    said = found.group().casefold() if found else ""
    return frozenset(stem_of(word) for word in re.findall(r"[a-z']+", said))


def _more(counts: Iterable[tuple[str, int]], other: dict[str, int]) -> dict[str, str]:
    """Return by their stems the words that are here more often; of one stem the first word."""
    found = sorted(word for word, count in counts if count > other.get(word, 0))
    return {stem_of(word): word for word in reversed(found)}


def _names(text: str, *, begins: bool) -> Iterator[str]:
    end = 0
    for found in _WORD.finditer(text):
        word = found.group()
        starts = begins if end == 0 else not _ENDS.isdisjoint(text[end : found.start()])
        end = found.end()
        if word[0].isupper() and (not starts or (len(word) > 1 and word.isupper())):
            yield word.casefold()


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many signs two texts share at their start and end, up to a space."""
    start = one.rfind(" ", 0, _common(one, other)) + 1
    rest = min(len(one), len(other)) - start
    same = min(_common(one[::-1], other[::-1]), rest)
    place = one.find(" ", len(one) - same)
    return start, len(one) - place if same and place >= 0 else 0


def _common(one: str, other: str) -> int:
    """Return the length of the longest common beginning, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
