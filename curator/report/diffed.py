"""Diffed: two texts word by word, with what only one of them says."""

import difflib
import re
from typing import Literal, NamedTuple

from curator.report.shown import shown

LONGEST = 4_000
"""Words and spaces beyond this many are compared as one piece: the comparison is quadratic."""


class Change(NamedTuple):
    """A stretch of text that both have, or that is only in the first or in the second."""

    kind: Literal["same", "first", "second"]
    text: str


def diff_words(first: str | None, second: str | None) -> list[Change]:
    """Compare two texts word by word (Ratcliff and Obershelp, as in difflib)."""
    old, new = _words(shown(first)), _words(shown(second))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Change] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Change("first", "".join(old[a:b])))
        if d > c:
            found.append(Change("second", "".join(new[c:d])))
    return found


def _words(text: str) -> list[str]:
    found = re.findall(r"\s+|\w+|[^\w\s]", text)
    return [*found[:LONGEST], *filter(None, ["".join(found[LONGEST:])])]
