"""Find: every mention of a social group in a text."""

from dataclasses import dataclass

from curator.groups.lexicon import LEXICON, NOBODY, Term
from curator.groups.rules import RULES
from curator.groups.words import Words

_JOINS = frozenset((" ", "-", "\u2010", "\u2011", "'", "\u2019", "\u00a0", "\n"))


@dataclass(frozen=True)
class Mention:
    """A stretch of a text, code points `start` to `end`, that names a group of an axis."""

    start: int
    end: int
    axis: str
    group: str
    slur: bool


def find_mentions(text: str) -> list[Mention]:
    """Find the mentions in a text, in order, none over another: of two the longest."""
    words = Words(text)
    found: list[Mention] = []
    free = 0
    for at, word in enumerate(words.low):
        if at < free or word not in LEXICON.terms:
            continue
        term = _term_at(words, at)
        if term is None:
            continue
        free = at + len(term.words)
        if term.axis != NOBODY:
            start, end = words.spans[at][0], words.spans[free - 1][1]
            found.append(Mention(start, end, term.axis, term.group, term.slur))
    return found


def _term_at(words: Words, at: int) -> Term | None:
    """Return the longest term that begins with a word and counts there."""
    for term in LEXICON.terms[words.low[at]]:
        if _says(words, at, term) and _counts(words, at, term):
            return term
    return None


def _says(words: Words, at: int, term: Term) -> bool:
    size = len(term.words)
    return tuple(words.low[at : at + size]) == term.words and all(
        words.gap(later) in _JOINS for later in range(at + 1, at + size)
    )


def _counts(words: Words, at: int, term: Term) -> bool:
    if term.axis == NOBODY:
        return True
    stop = at + len(term.words)
    if (term.is_proper and not words.is_capital(at)) or words.is_code(at, stop):
        return False
    return RULES[term.rule](words, at, stop)
