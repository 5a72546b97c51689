"""Context: what the words around a term say of it."""

# ruff: noqa: RUF001 (curly apostrophes are meant)

import re

from curator.groups.lexicon import LEXICON
from curator.groups.words import Words

_LISTS = LEXICON.lists
_DESCRIBING = {"bodies", "class", "colour", "demonym", "looks", "means", "people", "young"}
_BETWEEN = (
    _LISTS["between"]
    | {word for term in LEXICON.all() if term.rule in _DESCRIBING for word in term.words}
    - _LISTS["grammar"]
)
_PEOPLES = frozenset(
    term.words[0]
    for term in LEXICON.all()
    if term.axis in {"race", "religion", "nationality"}
    and term.rule == "any"
    and not term.words[1:]
)
_FURTHEST = 6
_NEAR = 12
_LINK = re.compile(r"[ \n\u00a0]|-|\u2010|\u2011|\u2013|/|, ")
_JOINERS = frozenset(("and", "or"))
_OPENING = frozenset(
    ("a", "an", "one", "another", "every", "each", "no", "many", "some", "most", "two")
)
_AFTER_AND = frozenset(("the", "i", "he", "she", "her", "his", "their", "is", "was", "has"))
_MODIFYING = re.compile(r"\w{2,}(?:al|ic|ary|ous|ist|ful|ed|ive)")
_SOMEBODY = (
    r"(?:he|she|who|i|we|you|someone|somebody|anyone|everyone|people|person|m[ae]n|wom[ae]n|girls?"
    r"|boys?|child|children|students?|friends?|neighbou?rs?|teachers?|brother|sister|mother|father"
    r"|mom|dad|husband|wife|son|daughter|parents|boss|colleague|coworker|actors?|singer|author"
    r"|couple|family)"
)
_IS = (
    r"(?:['’](?:s|m|re)\b| (?:is|are|was|were|am|isn['’]t|wasn['’]t|be|being|became|looked|looks))"
)
_ADVERBS = (
    r"(?: (?:not|very|so|too|really|also|openly|legally|completely|proudly|born|both|either|bad"
    r"|extremely|quite|rather|still|actually|half|deeply|devoutly|devout|partially|now|only|a|an"
    r"|originally|ethnically|severely|(?:tall|young|old|poor|rich|thin|kind|smart) and))* $"
)
_SAID = re.compile(
    rf"(?:\b{_SOMEBODY}{_IS}|\b(?:identif\w+ as|c[ao]me out as|gr[eo]w(?:ing)? up|raised))"
    rf"{_ADVERBS}",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(?:\b[A-Z]\w+ (?:is|was)|\b[Tt]hey(?:['’]re| are| were)){_ADVERBS}")
_ARTICLE = re.compile(
    r"\b(?:an?|one|another|every|each|any|fellow|first|only|no|two|three|four|five|many|some|most)"
    r"(?: (?:young|old|older|devout|practicing|practising|typical|average|fellow|true|proud|born"
    r"|ordinary|native|good|real|stranded|single|famous|notable|prominent|wealthy|poor|lapsed))* $",
    re.IGNORECASE,
)
_PART = re.compile(r"-\w| ?['’] ?s [A-Z]")
_END = re.compile(r"\s*(?:[.,;:!?)\]\"”]|['’](?=\s|s )|\Z|\n|\0)")


def noun_follows(
    words: Words, stop: int, persons: frozenset[str], *, is_demonym: bool = False
) -> bool:
    """Say whether a noun of people follows, other adjectives of people between or not."""
    last = ""
    for at in range(stop, min(stop + _FURTHEST, len(words))):
        gap, word = words.gap(at), words.low[at]
        if not _LINK.fullmatch(gap):
            return False
        if (word in persons or word in _PEOPLES) and gap != ", " and last not in _JOINERS:
            return _is_whole(words, at)
        if is_demonym and word in _LISTS["language_roles"]:
            return False
        if word not in _BETWEEN and not (is_demonym and _modifies(word)):
            return False
        last = word
    return False


def _modifies(word: str) -> bool:
    return word in _LISTS["modifiers"] or bool(_MODIFYING.fullmatch(word))


def _is_whole(words: Words, at: int) -> bool:
    """A noun is no part of something else: "man-made", "customer service", "People's Party"."""
    is_part = _PART.match(words.after(at + 1, 12))
    return not is_part and words.word(at + 1) not in _LISTS["matters"]


def is_said_of_a_person(words: Words, first: int, stop: int) -> bool:
    """Say whether it is said of one person and nothing follows it: "she is blind."."""
    return bool(_SAID.search(words.before(first))) and says_all(words, first, stop)


def is_said_of_anyone(words: Words, first: int, stop: int) -> bool:
    """The same, of somebody with a name too: "Maria is Mexican."."""
    if is_near(words, first, stop, "languages"):
        return False
    said = is_said_of_a_person(words, first, stop) or _NAMED.search(words.before(first))
    return bool(said) and says_all(words, first, stop)


def says_all(words: Words, first: int, stop: int) -> bool:
    """Say whether nothing more is said of it: not "short of time", "paralyzed by fear"."""
    preceding, following = words.word(first - 1), words.word(stop)
    if words.gap_after(stop) == " " and following in _LISTS["wherein"]:
        return preceding == "too"
    return stops(words, stop) or (following == "and" and preceding not in {"a", "an"})


def has_article(words: Words, first: int) -> bool:
    """Say whether an article or a number stands before, an adjective between or not."""
    return bool(_ARTICLE.search(words.before(first)))


def stops(words: Words, stop: int) -> bool:
    """Say whether no noun follows: the sentence ends, pauses, or a word of grammar comes."""
    if _END.match(words.after(stop)):
        return True
    following = words.word(stop)
    if following == "and":
        return words.word(stop + 1) in _AFTER_AND
    return following in _LISTS["grammar"]


def is_title(words: Words, first: int, stop: int) -> bool:
    """Say whether it is part of a name: a capital, and a capital right beside it."""
    if not words.is_capital(first) or words.shouts:
        return False
    is_opening = words.word(first - 1) in _OPENING
    is_after = words.is_capital(first - 1) and words.gap(first) in {" ", "-"} and not is_opening
    return is_after or (words.is_capital(stop) and words.gap(stop) in {" ", "-"})


def is_near(words: Words, first: int, stop: int, name: str, size: int = _NEAR) -> bool:
    """Say whether a word of a list is among the few before and after."""
    around = words.low[max(0, first - size) : first] + words.low[stop : stop + size]
    return not _LISTS[name].isdisjoint(around)
