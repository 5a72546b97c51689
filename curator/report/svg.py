"""SVG: small charts as text, drawn in percent so that they fit any screen and any paper."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

_TOP, _HEIGHT, _FOOT = 32, 110, 18
_CLOSE = 0.3
"""Words on lines nearer to each other than this share of the width go on two rows."""
_EDGE = 0.1
_DWARFS = 4
"""A bar this many times the second is cut, with its count beside it."""


class Line(NamedTuple):
    """A vertical line in a chart, at a share of its width, with a word on it."""

    place: float
    name: str
    drawn: bool = True


def share_bar(parts: Sequence[tuple[str, float]], label: str, height: int = 14) -> Markup:
    """Draw one bar, cut into parts of (class, share of the whole width), from the left."""
    found: list[Markup] = []
    at = 0.0
    for name, share in parts:
        if share > 0:
            found.append(_rect(name, (at, 0), (max(share, 0.002), height)))
        at += share
    return _svg(found, height, label)


class Bars(NamedTuple):
    """The bars of a histogram: how many are in each, and for how many of them a rule fired."""

    counts: Sequence[int]
    fired: Sequence[int]
    name: str = "goes"


def histogram(bars: Bars, lines: Sequence[Line], ticks: Sequence[Line], label: str) -> Markup:
    """Draw bars of equal width with thresholds and ticks; a bar that dwarfs the rest is cut."""
    limit = _limit(bars.counts)
    width = 1 / max(1, len(bars.counts))
    found: list[Markup] = []
    for at, (count, wrong) in enumerate(zip(bars.counts, bars.fired, strict=True)):
        place = ((at + 0.06) * width, width * 0.88)
        found += _bar(place, (count, wrong), limit, bars.name)
    base = _TOP + _HEIGHT
    found.append(_rule("axis", (0, base), (1, base)))
    row, last = 0, -1.0
    for line in sorted(lines):
        row = 1 - row if line.place - last < _CLOSE else 0
        found.append(_text("cut", (line.place, _TOP - 5 - 13 * row), line.name))
        if line.drawn:
            found.append(_rule("cut", (line.place, _TOP - 1 - 13 * row), (line.place, base)))
        last = line.place
    found += [_text("tick", (tick.place, base + 13), tick.name) for tick in ticks]
    return _svg(found, base + _FOOT, label)


def _limit(counts: Sequence[int]) -> int:
    """Return the count that fills the height: the most, unless one bar would hide all others."""
    first, second = sorted([0, 0, *counts])[-1:-3:-1]
    return first if second == 0 or first <= _DWARFS * second else 2 * second


def _bar(
    place: tuple[float, float], counts: tuple[int, int], limit: int, name: str
) -> list[Markup]:
    (start, width), (count, wrong) = place, counts
    drawn = min(count, limit)
    part = round(wrong * drawn / count) if count else 0
    whole, low = _height(drawn, limit), _height(part if part or not wrong else 1, limit)
    base = _TOP + _HEIGHT
    found = [
        _rect("stays", (start, base - whole), (width, whole - low)),
        _rect(name, (start, base - low), (width, low)),
    ]
    if count > limit:
        found.append(_rect("break", (start, _TOP + 14), (width, 3)))
        found.append(_text("inside", (start + width + 0.01, _TOP + 11), f"{count:,}", "start"))
    return found


def interval(share: float, ends: tuple[float, float], rest: float, label: str) -> Markup:
    """Draw a share with the ends of its interval, and a tick for the rest; all from 0 to 1."""
    low, high = ends
    found = [
        _rect("track", (0, 5), (1, 4)),
        _rect("span", (low, 4), (max(high - low, 0.004), 6)),
        _rule("rest", (rest, 1), (rest, 13)),
        Markup('<circle class="dot" cx="{}%" cy="7" r="3.5"/>').format(_percent(share)),
    ]
    return _svg(found, 14, label)


def _height(count: int, most: int) -> float:
    return 0.0 if count == 0 else max(1.0, round(_HEIGHT * count / most, 1))


def _svg(parts: Sequence[Markup], height: float, label: str) -> Markup:
    head = Markup('<svg role="img" width="100%" height="{}" aria-label="{}">')
    return head.format(height, label) + Markup("").join(parts) + Markup("</svg>")


def _rect(name: str, at: tuple[float, float], size: tuple[float, float]) -> Markup:
    if size[0] <= 0 or size[1] <= 0:
        return Markup("")
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        name, _percent(at[0]), round(at[1], 1), _percent(size[0]), round(size[1], 1)
    )


def _rule(name: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
    return Markup('<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(
        name, _percent(start[0]), start[1], _percent(end[0]), end[1]
    )


def _text(name: str, at: tuple[float, float], words: str, anchor: str = "") -> Markup:
    """Write words that stay inside the chart: near its ends they lean inwards."""
    leaning = "start" if at[0] < _EDGE else "end" if at[0] > 1 - _EDGE else "middle"
    return Markup('<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
        name, _percent(at[0]), at[1], anchor or leaning, words
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")
