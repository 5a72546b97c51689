"""Shown: the one door through which every text of a record passes before anybody sees it."""

from collections.abc import Sequence
from typing import NamedTuple

CROP = 360
"""Code points of a text that an excerpt shows."""


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

    Masking of personal data and secrets belongs here.
    """
    return text or ""


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
