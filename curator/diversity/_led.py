"""Led: requests that come after a clause that leads to them."""

from collections.abc import Sequence

from curator.diversity._asked import NOTHING, Strength, verb_at
from curator.diversity._questions import question
from curator.diversity._requests import REACH, Read, request, request_at
from curator.diversity._small_words import (
    BREAKS,
    DETERMINERS,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    WH,
    is_word,
)
from curator.diversity._verb_words import NOUNS_TOO

_POLITE = frozenset({"please", "kindly", "then", "now"})
_COMMAS = 4


def after_commas(words: Sequence[str]) -> Read:
    """Read what comes after the commas of a clause that leads to it."""
    commas = [at for at, word in enumerate(words) if word == ","][:_COMMAS]
    for at in commas:
        rest = words[at + 1 :]
        while rest and (rest[0] in _POLITE or not is_word(rest[0])):
            rest = rest[1:]
        if rest[:1] == ["you"] and verb_at(rest, 1):
            rest = rest[1:]
        if not rest:
            continue
        asks = rest[0] in WH or "?" in rest or (rest[0] in MODALS and rest[1:2] == ["you"])
        for read in (question, request) if asks else (request,):
            found = read(rest)
            if found[1] is not Strength.NOTHING:
                return found
    return _without_comma(words)


def _without_comma(words: Sequence[str]) -> Read:
    """Read `In two sentences explain how`: the first verb that is no noun, with an object."""
    if "," in words:
        return NOTHING
    for at in range(2, min(len(words) - 1, REACH)):
        verb, then = verb_at(words, at), words[at + 1]
        free = words[at - 1] not in PREPOSITIONS | DETERMINERS | PRONOUNS | BREAKS | {"to"}
        if verb and verb not in NOUNS_TOO and free and then in DETERMINERS | WH | {"me"}:
            return request_at(words, at)
    return NOTHING
