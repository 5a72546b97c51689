"""Roles: which of its counterparts a word has where it stands."""

import re

from curator.groups.context import noun_follows
from curator.groups.lexicon import LEXICON
from curator.groups.pairs import LISTS
from curator.groups.words import Words

AMBIGUOUS = "?"
_OWNERS = frozenset(("his", "her"))
_JOINED = re.compile(r" ?/ ?")
_NOUN = re.compile(r"\b(?:an?|the|one|every|each|another|any|no|this|that) $", re.IGNORECASE)


def role_of(words: Words, at: int) -> str:
    """Name the role of a word that has several, or `AMBIGUOUS`.

    `his` and `her` are `own` before a noun; else `her` is `object` and `his` is `alone`. A word
    for people of a faith is `noun` behind an article with no noun behind it, else `adjective`.
    """
    word = words.low[at]
    if word not in _OWNERS:
        is_noun = _NOUN.search(words.before(at)) and not noun_follows(
            words, at + 1, LEXICON.lists["persons"], is_demonym=True
        )
        return "noun" if is_noun else "adjective"
    owns = _owns(words, at)
    if owns is None:
        return AMBIGUOUS
    return "own" if owns else {"his": "alone", "her": "object"}[word]


def _owns(words: Words, at: int) -> bool | None:
    """Say whether a noun follows that is his or hers, as far as the words beside it tell."""
    gap, following = words.gap_after(at + 1), words.word(at + 1)
    if _JOINED.fullmatch(gap) and following in _OWNERS:
        return _owns(words, at + 1)
    if gap != " " or not following:
        return False
    if following in {"or", "and"} and words.word(at + 2) in _OWNERS:
        return _owns(words, at + 2)
    if following in LISTS["loose"] or _is_manner(words, at + 1):
        return False
    before = words.word(at - 1)
    if before in LISTS["causing"] and following in LISTS["verbs"]:
        return False
    return None if before in LISTS["giving"] else True


def _is_manner(words: Words, at: int) -> bool:
    """Say whether an adverb ends the phrase: "looked at her coldly." and no "her family."."""
    is_adverb = words.low[at].endswith("ly") and words.low[at] not in LISTS["like_adverbs"]
    return is_adverb and words.gap_after(at + 1) != " "
