"""Swap: a text turned round, each term of a group replaced by its counterpart."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from curator.groups.find import Mention, find_mentions
from curator.groups.lexicon import LEXICON
from curator.groups.pairs import LISTS, PAIRS, WITH_ROLES, Counterpart
from curator.groups.roles import AMBIGUOUS, role_of
from curator.groups.truth import obstacle
from curator.groups.words import Words

_FIRST_WORDS = frozenset(words[0] for words, _ in PAIRS)
_WORD = re.compile(r"\w+")
_LISTED = frozenset(term.words for term in LEXICON.all() if term.axis)
_PHRASES = sorted((tuple(phrase.split()) for phrase in LISTS["kept"]), key=len, reverse=True)
_KEPT = {
    first: [phrase for phrase in _PHRASES if phrase[0] == first]
    for first in {phrase[0] for phrase in _PHRASES}
}
_ORDER = (
    "religion",
    "race",
    "nationality",
    "orientation",
    "disability",
    "socioeconomic",
    "age",
    "appearance",
    "gender",
)
"""Of several axes the first is turned: the rarer ones before gender, which hardly a text lacks."""
_ARTICLE = re.compile(r"\b([Aa]n?|AN)( )$")
_CONSONANT = re.compile(r"eu|u(?:ni|ga|kr|ru|yg|ig)|one")
_VOWEL = re.compile(r"[aeiou]|heir|hon(?:est|or)")


@dataclass(frozen=True)
class Swap:
    """What came of turning a text round."""

    text: str | None
    """The text with its terms replaced; null where it was left alone."""
    terms: int
    """How many terms were replaced."""
    direction: str | None
    """From which group to which, as `gender.women>men`; null where several were."""
    skipped: str | None
    """Why it was left alone, one of `truth.REASONS`; null where it was turned or nobody is told
    of."""


class Edit(NamedTuple):
    """A stretch of a text to replace, and what by."""

    start: int
    end: int
    text: str


Place = tuple[int, int, Counterpart | None]
"""The words of a term, `first` up to, not with, `stop`, and its counterpart; no role is None."""
_NOTHING = Swap(None, 0, None, None)


def swap(text: str) -> Swap:
    """Turn a text round: `He met his wife.` becomes `She met her husband.`.

    The terms of one axis are replaced, so that a change of score has one cause. Case, plurals and
    articles are kept right. Whenever a text comes back, turning that round gives the first text
    again, sign by sign: it is tried before, and a text that does not stand the trial is left alone
    (`one_way`), as is one that would become untrue (`truth.obstacle`).
    """
    if _FIRST_WORDS.isdisjoint(_WORD.findall(text.lower())):
        return _NOTHING
    turned = _turned(text)
    if turned.text is None:
        return turned
    again = _turned(turned.text)
    if again.text != text or turned.text == text:
        return Swap(None, 0, None, "one_way")
    return turned


def _turned(text: str) -> Swap:
    words, mentions = Words(text), find_mentions(text)
    terms = _terms(words, mentions)
    if not terms:
        return Swap(None, 0, None, "no_counterpart") if mentions else _NOTHING
    axis = _axis(terms)
    reason = obstacle(words, mentions, axis)
    if reason is None and axis == "gender" and any(found is None for _, _, found in terms):
        reason = "ambiguous"
    if reason:
        return Swap(None, 0, None, reason)
    own = [(first, stop, found) for first, stop, found in terms if found and found.axis == axis]
    edits = [edit for term in own for edit in _edits(words, *term)]
    ways = {f"{axis}.{found.group}>{found.other}" for _, _, found in own}
    direction = ways.pop() if len(ways) == 1 else None
    return Swap(_edited(text, edits), len(own), direction, None)


def _axis(terms: list[Place]) -> str:
    """Choose the axis that is turned where a text has several."""
    axes = {found.axis if found else "gender" for _, _, found in terms}
    return next(axis for axis in _ORDER if axis in axes)


def _terms(words: Words, mentions: list[Mention]) -> list[Place]:
    """List the terms of all axes that have a counterpart, or several."""
    stops = {one.start: one.end for one in mentions}
    found: list[Place] = []
    at = 0
    while at < len(words):
        start = words.spans[at][0]
        if start in stops:
            stop = at + 1
            while stop < len(words) and words.spans[stop][1] <= stops[start]:
                stop += 1
        else:
            stop = at + (_kept(words, at) or 1)
        own = tuple(words.low[at:stop])
        if start in stops or (stop == at + 1 and own[0] in _FIRST_WORDS and own not in _LISTED):
            found += _looked_up(words, at, stop)
        at = stop
    return found


def _looked_up(words: Words, at: int, stop: int) -> list[Place]:
    """Look a term up; what has no counterpart here is left out."""
    own = tuple(words.low[at:stop])
    role = role_of(words, at) if own[0] in WITH_ROLES and stop == at + 1 else ""
    found = PAIRS.get((own, role)) or PAIRS.get((own, ""))
    if role == AMBIGUOUS and not words.is_code(at, stop):
        return [(at, stop, None)]
    if found is None or words.is_code(at, stop) or (found.is_name and not words.is_capital(at)):
        return []
    written = [words.text[start:end] for start, end in words.spans[at:stop]]
    return [(at, stop, found)] if all(map(_is_plain, written)) else []


def _kept(words: Words, at: int) -> int:
    """Count the words of the phrase that begins here and holds a term of nobody."""
    for phrase in _KEPT.get(words.low[at], ()):
        if tuple(words.low[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def _is_plain(word: str) -> bool:
    return word.islower() or word.isupper() or word[1:].islower()


def _edits(words: Words, first: int, stop: int, found: Counterpart) -> list[Edit]:
    """Replace a term word by word in its own case, and the article before it."""
    edits = [
        Edit(start, end, _cased(new, words.text[start:end]))
        for (start, end), new in zip(words.spans[first:stop], found.words, strict=True)
    ]
    article = _ARTICLE.search(words.before(first))
    if article and _begins_with_vowel(words.low[first]) != _begins_with_vowel(found.words[0]):
        start = words.spans[first][0] - len(article[0])
        an = _cased("a" if article[1].lower() == "an" else "an", article[1])
        edits.append(Edit(start, start + len(article[1]), an))
    return edits


def _cased(new: str, old: str) -> str:
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new.capitalize() if old[0].isupper() else new


def _begins_with_vowel(word: str) -> bool:
    """Say whether `an` stands before a word, by its sound as far as its letters tell."""
    return bool(_VOWEL.match(word)) and not _CONSONANT.match(word)


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def find_swaps(text: str) -> list[tuple[int, int]]:
    """Find the stretches that `swap` replaces in a text; none where it leaves the text alone."""
    if swap(text).text is None:
        return []
    words = Words(text)
    terms = _terms(words, find_mentions(text))
    axis = _axis(terms)
    return [
        (words.spans[first][0], words.spans[stop - 1][1])
        for first, stop, found in terms
        if found and found.axis == axis
    ]
