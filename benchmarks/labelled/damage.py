"""Damage: what is surely wrong, made of what is not, where nobody has labelled anything."""

import random
import string

from labelled.entry import Damage

FEWEST_WORDS = 20
"""A shorter text is not damaged, and left out: a cut one may be whole."""
_ENDS = (".", "!", "?", "。", "！", "？")  # noqa: RUF001 (signs of other scripts are meant)


def damaged(text: str, how: Damage, rng: random.Random) -> str | None:
    """Return the damaged text, or nothing where it cannot be damaged so that it shows.

    `cut`: between two words in its second half; `miscode`: UTF-8 read as Latin-1; `mash`: every
    letter is another one.
    """
    return {"cut": _cut, "miscode": _miscoded, "mash": _mashed}[how](text, rng)


def _cut(text: str, rng: random.Random) -> str | None:
    words = text.split(" ")
    if len(words) < FEWEST_WORDS or not text.rstrip().endswith(_ENDS):
        return None
    place = rng.randrange(len(words) // 2, len(words) - 1)
    kept = " ".join(words[:place])
    return None if kept.rstrip().endswith((*_ENDS, ":", "```")) else kept


def _miscoded(text: str, rng: random.Random) -> str | None:
    broken = text.encode("utf-8").decode("latin-1")
    return None if broken == text else broken


def _mashed(text: str, rng: random.Random) -> str | None:
    if len(text.split()) < FEWEST_WORDS:
        return None
    letters = string.ascii_lowercase
    return "".join(rng.choice(letters) if sign.isalpha() else sign for sign in text)
