"""SVG: small charts as text, drawn in percent so that they fit any screen and any paper."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

_TOP = 22
_FOOT = 18


class Line(NamedTuple):
    """A vertical line in a chart, at a share of its width, with a word on it."""

    place: float
    name: str


def share_bar(parts: Sequence[tuple[str, float]], label: str, height: int = 14) -> Markup:
    """Draw one bar, cut into parts of (class, share of the whole width), from the left."""
    found, at = [], 0.0
    for name, share in parts:
        if share > 0:
            found.append(_rect(name, (at, 0), (max(share, 0.002), height)))
        at += share
    return _svg(found, height, label)


def histogram(
    counts: Sequence[int], fired: Sequence[int], lines: Sequence[Line], ticks: Sequence[Line],
    label: str, height: int = 120,
) -> Markup:
    """Draw a histogram whose bars are equally wide, what a rule fired for in another colour."""
    most = max([1, *counts])
    width = 1 / max(1, len(counts))
    found: list[Markup] = []
    for place, (count, wrong) in enumerate(zip(counts, fired, strict=True)):
        whole, part = (_height(number, most, height) for number in (count, wrong))
        spot, wide = place * width + width * 0.06, width * 0.88
        found.append(_rect("stays", (spot, _TOP + height - whole), (wide, whole - part)))
        found.append(_rect("goes", (spot, _TOP + height - part), (wide, part)))
    base = _TOP + height
    found.append(_rule("axis", (0, base), (1, base)))
    for line in lines:
        found.append(_rule("cut", (line.place, 8), (line.place, base)))
        found.append(_text("cut", (line.place, 14), line.name))
    found += [_text("tick", (tick.place, base + 13), tick.name) for tick in ticks]
    return _svg(found, base + _FOOT, label)


def interval(share: float, low: float, high: float, rest: float, label: str) -> Markup:
    """Draw a share with its interval on a scale from 0 to 1, and a tick for the rest."""
    found = [
        _rect("track", (0, 5), (1, 4)),
        _rect("span", (low, 4), (max(high - low, 0.004), 6)),
        _rule("rest", (rest, 1), (rest, 13)),
        Markup('<circle class="dot" cx="{}%" cy="7" r="3.5"/>').format(_percent(share)),
    ]
    return _svg(found, 14, label)


def _height(count: int, most: int, height: int) -> float:
    return 0.0 if count == 0 else max(1.0, round(height * count / most, 1))


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


def _text(name: str, at: tuple[float, float], words: str) -> Markup:
    """Write words that stay inside the chart: at its ends they lean inwards."""
    anchor = "start" if at[0] < 0.08 else "end" if at[0] > 0.92 else "middle"  # noqa: PLR2004
    return Markup('<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
        name, _percent(at[0]), at[1], anchor, escape(words)
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")
