"""Shown: the one door through which every text of a record passes before anybody sees it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from curator.privacy import masked

CROP = 360
"""Code points of a text that an excerpt shows."""

LONG = 2_000
"""A longer text is shown without its middle."""
ENDS = 400
"""Code points at either end of a long stretch that are still shown."""

_HARMFUL = re.compile(r"(?!\r\n)[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What can steer a terminal or turn the order of its text: control and bidi characters."""


class Place(NamedTuple):
    """A stretch to highlight in a text, from code point `start` to `end`."""

    start: int
    end: int


class Piece(NamedTuple):
    """A part of a text, highlighted or not."""

    text: str
    marked: bool = False


def shown(text: str | None) -> str:
    """Return the text as people may see it; as long as before, so that places still fit.

    Personal values and secrets are masked, unless `privacy.values(shown=True)` says otherwise.
    """
    return masked(text or "")


def harmless(text: str) -> str:
    """Write out the characters that a terminal would obey, such as ESC as `\\x1b`."""
    return _HARMFUL.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 (as in Python)


def elided(parts: Sequence[str]) -> list[str]:
    """Shorten the parts of a very long text in their middles, so that what is highlighted stays.

    As many parts come back as were given; what is left out is counted in its place.
    """
    if sum(map(len, parts)) <= LONG:
        return list(parts)
    found = [_without_middle(part) for part in parts]
    head = tail = 0
    while head < len(found) and sum(map(len, found[: head + 1])) <= LONG:
        head += 1
    while tail < len(found) - head and sum(map(len, found[-tail - 1 :])) <= LONG // 2:
        tail += 1
    middle = range(head, len(found) - tail)
    if len(middle) > 1:
        gap = _gap(sum(len(parts[at]) for at in middle))
        found[middle.start : middle.stop] = [gap, *[""] * (len(middle) - 1)]
    return found


def _without_middle(text: str) -> str:
    if len(text) <= 2 * ENDS:
        return text
    return text[:ENDS] + _gap(len(text) - 2 * ENDS) + text[-ENDS:]


def _gap(size: int) -> str:
    return f" […{size:,} characters…] "


def pieces(text: str | None, places: Sequence[Place] = ()) -> list[Piece]:
    """Cut a whole text into highlighted and plain pieces; overlapping places become one."""
    seen = shown(text)
    return _cut(seen, 0, len(seen), places)


def excerpt(text: str | None, places: Sequence[Place] = (), size: int = CROP) -> list[Piece]:
    """Crop a text to about `size` code points around the first place, and highlight the places."""
    seen = shown(text)
    first = min((place.start for place in places), default=0)
    start = 0 if first < size * 2 // 3 else first - size // 3
    end = min(len(seen), start + size)
    found = _cut(seen, start, end, places)
    before = [Piece("…")] if start else []
    after = [Piece("…")] if end < len(seen) else []
    return before + found + after


def _cut(text: str, start: int, end: int, places: Sequence[Place]) -> list[Piece]:
    found: list[Piece] = []
    at = start
    for place in sorted(places):
        first, last = max(place.start, at), min(place.end, end)
        if first >= last:
            continue
        if first > at:
            found.append(Piece(text[at:first]))
        found.append(Piece(text[first:last], marked=True))
        at = last
    if at < end:
        found.append(Piece(text[at:end]))
    return found
