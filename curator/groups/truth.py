"""Truth: why a text had better not be turned round, since it would no longer be true."""

import re

from curator.groups.find import Mention
from curator.groups.lexicon import AXES
from curator.groups.pairs import LISTS, PAIRS
from curator.groups.words import Words

REASONS = {
    "code": "it holds code",
    "slur": "it calls a group by a slur, which has no counterpart",
    "lone": "it has a word of gender without a counterpart",
    "named": "it names a person or a figure that may be known",
    "dated": "it tells of a year, a decade or an age of history",
    "figures": "it tells of shares or statistics",
    "medical": "it speaks of bodies and their ills",
    "teaching": "it speaks of laws or of what religions teach",
    "games": "its kings and queens are pieces, cards or beasts",
    "place": "it speaks of a people and of its country",
    "ambiguous": "the grammar allows two counterparts",
    "one_way": "turned round twice it would not be the same text",
    "no_counterpart": "groups are mentioned, and none of the terms has a counterpart",
}
"""Every reason, and what it says of a text."""
_LISTED = (
    ("lone", "lone", ("gender",)),
    ("figures", "named", AXES),
    ("history", "dated", AXES),
    ("medical", "medical", AXES),
    ("teaching", "teaching", AXES),
    ("games", "games", ("gender",)),
    ("places", "place", ("nationality", "race")),
)
"""A list of words, the reason they are, and for the terms of which axes."""
_SIGNS = (
    ("dated", re.compile(r"\b(?:1[0-9]|20)\d\d(?:s|\b)|\b\d+ ?(?:BCE?|CE|AD)\b|\b[1-9]0s\b")),
    (
        "figures",
        re.compile(
            r"\d ?%|\b(?:percent|per cent|percentage|ratio|statistics?|statistically)\b", re.I
        ),
    ),
)
_TWO = re.compile(
    r"\b([A-Z][a-z]+)(?=((?: [A-Z]\.)? |-)([A-Z][a-z]+|Mc[A-Z][a-z]+|O['\u2019][A-Z][a-z]+)\b)"
)
_START = re.compile(r"(?:^|[.!?:\"\u201c(\n]) *$")
_BEFORE, _BEHIND = re.compile(r"\b[A-Z]\w* $"), re.compile(r" [A-Z]")
_LONG_LINE = 80
_LONG_WORD = re.compile(r"\b[A-Za-z]{4,}\b")
_HEADING = 0.6
"""A short line with this share of capitals among its longer words, and no end, is a heading."""
_CODE = re.compile(r"```|~~~|^\s*(?:def |class |import |#include|public |<\w+[ >]|SELECT )", re.M)
_FIRST_NAMES = frozenset(words[0] for (words, _), other in PAIRS.items() if other.is_name)


def obstacle(words: Words, mentions: list[Mention], axis: str) -> str | None:
    """Name the first of `REASONS` for which the terms of an axis should stay as they are.

    Cautious by intent: what is left alone costs an example, what is turned wrongly is a false
    statement. The lists are our own; a known person told by one rare name passes unseen.
    """
    if _CODE.search(words.text) or "\0" in words.text:
        return "code"
    if any(one.slur for one in mentions):
        return "slur"
    if _names_somebody(words, mentions):
        return "named"
    low = frozenset(words.low)
    for name, reason, axes in _LISTED:
        if axis in axes and not LISTS[name].isdisjoint(low):
            return reason
    return next((reason for reason, sign in _SIGNS if sign.search(words.text)), None)


def _names_somebody(words: Words, mentions: list[Mention]) -> bool:
    """Say whether two words with capitals side by side look like a person's name."""
    taken = [(one.start, one.end) for one in mentions]
    for found in _TWO.finditer(words.text):
        first, second = found[1].lower(), found[3].lower()
        if any(start < found.end(3) and found.start() < end for start, end in taken):
            continue
        if first in LISTS["titles"]:
            return True
        if first in LISTS["no_names"] or second in LISTS["no_names"]:
            continue
        if second in _FIRST_NAMES and _START.search(words.text[: found.start()][-8:]):
            continue
        if first in _FIRST_NAMES or not _is_heading(words.text, found):
            return True
    return False


def _is_heading(text: str, found: re.Match[str]) -> bool:
    """Say whether the two stand in a short line of capitals, more than the two side by side."""
    end = text.find("\n", found.start())
    line = text[text.rfind("\n", 0, found.start()) + 1 : end if end >= 0 else len(text)].rstrip()
    is_run = _BEFORE.search(text[: found.start()]) or _BEHIND.match(text, found.end(3))
    if len(line) > _LONG_LINE or line.endswith((".", "!", "?")) or not is_run:
        return False
    long_words = _LONG_WORD.findall(line)
    capitals: int = sum(word[0].isupper() for word in long_words)
    return capitals >= _HEADING * len(long_words)
