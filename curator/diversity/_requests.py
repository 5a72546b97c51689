"""Requests: sentences that tell one to do something, or say that one should."""

from collections.abc import Sequence

from curator.diversity._asked import NOTHING, Asked, Strength, deed, lemma_at, verb_at
from curator.diversity._small_words import (
    BE,
    BREAKS,
    DETERMINERS,
    LINKS,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    WH,
    is_adverb,
    is_number,
)
from curator.diversity._verb_words import listed, spelling

Read = tuple[Asked, Strength]
_SCENES = frozenset({"imagine", "pretend", "assume", "suppose", "consider", "read", "say", "let"})
"""Verbs that set a scene for what is asked after them."""
LEADERS = PREPOSITIONS | listed(
    """
given using based if when whenever while once because since to assuming considering following taking
starting looking having knowing supposing imagine keeping reading here according instead making
working
"""
)
"""Words that begin what comes before the request, up to a comma."""
_OPENINGS = (
    "i want you to",
    "i would like you to",
    "i 'd like you to",
    "i'd like you to",
    "i need you to",
    "i want to",
    "i would like to",
    "i'd like to",
    "i need to",
    "we need to",
    "we want to",
    "you need to",
    "you have to",
    "you should",
    "you must",
    "you will",
    "you are to",
    "you are asked to",
    "you are expected to",
    "you are required to",
    "you are supposed to",
    "you are tasked to",
    "you are going to",
    "you are tasked with",
    "let us",
    "let's",
    "try to",
    "make sure to",
    "be sure to",
    "remember to",
    "go ahead and",
    "feel free to",
    "help me to",
    "help me",
    "help us",
    "help to",
    "do your best to",
    "take a moment to",
    "use the following to",
    "it is your job to",
    "can anyone",
    "could anyone",
    "can someone",
    "could someone",
    "do not",
    "don't",
    "never",
)
_STARTS = tuple(tuple(opening.split()) for opening in _OPENINGS)
_DUTIES = frozenset({"task", "job", "goal", "homework", "mission", "assignment", "aim", "role"})
REACH = 24
_WISHES = frozenset({"want", "need", "seek", "look", "wish", "like"})


def request(words: Sequence[str]) -> Read:
    """Read a sentence that asks for a deed; a scene that is set is weaker than an imperative."""
    at = start_of(words)
    verb = verb_at(words, at)
    if verb is None:
        return _unknown(words, at)
    if at == 0 and not _commands(words):
        return NOTHING
    return request_at(words, at)


def request_at(words: Sequence[str], at: int) -> Read:
    """Read the deed that begins here."""
    verb = verb_at(words, at)
    if verb is None:
        return NOTHING
    if verb == "help" and verb_at(words, at + 1):
        return request_at(words, at + 1)
    scene = verb in _SCENES or (verb == "act" and words[at + 1 : at + 2] == ["as"])
    return deed(verb, words, at + 1), Strength.SCENE if scene else Strength.ASKED


def start_of(words: Sequence[str]) -> int:
    """Return where the deed begins, after politeness, duties and adverbs."""
    at, before = 0, -1
    while at < len(words) and at != before:
        before = at
        for start in _STARTS:
            if tuple(words[at : at + len(start)]) == start:
                at += len(start)
                break
        while at < len(words) - 1 and (words[at] in LINKS or is_adverb(words[at])):
            at += 1
    return _duty(words) or at


def _duty(words: Sequence[str]) -> int:
    """Return where the deed begins in `your task is to` and in `and you need to`."""
    for at, word in enumerate(words[:REACH]):
        if word in _DUTIES and words[at + 1 : at + 3] in (["is", "to"], ["was", "to"]):
            return at + 3
        if word == "you" and words[at + 1 : at + 3] in (["need", "to"], ["have", "to"]):
            return at + 3
    return 0


def _commands(words: Sequence[str]) -> bool:
    """Say whether a sentence that begins with a verb's form goes on as an imperative does."""
    then = words[1] if len(words) > 1 else "."
    return then not in BE and then not in MODALS and then not in {"has", "does", "vs", "-"}


def _unknown(words: Sequence[str], at: int) -> Read:
    """Take a word that no lexicon has for a verb where an object comes right after it."""
    if at + 1 >= len(words) or not words[at].isalpha() or not words[at].islower():
        return NOTHING
    word, then = words[at], words[at + 1]
    known = word in PREPOSITIONS | DETERMINERS | PRONOUNS | BREAKS | WH | LINKS | LEADERS
    if known or is_number(word) or lemma_at(words, at) or len(word) <= 2:  # noqa: PLR2004 (ok, hi)
        return NOTHING
    if then in DETERMINERS and not word.endswith(("s", "ed", "ing")):
        return deed(spelling(word), words, at + 1), Strength.ASKED
    return NOTHING


def wish(words: Sequence[str]) -> Read:
    """Read `I need a cocktail`, which is a request where nothing plainer is."""
    if words[0] not in {"i", "we", "i'm", "i'd"}:
        return NOTHING
    for at, _ in enumerate(words[1:4], 1):
        verb = lemma_at(words, at)
        if verb in _WISHES:
            return deed(verb, words, at + 1), Strength.WISH
    return NOTHING
