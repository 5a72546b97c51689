"""Nouns: where words for people name people, and no book, beast or branch of a tree."""

# ruff: noqa: RUF001 (curly apostrophes are meant)

import re

from curator.groups.context import is_near, is_title, stops
from curator.groups.words import Words

_POSSESSIVE = re.compile(
    r"\b(?:my|your|his|her|their|our|its|whose|\w+['’]s?)"
    r"(?: (?:own|other|first|only|young|older|younger|eldest|oldest|new|two|three|four|\d+|adult))*"
    r"(?: \w+)? $",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"\b(?:have|has|had|having|father of|mother of|parents? of|wife and|married with"
    r"|(?:eld|old|young)est of)"
    r"(?: (?:no|any|more|many|several|other|adorable|beautiful|wonderful"
    r"|a|one|two|three|four|five|six|seven|\d+|young|grown|adult))*"
    r" $",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:an?|the|this|that|each|every|one|another|his|her|my|your|any|no|some|which|what)"
    r"(?: (?!(?:of|to|in|on|by|for|from|with|between|that|is|was|than|as) )[\w'’,-]+){0,5} $",
    re.IGNORECASE,
)
_MANKIND = re.compile(r"\b(?:early|modern|primitive|prehistoric|ancient|common) $", re.I)
_TIME_OF_LIFE = re.compile(r"\b(?:of|in|since|late|early|mid|middle)[ -]$")
_SLOT = re.compile(r" ?(?::|\n|$)")
_WITH = re.compile(
    r"\b(?:with|has|have|had|having|from)(?: (?:a|an|severe|mild|early|clinical|chronic|major"
    r"|advanced|depression,|anxiety and|anxiety,|adhd and|autism and|autism or))* $",
    re.IGNORECASE,
)
_OWN = (" his ", " her ", " their ", " my ")
_SUFFERER = re.compile(
    r"\b(?:people|persons?|child|children|kids|adults?|students?|patients?|individuals?|those"
    r"|someone|somebody|anyone|m[ae]n|wom[ae]n|girls?|boys?|who|he|she|i|brother|sister|son"
    r"|daughter|learners|friend|veterans?|teens?|teenagers?)\b[^.!?]{0,25}$",
    re.IGNORECASE,
)


def anywhere(words: Words, first: int, stop: int) -> bool:
    """Wherever it stands."""
    return first < stop <= len(words)


def common(words: Words, first: int, stop: int) -> bool:
    """Not inside a name or a title: "Wonder Woman"."""
    return not is_title(words, first, stop)


def small(words: Words, first: int, stop: int) -> bool:
    """In small letters only, since with a capital it is a first name: "Guy"."""
    return not words.is_capital(first) and first < stop


def smoke(words: Words, first: int, stop: int) -> bool:
    """Of people, not of cigarettes."""
    return not is_near(words, first, stop, "smoking")


def noun(words: Words, first: int, stop: int) -> bool:
    """With no noun behind it: "the elite", and no "the elite squad"."""
    return first < stop and stops(words, stop)


def man(words: Words, first: int, stop: int) -> bool:
    """One man, not mankind: with an article or another word for one."""
    before = words.before(first)
    if is_title(words, first, stop) or words.after(stop).startswith("-"):
        return False
    return bool(_ONE.search(before)) and not _MANKIND.search(before)


def sex(words: Words, first: int, stop: int) -> bool:
    """Of people, not of beasts, plants and plugs."""
    return not is_near(words, first, stop, "beasts")


def colours(words: Words, first: int, stop: int) -> bool:
    """The plural as a noun of people, no eggs, eyes or laundry near."""
    if is_title(words, first, stop) or is_near(words, first, stop, "colouring", 8):
        return False
    return stops(words, stop) or words.word(stop) == "and"


def child(words: Words, first: int, stop: int) -> bool:
    """Children as an age, not as somebody's own, nor as parts of a tree or of a form."""
    before = words.before(first)
    if is_title(words, first, stop) or _POSSESSIVE.search(before) or _FAMILY.search(before):
        return False
    is_slot = before.endswith(("- ", "\n")) and _SLOT.match(words.after(stop))
    return not is_slot and not is_near(words, first, stop, "trees")


def babies(words: Words, first: int, stop: int) -> bool:
    """Like `child`, and not the young of beasts."""
    return child(words, first, stop) and sex(words, first, stop)


def youth(words: Words, first: int, stop: int) -> bool:
    """Young people, not the time of being young."""
    before = words.before(first)
    is_time = _POSSESSIVE.search(before) or _TIME_OF_LIFE.search(before)
    return not is_time and not is_title(words, first, stop)


def seniors(words: Words, first: int, stop: int) -> bool:
    """The old, not the last year of a school."""
    return not is_near(words, first, stop, "schools")


def condition(words: Words, first: int, stop: int) -> bool:
    """A condition somebody has: "a child with autism"."""
    before = words.before(first)
    is_had = bool(_WITH.search(before) and _SUFFERER.search(before))
    return first < stop and (is_had or before.endswith(_OWN))
