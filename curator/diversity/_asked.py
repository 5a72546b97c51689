"""Asked: what a request is about, and how surely it is one."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from curator.diversity._noun_phrase import QUOTE, noun_phrase
from curator.diversity._small_words import PRONOUNS, is_adverb, is_word
from curator.diversity._verb_words import BASES, LEMMAS, spelling


class Asked(NamedTuple):
    """A verb and the head of its object; none where there is none, or it is no noun."""

    verb: str | None
    object: str | None


class Strength(IntEnum):
    """How surely a sentence asks for something."""

    NOTHING = 0
    SCENE = 1
    WISH = 2
    ASKED = 3


NOTHING = (Asked(None, None), Strength.NOTHING)
_TO_WHOM = frozenset({"me", "us", "him", "them", "you", "yourself"})
_PHRASAL = {
    ("come", "up", "with"): "come up with",
    ("make", "up"): "make up",
    ("fill", "in"): "fill in",
    ("fill", "out"): "fill in",
    ("look", "up"): "look up",
    ("set", "up"): "set up",
    ("find", "out"): "find out",
    ("figure", "out"): "figure out",
    ("point", "out"): "point out",
    ("act", "as"): "act as",
}
_THROUGH = {
    "search": {"for"},
    "look": {"for", "at", "into"},
    "ask": {"for", "about"},
    "write": {"about", "on"},
    "tell": {"about", "of"},
    "talk": {"about"},
    "speak": {"about", "on"},
    "think": {"of", "about"},
    "refer": {"to"},
    "respond": {"to"},
    "reply": {"to"},
    "react": {"to"},
    "listen": {"to"},
    "provide": {"with"},
    "help": {"with"},
    "deal": {"with"},
    "work": {"on"},
    "focus": {"on"},
    "elaborate": {"on"},
    "comment": {"on"},
    "expand": {"on"},
    "reflect": {"on", "about"},
    "speculate": {"on", "about"},
    "brainstorm": {"about", "on"},
    "apply": {"for"},
    "go": {"to", "with"},
    "solve": {"for"},
    "learn": {"about"},
    "know": {"about", "of"},
    "care": {"for"},
    "pay": {"for"},
    "account": {"for"},
    "act": {"as"},
    "dream": {"of", "about"},
    "describe": {"about"},
}
"""Verbs whose object comes after a preposition, where none comes before."""
_JOINING = frozenset({"and", "or", "/", "&", ","})
_PARTICLES = frozenset({"out", "back", "down", "up", "briefly", "also", "just"})
_CLAUSES = frozenset({"how", "why", "whether", "if", "when", "where", "who", "that", "whom"})


def verb_at(words: Sequence[str], at: int) -> str | None:
    """Return the verb that stands here in the form in which one asks."""
    word = spelling(words[at]) if at < len(words) else ""
    return word if word in BASES or word.rpartition("-")[2] in BASES else None


def lemma_at(words: Sequence[str], at: int) -> str | None:
    """Return the verb of which a form stands here."""
    return LEMMAS.get(spelling(words[at])) if at < len(words) else None


def deed(verb: str, words: Sequence[str], at: int) -> Asked:
    """Read the object of a verb from what comes after it; phrasal verbs are verbs of their own."""
    for parts, name in _PHRASAL.items():
        if parts[0] == verb and tuple(words[at : at + len(parts) - 1]) == parts[1:]:
            return Asked(name, _object(words, at + len(parts) - 1, verb))
    return Asked(verb, _object(words, at, verb))


def _object(words: Sequence[str], at: int, verb: str) -> str | None:
    at = _skip(words, at)
    if at >= len(words) or words[at] in _CLAUSES:
        return _many(words, at)
    if words[at] in {"what", "which"}:
        return _asked_for(words, at + 1)
    if words[at] in _THROUGH.get(verb, ()):
        return noun_phrase(words, at + 1).head
    found = noun_phrase(words, at)
    if found.head is None and found.end == at + 1 and words[at] in PRONOUNS:
        then = words[found.end : found.end + 1]
        if then and then[0] in _THROUGH.get(verb, ()):
            return noun_phrase(words, found.end + 1).head
    return found.head


def _skip(words: Sequence[str], at: int) -> int:
    """Pass over the one to whom, adverbs, and a second verb for the same object."""
    while at < len(words) and (step := _idle(words, at)):
        at += step
    return at


def _idle(words: Sequence[str], at: int) -> int:
    """Return how many words here stand between a verb and its object."""
    word, then = words[at], words[at + 1] if at + 1 < len(words) else "."
    if (word in _JOINING and verb_at(words, at + 1)) or (word == "to" and then in _TO_WHOM):
        return 2
    to_whom = word in _TO_WHOM and (is_word(then) or then == QUOTE) and then not in {"to", "that"}
    return int(to_whom or word in _PARTICLES or (is_adverb(word) and is_word(then)))


def _many(words: Sequence[str], at: int) -> str | None:
    """Read what is counted in `how many words`; any other clause is no noun."""
    if list(words[at : at + 1]) == ["how"] and words[at + 1 : at + 2] in (["many"], ["much"]):
        return noun_phrase(words, at + 2).head
    return None


def _asked_for(words: Sequence[str], at: int) -> str | None:
    """Read what is asked for in `which animal is alive`; `what is meant` is no noun."""
    if at < len(words) and words[at] == "of":
        at += 1
    elif at < len(words) and words[at] in {"the", "a", "an", "this", "these", "your", "it"}:
        return None
    return noun_phrase(words, at).head
