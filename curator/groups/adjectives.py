"""Adjectives: where words that describe much else describe people."""

import re

from curator.groups.context import (
    has_article,
    is_near,
    is_said_of_a_person,
    is_said_of_anyone,
    is_title,
    noun_follows,
    says_all,
    stops,
)
from curator.groups.lexicon import LEXICON
from curator.groups.words import Words

_PERSONS = LEXICON.lists["persons"]
_CITIZENS = _PERSONS | LEXICON.lists["after_demonyms"]
_MEANS = LEXICON.lists["means"]
_BODIES = LEXICON.lists["bodies"]
_LOOKS = _BODIES | LEXICON.lists["looks"]
_OF_WEALTH = LEXICON.lists["of_wealth"]
_OF_RACE = LEXICON.lists["of_race"]
_PLAIN = frozenset(("people", "children", "men", "women", "man", "woman"))
_SPANS = frozenset(("year", "years", "month", "months", "week", "weeks", "day", "days"))
_MEMORY = re.compile(r"\b(?:when|since|while|until|than) \w+ (?:was|were|is|are) $", re.IGNORECASE)
_THE = re.compile(r"\b(?:the|The|THE)[ \n]$")
_COLLECTIVE = re.compile(
    r" (?:is|are|was|were|use|used|spend|always|never|in a|have|had|do|did|get|who|whom|will|would"
    r"|can|could|should|must|may|to|than|among|often|also|or the|suffer|pay|live|need|in our"
    r"|read|see|hear|receive|deserve|feel|work|face|struggle|benefit|become|vote|give|take|eat|buy"
    r"|queue|remain|themselves|grows|growing|widens|widening|continues"
    r"|in society|in this|through|by|at|with|on|for|as|because|when|if"
    r"|and (?:the|poor|rich|powerful|famous|needy|homeless|elderly|oppressed|disabled|vulnerable"
    r"|sick|deaf|mute))\b"
    r"|[.;:!?)\"”](?:\s|$)|, (?:and|but|who|while|the|or|as|which|so)\b|\s*(?:\n|$)"
)
_BECAME = re.compile(r"\b(?:went|go|gone|going|become|became|born|turned|being|as) (?:an? )?$")
_PAIRED = re.compile(r"\b(?:rich|poor|wealthy) (?:and|or) $", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween (?:the )?(?:(?:rich|poor|wealthy) and )?$", re.IGNORECASE)
_PAIRING = re.compile(r" (?:and|or) (?:rich|poor|wealthy)\b", re.IGNORECASE)
_DESCENT = re.compile(
    r"[ -](?:(?:and|or) [A-Z]\w+ )?(?:descent|ancestry|heritage|origins?|descended|born"
    r"|extraction)\b"
)
_NATION = re.compile(
    r" (?:are|were|was|have|has|had|did|who|said|thought|would|use|used|invaded|occupied|attacked"
    r"|surrendered|defeated|captured|invented|ruled|built|conquered|coloni[sz]ed|believe|love|settled|established|themselves)\b"
)
_AGAINST = re.compile(r"\b(?:by|against|among|between|beat|defeated|fought) the $")
_AT_AN_END = re.compile(r"[.;]|,? (?:in|and the)\b|$")


def people(words: Words, first: int, stop: int) -> bool:
    """Before a noun of people, or said of a person."""
    return noun_follows(words, stop, _PERSONS) or is_said_of_a_person(words, first, stop)


def bodies(words: Words, first: int, stop: int) -> bool:
    """Of age: the same, the nouns few and none of kin or friends; not "when I was young"."""
    is_memory = _MEMORY.search(words.before(first)) and stops(words, stop)
    return not is_memory and _describes(words, first, stop, _BODIES)


def looks(words: Words, first: int, stop: int) -> bool:
    """Of looks: the same, for a few more nouns."""
    return _describes(words, first, stop, _LOOKS)


def young(words: Words, first: int, stop: int) -> bool:
    """Like `bodies`, or "the young", and not those of beasts."""
    if _is_the(words, first, stop):
        return not is_near(words, first, stop, "beasts")
    return bodies(words, first, stop)


def _describes(words: Words, first: int, stop: int, persons: frozenset[str]) -> bool:
    """Say whether it is no span of years, no name, and stands before a noun or is said of one."""
    if words.word(first - 1) in _SPANS:
        return False
    if is_title(words, first, stop) and words.is_capital(stop):
        return False
    return noun_follows(words, stop, persons) or is_said_of_a_person(words, first, stop)


def people_or_the(words: Words, first: int, stop: int) -> bool:
    """Like `people`, or as a noun, "the blind", or as what one becomes: "went deaf"."""
    is_state = _BECAME.search(words.before(first)) and says_all(words, first, stop)
    return bool(is_state) or _is_the(words, first, stop) or people(words, first, stop)


def means(words: Words, first: int, stop: int) -> bool:
    """Of means: "the poor", "rich and poor", "poor families", and no "poor manager"."""
    if _is_name(words, first, stop):
        return False
    if _is_the(words, first, stop) or noun_follows(words, stop, _MEANS):
        return True
    return is_said_of_a_person(words, first, stop) or _is_pair(words, first, stop)


def _is_the(words: Words, first: int, stop: int) -> bool:
    return bool(_THE.search(words.before(first)) and _COLLECTIVE.match(words.after(stop)))


def _is_pair(words: Words, first: int, stop: int) -> bool:
    before = words.before(first)
    paired, pairing = _PAIRED.search(before), _PAIRING.match(words.after(stop))
    if _BETWEEN.search(before):
        is_of_things = words.word(stop if paired else stop + 2) in _OF_WEALTH
        return bool(paired or pairing) and not is_of_things
    return bool((paired and stops(words, stop)) or (pairing and stops(words, stop + 2)))


def colour(words: Words, first: int, stop: int) -> bool:
    """Like `people`, or before what people share, "Black history"; no "Black Pirate"."""
    following = words.word(stop)
    if following in _OF_RACE and words.gap_after(stop) in {" ", "-"}:
        return True
    return not _is_name(words, first, stop) and people(words, first, stop)


def _is_name(words: Words, first: int, stop: int) -> bool:
    """Say whether capitals make one of an adjective and its noun: "Black Pirate", "Rich Girl"."""
    if words.shouts or not (words.is_capital(first) and words.is_capital(stop)):
        return False
    noun = words.word(stop)
    return not noun.endswith("s") and noun not in _PLAIN


def demonym(words: Words, first: int, stop: int) -> bool:
    """Of people, not of language, food or place: before their nouns, as one, or by descent."""
    before, after = words.before(first), words.after(stop)
    if noun_follows(words, stop, _CITIZENS, is_demonym=True) or _DESCENT.match(after):
        return True
    if _THE.search(before) and _NATION.match(after):
        return True
    if _AGAINST.search(before) and _AT_AN_END.match(after):
        return True
    return one(words, first, stop) or is_said_of_anyone(words, first, stop)


def one(words: Words, first: int, stop: int) -> bool:
    """As a noun of its own: "an American who"."""
    return has_article(words, first) and stops(words, stop) and not is_title(words, first, stop)


def people_or_one(words: Words, first: int, stop: int) -> bool:
    """Like `people`, or one such person: "an agnostic"."""
    return people(words, first, stop) or one(words, first, stop)
