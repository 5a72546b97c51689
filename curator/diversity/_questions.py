"""Questions: the verb of what is asked, and what it is asked of."""

from collections.abc import Sequence

from curator.diversity._asked import NOTHING, Asked, Strength, deed, lemma_at
from curator.diversity._noun_phrase import Phrase, noun_phrase
from curator.diversity._requests import Read, request_at, start_of
from curator.diversity._small_words import (
    BE,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    WH,
    is_adjective,
    is_adverb,
    is_word,
)
from curator.diversity._verb_words import NOUNS_TOO

_CONTRACTED = {
    "what's": "what is",
    "whats": "what is",
    "who's": "who is",
    "where's": "where is",
    "when's": "when is",
    "how's": "how is",
    "why's": "why is",
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "weren't": "were not",
    "don't": "do not",
    "doesn't": "does not",
    "didn't": "did not",
    "can't": "can not",
    "couldn't": "could not",
    "won't": "will not",
    "wouldn't": "would not",
    "shouldn't": "should not",
    "hasn't": "has not",
    "haven't": "have not",
}
_AUXILIARIES = DO | HAVE | MODALS
_POLITE = frozenset({"can", "could", "will", "would"})
_OPEN_WH = frozenset({"what", "which", "whose"})
_REACH = 24
_IDLE = frozenset({"please", "just", "help", "to", "me"})
_STOPS = frozenset({",", "?", ".", ";", "if", "when", "because"})


def question(words: Sequence[str]) -> Read:
    """Read a question that begins here, also after a preposition as in `In what ways`."""
    words = _spread(words)
    if words[0] in PREPOSITIONS and words[1:2] and words[1] in _OPEN_WH:
        words = words[1:]
    if words[0] in WH:
        return _of_wh(words)
    if words[0] in BE:
        return _copula(words, 0, None)
    if words[0] in _AUXILIARIES and len(words) > 1:
        return _aided(words, 0, None)
    return NOTHING


def _spread(words: Sequence[str]) -> list[str]:
    found = list(words)
    for at, word in enumerate(words[:4]):
        if word in _CONTRACTED:
            found[at : at + 1] = _CONTRACTED[word].split()
            break
    return found


def _of_wh(words: Sequence[str]) -> Read:
    """Read a question that begins with a question word, and perhaps the noun it goes with."""
    if words[1:2] == ["to"]:
        return _how_to(words)
    if words[:2] == ["why", "not"]:
        return request_at(words, 2)
    front = _front(words)
    at = front.end
    if at < len(words) and words[at] in BE:
        return _copula(words, at, front.head)
    if at < len(words) and words[at] in _AUXILIARIES:
        return _aided(words, at, front.head)
    verb = lemma_at(words, at)
    return (deed(verb, words, at + 1), Strength.ASKED) if verb else NOTHING


def _how_to(words: Sequence[str]) -> Read:
    """Read `how to make X`; whatever comes after it is a verb."""
    at = start_of(words[2:]) + 2
    found = request_at(words, at)
    if found[1] is NOTHING[1] and at < len(words) and words[at].isalpha():
        return deed(words[at], words, at + 1), Strength.ASKED
    return found


def _front(words: Sequence[str]) -> Phrase:
    """Read the noun that goes with a question word, up to where the verb is."""
    counting = words[0] == "how" and words[1:2] in (["many"], ["much"])
    if words[0] not in _OPEN_WH and not counting:
        return Phrase(None, _verb_after(words, 1))
    start = 2 if counting else 1
    if words[start : start + 1] == ["of"]:
        start += 1
    found = noun_phrase(words, start)
    return Phrase(found.head, _verb_after(words, found.end))


def _verb_after(words: Sequence[str], at: int) -> int:
    """Return where the first auxiliary stands, else the first verb."""
    aids = BE | _AUXILIARIES
    near = range(at, min(len(words), at + _REACH))
    stop = next((place for place in near if words[place] in {",", "?", ".", ";"}), at + _REACH)
    for place in near:
        if place < stop and words[place] in aids:
            return place
    return next((p for p in near if p < stop and lemma_at(words, p)), len(words))


