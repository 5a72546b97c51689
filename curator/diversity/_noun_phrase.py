"""Noun phrase: the noun at the head of what a verb is about."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from curator.diversity._small_words import (
    BREAKS,
    DETERMINERS,
    NOUNS_IN_ING,
    PREPOSITIONS,
    PRONOUNS,
    QUANTITIES,
    is_adjective,
    is_adverb,
    is_number,
    is_word,
    singular,
)
from curator.diversity._verb_words import BASES, LEMMAS, NOUNS_TOO, spelling

QUOTE = '"'
"""What the tokeniser makes of every quotation mark."""
_QUOTED = 3
"""A longer quotation is a text and not the name of a thing."""
_ASIDE = 6
_PAIRS = {
    ("thank", "you"): "thanks",
    ("for", "loop"): "loop",
    ("for", "loops"): "loop",
    ("while", "loop"): "loop",
    ("while", "loops"): "loop",
    ("if", "statement"): "statement",
    ("if", "statements"): "statement",
}
"""Two words that are one noun, though one of them would end a phrase."""
_NAME = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*[+#]*")
"""What a thing is called: letters. Addresses, numbers and keys have other signs as well, and are
never shown."""
_AFTERTHOUGHTS = frozenset({"present", "available", "online", "alone", "together", "faster"})
_AFTERTHOUGHTS |= {"less", "fewer", "greater", "larger", "smaller", "longer", "shorter", "higher"}
"""Words after a noun that are no part of its name, at the end of a phrase."""
_PARTICIPLES = frozenset({"called", "named", "titled", "given", "used", "known", "based", "made"})


class Phrase(NamedTuple):
    """The head of a noun phrase, without its plural, and where the phrase ends."""

    head: str | None
    end: int


def noun_phrase(words: Sequence[str], at: int = 0) -> Phrase:
    """Read the noun phrase that begins here; what is no noun has no head."""
    run: list[str] = []
    while at < len(words):
        if words[at] == QUOTE and not run:
            return _quotation(words, at)
        if start := _owner(words, at):
            run, at = [], start
        elif step := _aside(words, at, run):
            at += step
        elif pair := _PAIRS.get((words[at], words[at + 1] if at + 1 < len(words) else "")):
            run, at = [*run, pair], at + 2
        elif _ends(words, at, run):
            break
        else:
            run += [words[at]] if _counts(words[at]) else []
            at += 1
    return Phrase(_head(run), at)


def _owner(words: Sequence[str], at: int) -> int:
    """Return where the thing begins of which a part, or that of an owner, is spoken of; or 0."""
    if is_part(words, at):
        return at + 2
    return at + 1 if words[at].endswith(("'s", "s'")) and _goes_on(words, at) else 0


def _aside(words: Sequence[str], at: int, run: list[str]) -> int:
    """Return how many words here are passed over without ending the phrase."""
    if words[at] == "(" and ")" in words[at : at + _ASIDE]:
        return words.index(")", at) + 1 - at
    return int(_is_idle(words, at, run) or _joins_adjectives(words, at, run))


def is_part(words: Sequence[str], at: int) -> bool:
    """Say whether `one of`, `some of` and the like stand here: the noun comes after."""
    word, then = words[at], words[at + 1 : at + 2]
    return list(then) == ["of"] and (word in QUANTITIES or is_number(word))


def _is_idle(words: Sequence[str], at: int, run: list[str]) -> bool:
    """Say whether a sign or a word such as `below` may be passed over before the noun."""
    if words[at] in {"<", ">", "[", "]", "{", "}", "*", "_", "$"}:
        return True
    before = words[at - 1] if at else ""
    then = words[at + 1] if at + 1 < len(words) else "."
    if words[at] in {"below", "above"}:
        return not run and before in DETERMINERS and is_word(then)
    bounds = {("at", "least"), ("at", "most"), ("up", "to"), ("more", "than"), ("no", "more")}
    return not run and ((words[at], then) in bounds or (before, words[at]) in bounds)


def _goes_on(words: Sequence[str], at: int) -> bool:
    return at + 1 < len(words) and is_word(words[at + 1])


def _quotation(words: Sequence[str], at: int) -> Phrase:
    """Read a short quotation as the name of a thing; what follows it is the thing itself."""
    close = words.index(QUOTE, at + 1) if QUOTE in words[at + 1 :] else len(words)
    after = noun_phrase(words, close + 1)
    if after.head is not None:
        return after
    inside = words[at + 1 : close]
    head = noun_phrase(inside).head if len(inside) <= _QUOTED else None
    return Phrase(head, close + 1)


def _joins_adjectives(words: Sequence[str], at: int, run: list[str]) -> bool:
    """Say whether a comma or `and` stands between two adjectives, and the noun is yet to come."""
    joining = words[at] in {",", "and", "or", "but", "/"}
    return joining and bool(run) and is_adjective(run[-1]) and _goes_on(words, at)


def _ends(words: Sequence[str], at: int, run: list[str]) -> bool:
    word = words[at]
    if not is_word(word) or word in PREPOSITIONS or word in BREAKS or word == "which":
        return True
    if not run:
        return False
    if word in DETERMINERS or word in PRONOUNS:
        return word != "one"
    if word in QUANTITIES and not is_adjective(run[-1]):
        return True
    if word in _AFTERTHOUGHTS:
        return not _goes_on(words, at) or words[at + 1] in PREPOSITIONS
    return _is_verb_here(words, at)


def _is_verb_here(words: Sequence[str], at: int) -> bool:
    """Say whether a word after a noun begins what is told of it."""
    word = words[at]
    verb = LEMMAS.get(spelling(word))
    then = words[at + 1] if at + 1 < len(words) else "."
    if verb is None:
        return False
    if verb in NOUNS_TOO and not word.endswith(("ed", "ing")):
        return word != verb and word.endswith("s") and then in DETERMINERS
    if word.endswith("ing"):
        return word not in NOUNS_IN_ING or then in DETERMINERS
    if verb == word or spelling(word) in BASES:
        return verb not in NOUNS_TOO
    closed = not is_word(then) or then in PREPOSITIONS | BREAKS | DETERMINERS | PRONOUNS
    return closed or word in _PARTICIPLES or word.endswith("s")


def _counts(word: str) -> bool:
    """Say whether a word may be the head."""
    return not (word in DETERMINERS or is_number(word) or word in QUANTITIES or is_adverb(word))


def _head(run: list[str]) -> str | None:
    if not run or run[-1] in PRONOUNS or run[-1] in _AFTERTHOUGHTS or is_adjective(run[-1]):
        return None
    head = singular(run[-1].removesuffix("'s"))
    return head if _NAME.fullmatch(head) else None
