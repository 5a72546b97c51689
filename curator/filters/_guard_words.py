"""Guard words: which words stand for one another, and which ask for different things."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple, TypeVar

Item = TypeVar("Item")
Place = tuple[int, int]
_SHORTEST: Final = 4
"""Letters that are left of a word without its ending, at least."""
_ADVERB: Final = 6
_VOWELS: Final = frozenset("aeiouy")
_SPELLINGS: Final = (("our", "or"), ("ise", "ize"), ("yse", "yze"), ("isation", "ization"))


class Lexicon(NamedTuple):
    """What is known of words, by their stems."""

    quiet: frozenset[str]
    """Words that never make two requests different by themselves."""
    weak: frozenset[str]
    """Words that seldom do."""
    alike: dict[str, frozenset[int]]
    """The lines of words that stand for one another in which a word is."""
    apart: dict[str, frozenset[Place]]
    """The families a word is in, each with the part it is in."""

    def are_alike(self, one: str, other: str) -> bool:
        """Say whether one word stands for the other."""
        if self.alike.get(one, frozenset()) & self.alike.get(other, frozenset()):
            return True
        return bool(self.apart.get(one, frozenset()) & self.apart.get(other, frozenset()))

    def are_apart(self, one: str, other: str) -> bool:
        """Say whether the two ask for different things: other parts of one family."""
        ours, theirs = self.apart.get(one), self.apart.get(other)
        if not ours or not theirs or ours & theirs:
            return False
        return bool({family for family, _ in ours} & {family for family, _ in theirs})


@cache
def lexicon() -> Lexicon:
    """Read the list that ships inside, once a process."""
    return read(_text().decode())


@cache
def digest_of_words() -> str:
    """Return the sha256 of the list."""
    return hashlib.sha256(_text()).hexdigest()


def _text() -> bytes:
    return files("curator.filters").joinpath("semantic_words.txt").read_bytes()


def read(text: str) -> Lexicon:
    """Read lists of quiet and weak words, of words alike and of words apart."""
    lists: dict[str, set[str]] = {"@quiet": set(), "@weak": set()}
    alike, apart = defaultdict[str, set[int]](set), defaultdict[str, set[Place]](set)
    head = ""
    for number, line in enumerate(text.splitlines()):
        if line.startswith("@"):
            head = line
        elif not line or line.startswith(("#", "version")):
            continue
        elif head in lists:
            lists[head] |= {*line.split(), *map(stem_of, line.split())}
        elif head == "@alike":
            for word in line.split():
                alike[stem_of(word)].add(number)
        else:
            for place, word in _parts(line):
                apart[stem_of(word)].add((number, place))
    quiet, weak = (frozenset(lists[name]) for name in ("@quiet", "@weak"))
    return Lexicon(quiet, weak, _frozen(alike), _frozen(apart))


def _parts(line: str) -> Iterator[tuple[int, str]]:
    """Go through the words of a family, each with the part it is in."""
    for place, words in enumerate(line.split("|")):
        yield from ((place, word) for word in words.split())


def _frozen(sets: dict[str, set[Item]]) -> dict[str, frozenset[Item]]:
    return {key: frozenset(values) for key, values in sets.items()}


@cache
def stem_of(word: str) -> str:
    """Take the ending off a word in small letters, so that forms of one word are equal.

    Plurals, -ing, -ed, -ly and British spellings; no word of fewer letters than four is touched.
    """
    for end in ("'s", "\u2019s", "'", "\u2019"):
        word = word.removesuffix(end)
    if len(word) < _SHORTEST:
        return word
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    return _without_e(_without_ending(_singular(_without_ly(word))))


def _without_ly(word: str) -> str:
    return word[:-2] if word.endswith("ly") and len(word) > _ADVERB else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > _SHORTEST:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for end in ("ing", "ed"):
        rest = word.removesuffix(end)
        if rest != word and len(rest) >= _SHORTEST - 1 and _VOWELS & set(rest):
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) >= _SHORTEST else word