def _copula(words: Sequence[str], at: int, front: str | None) -> Read:
    """Read `what is X`: to be, and the head of X; or the verb that `is` helps, and its object."""
    at += 2 if words[at + 1 : at + 2] == ["not"] else 1
    if words[at : at + 1] == ["there"]:
        found = noun_phrase(words, at + 1)
        return Asked("be", front or found.head), Strength.ASKED
    subject = _subject(words, at)
    then = _after_adverbs(words, subject.end)
    verb = lemma_at(words, then)
    if verb and then < len(words) and then > at - 1:
        if words[then].endswith("ing") and then > at:
            return deed(verb, words, then + 1), Strength.ASKED
        if _is_participle(words, then, verb):
            return Asked(verb, subject.head or front), Strength.ASKED
    return Asked("be", front or subject.head), Strength.ASKED


def _subject(words: Sequence[str], at: int) -> Phrase:
    """Read the subject; a pronoun is one by itself."""
    if words[at : at + 1] and words[at] in PRONOUNS:
        return Phrase(None, at + 1)
    return noun_phrase(words, at)


def _after_adverbs(words: Sequence[str], at: int) -> int:
    while at < len(words) and (
        is_adverb(words[at]) or words[at] in {"not", "still", "also", "well", "best", "first"}
    ):
        at += 1
    return at


def _is_participle(words: Sequence[str], at: int, verb: str) -> bool:
    word = words[at]
    return word != verb and not word.endswith(("s", "ing"))


def _aided(words: Sequence[str], at: int, front: str | None) -> Read:
    """Read `does X do Y`: the verb comes after the subject, its object after the verb."""
    polite = words[at] in _POLITE and words[at + 1 : at + 2] == ["you"]
    at += 2 if words[at + 1 : at + 2] == ["not"] else 1
    verb_place = _main_verb(words, at)
    if verb_place is None:
        return _having(words, at, front)
    if polite and (asked := request_at(words, start_of(words[verb_place:]) + verb_place))[0].verb:
        return asked
    verb = lemma_at(words, verb_place) or words[verb_place]
    if verb == "be":
        subject, then = noun_phrase(words, at), _after_adverbs(words, verb_place + 1)
        done = lemma_at(words, then)
        past = done is not None and _is_participle(words, then, done)
        return Asked(done if past else "be", front or subject.head), Strength.ASKED
    found = deed(verb, words, verb_place + 1)
    return Asked(found.verb, found.object or front), Strength.ASKED


def _having(words: Sequence[str], at: int, front: str | None) -> Read:
    """Read `which country has X`, where what helps other verbs is the verb itself."""
    if (front is None and words[0] not in WH) or words[at - 1] not in HAVE:
        return NOTHING
    return deed("have", words, at), Strength.ASKED


def _main_verb(words: Sequence[str], at: int) -> int | None:
    """Return where the verb stands that an auxiliary before `at` helps."""
    if at < len(words) and words[at] in PRONOUNS:
        place = _after_adverbs(words, at + 1)
        while place < len(words) - 1 and words[place] in _IDLE:
            place += 1
        return place if place < len(words) and is_word(words[place]) else None
    doubtful = None
    for place in range(at, min(len(words), at + _REACH)):
        if place > at and words[place] in _STOPS:
            break
        verb = "be" if words[place] == "be" else lemma_at(words, place)
        if verb is None or words[place].endswith("ing") or _names(words, place, at):
            continue
        if verb not in NOUNS_TOO:
            return place
        doubtful = place if doubtful is None else doubtful
    return doubtful


def _names(words: Sequence[str], at: int, start: int) -> bool:
    """Say whether a verb's form stands where a noun does."""
    if at == start:
        return False
    before = words[at - 1]
    return before in DETERMINERS | PREPOSITIONS or (is_adjective(before) and before != "best")
