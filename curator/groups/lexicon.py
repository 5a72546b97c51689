"""Lexicon: the terms that name social groups, as `lexicon.txt` lists them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain

NOBODY = ""
"""The axis of what holds a term and names no group: "White House"."""
_FIELDS = 3


@dataclass(frozen=True)
class Term:
    """One term: its words, the group it names, and the rule by which it does."""

    words: tuple[str, ...]
    """In small letters, except where `is_proper`."""
    axis: str
    group: str
    rule: str
    slur: bool
    is_proper: bool
    """It counts only with a capital."""


@dataclass(frozen=True)
class Lexicon:
    """All of the file: its version, its lists of words, its terms by their first word."""

    version: int
    lists: dict[str, frozenset[str]]
    groups: dict[str, tuple[str, ...]]
    terms: dict[str, tuple[Term, ...]]

    def all(self) -> Iterator[Term]:
        """Go through every term."""
        return chain.from_iterable(self.terms.values())


def read(text: str) -> Lexicon:
    """Read a lexicon; of the terms with one first word, the longest come first."""
    version, lists, groups = 0, defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    terms: list[Term] = []
    head = ""
    for line in _lines(text):
        if line.startswith("version "):
            version = int(line.removeprefix("version "))
        elif not line.startswith(" "):
            head = line
            if "." in head:
                axis, group = head.split(".")
                groups[axis].append(group)
        elif head.startswith("@"):
            lists[head[1:]] += _listed(line)
        else:
            terms += _terms(head, line)
    terms += [_term(phrase, NOBODY, NOBODY) for phrase in lists.pop("never", [])]
    return Lexicon(
        version,
        {name: frozenset(words) for name, words in lists.items()},
        {axis: tuple(found) for axis, found in groups.items()},
        _by_first(terms),
    )


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip()


def _listed(cell: str) -> list[str]:
    return [term.strip() for term in cell.split(",")]


def _terms(head: str, line: str) -> Iterator[Term]:
    cells = [cell.strip() for cell in line.split("|")]
    listed, rule, slur = cells + [""] * (_FIELDS - len(cells))
    axis, group = head.split(".")
    for phrase in _listed(listed):
        yield _term(phrase, axis, group, rule or "any", slur)


def _term(phrase: str, axis: str, group: str, rule: str = "any", slur: str = "") -> Term:
    words = tuple(phrase.lower().split())
    return Term(words, axis, group, rule, slur == "slur", is_proper=phrase[0].isupper())


def _by_first(terms: list[Term]) -> dict[str, tuple[Term, ...]]:
    found = defaultdict[str, list[Term]](list)
    for term in sorted(terms, key=lambda term: -len(term.words)):
        found[term.words[0]].append(term)
    return {first: tuple(starting) for first, starting in found.items()}


_FILE = files("curator.groups").joinpath("lexicon.txt").read_bytes()
LEXICON = read(_FILE.decode())
DIGEST = hashlib.sha256(_FILE).hexdigest()
"""The sha256 of the lexicon's file."""
VERSION = LEXICON.version
"""The lexicon's version: what was counted with another is not comparable."""
AXES = tuple(LEXICON.groups)
"""The nine axes, in the lexicon's order."""
GROUPS = LEXICON.groups
"""The groups of each axis, in the lexicon's order."""
