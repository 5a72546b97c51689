"""Drawing: shapes in the units of a view box, which grow and shrink with the page."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup, escape

_LETTER = 0.56
"""Mean width of a letter, as a share of the size of the font."""


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


def sheet(parts: Iterable[Markup], width: float, height: float, label: str) -> Markup:
    """Put shapes on a sheet of this size."""
    head = Markup('<svg role="img" class="sheet" viewBox="0 0 {} {}" aria-label="{}">')
    return head.format(_short(width), _short(height), label) + Markup("").join(parts) + END


END = Markup("</svg>")


def rect(name: str, box: Box, title: str = "", hue: float | None = None) -> Markup:
    """Draw a rectangle, with words that show when it is pointed at."""
    if box.width <= 0 or box.height <= 0:
        return Markup("")
    sizes = map(_short, box)
    shape = Markup('<rect class="{}"{} x="{}" y="{}" width="{}" height="{}"')
    return shape.format(name, _hue(hue), *sizes) + _titled("rect", title)


def path(name: str, steps: str, title: str = "", hue: float | None = None) -> Markup:
    """Draw a path."""
    shape = Markup('<path class="{}"{} d="{}"').format(name, _hue(hue), steps)
    return shape + _titled("path", title)


def words(name: str, at: tuple[float, float], text: str, turn: float = 0.0) -> Markup:
    """Write words, turned round their place."""
    turned = Markup(' transform="rotate({} {} {})"').format(*map(_short, (turn, *at)))
    shape = Markup('<text class="{}" x="{}" y="{}"{}>{}</text>')
    return shape.format(name, _short(at[0]), _short(at[1]), turned if turn else "", text)


def fitted(text: str, width: float, size: float) -> str:
    """Shorten a text so that it fits; where next to nothing would be left of it, it is left out."""
    room = int(width / (size * _LETTER))
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}\u2026" if room > 3 else ""  # noqa: PLR2004 (two letters tell nothing)


def length(text: str, size: float) -> float:
    """Return about how wide a text is."""
    return len(text) * size * _LETTER


def ring(middle: float, radii: tuple[float, float], turns: tuple[float, float]) -> str:
    """Return the path of a part of a ring between two radii and two shares of a full turn."""
    inner, outer = radii
    low, high = turns[0], min(turns[1], turns[0] + 0.9999)
    large = 1 if high - low > 0.5 else 0  # noqa: PLR2004 (half a turn)
    places = [_around(middle, outer, low), _around(middle, outer, high)]
    places += [_around(middle, inner, high), _around(middle, inner, low)]
    corners = [f"{_short(x)} {_short(y)}" for x, y in places]
    return (
        f"M{corners[0]}A{_short(outer)} {_short(outer)} 0 {large} 1 {corners[1]}"
        f"L{corners[2]}A{_short(inner)} {_short(inner)} 0 {large} 0 {corners[3]}Z"
    )


def around(middle: float, radius: float, turn: float) -> tuple[float, float]:
    """Return the place at a radius, a share of a full turn clockwise from the top."""
    return _around(middle, radius, turn)


def hue_of(place: int) -> float:
    """Return a hue for the n-th of several things, as far from those before it as can be."""
    return round((205 + place * 137.508) % 360, 1)


def _around(middle: float, radius: float, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    return middle + radius * math.sin(angle), middle - radius * math.cos(angle)


def _hue(hue: float | None) -> Markup:
    return Markup("") if hue is None else Markup(' style="--hue:{}"').format(_short(hue))


def _titled(tag: str, title: str) -> Markup:
    if not title:
        return Markup("/>")
    return Markup("><title>{}</title></{}>").format(escape(title), Markup(tag))


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
