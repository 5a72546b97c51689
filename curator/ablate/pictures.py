"""Pictures: differences with their intervals, and losses seed by seed, as SVG for any screen."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from curator.ablate.amounts import change, loss, signed
from curator.ablate.comparisons import Claim, Comparison

_HEIGHT, _MIDDLE = 26, 13
_STEPS = (1, 2, 5, 10)
_TICKS = 4
_MARKS = {
    "helped": "M-4.6 0A4.6 4.6 0 1 0 4.6 0A4.6 4.6 0 1 0 -4.6 0Z",
    "hurt": "M0 -6L6 0L0 6L-6 0Z",
    "none": "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z",
    "untold": "M-4 -4L4 4M-4 4L4 -4",
}
"""A disc, a diamond, a ring and a cross: told apart without their colours."""
WORDS: dict[Claim, str] = {
    "helped": "helped",
    "hurt": "hurt",
    "none": "no measurable effect",
    "untold": "too little to say",
}


class Scale(NamedTuple):
    """The values at the two ends of every line of a picture, and those with a tick."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """Return the share of the width at which a value stands."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def ticks(self) -> list[float]:
        """Return the round values between the ends."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [at * self.step for at in range(first, last + 1)]


def scale_of(values: Iterable[float]) -> Scale:
    """Return a scale that holds every value, with round ticks."""
    known = sorted(values) or [0.0]
    wide = max(known[-1] - known[0], 1e-4)
    low, high = known[0] - 0.04 * wide, known[-1] + 0.04 * wide
    size = 10.0 ** math.floor(math.log10(wide / _TICKS))
    step = next(size * step for step in _STEPS if size * step >= wide / _TICKS)
    return Scale(low, high, step)


def forest_scale(comparisons: Iterable[Comparison]) -> Scale:
    """Return the scale of a forest plot, with zero on it."""
    ends = [0.0]
    for one in comparisons:
        found = (one.difference.low, one.difference.change, one.difference.high, one.margin)
        ends += [value for value in found if value is not None]
        ends += [-one.margin] if one.margin else []
    return scale_of(ends)


def axis(scale: Scale) -> Markup:
    """Draw the ticks of a scale with their numbers."""
    digits = max(0, -math.floor(math.log10(scale.step) + 1e-9))
    texts = [(scale.place(tick), signed(tick, digits)) for tick in scale.ticks()]
    return _svg([_text(place, text) for place, text in texts], 16, "")


def plain_axis(scale: Scale) -> Markup:
    """Draw the ticks of a scale of losses."""
    digits = max(0, -math.floor(math.log10(scale.step) + 1e-9))
    parts = [_text(scale.place(tick), f"{tick:.{digits}f}") for tick in scale.ticks()]
    return _svg(parts, 16, "")


def forest_line(one: Comparison, scale: Scale) -> Markup:
    """Draw a difference with its interval, the line of no difference, and the seed's own noise."""
    zero = scale.place(0)
    parts = [_line("grid", scale.place(tick), 0, _HEIGHT) for tick in scale.ticks()]
    if one.margin:
        ends = scale.place(-one.margin), scale.place(one.margin)
        parts.insert(0, _rect("noise", ends, _HEIGHT))
    parts.append(_line("zero", zero, 0, _HEIGHT))
    if one.difference.low is not None and one.difference.high is not None:
        ends = scale.place(one.difference.low), scale.place(one.difference.high)
        parts.append(_rect(f"span {one.claim}", ends, 5))
        parts += [_line(f"end {one.claim}", end, 7, 19) for end in ends]
    parts.append(_mark(one.claim, scale.place(one.difference.change)))
    return _svg(parts, _HEIGHT, f"{one.about}: {change(one.difference)}, {WORDS[one.claim]}")


def strip(values: Sequence[float], scale: Scale, name: str) -> Markup:
    """Draw the loss of each seed as a dot, and their mean as a bar."""
    parts = [_line("grid", scale.place(tick), 0, _HEIGHT) for tick in scale.ticks()]
    if not values:
        return _svg(parts, _HEIGHT, f"{name}: not trained")
    dot = Markup('<circle class="seed" cx="{}%" cy="{}" r="3.2"/>')
    parts += [dot.format(_percent(scale.place(value)), _MIDDLE) for value in values]
    mean = sum(values) / len(values)
    parts.append(_line("mean", scale.place(mean), 4, 22))
    return _svg(parts, _HEIGHT, f"{name}: {', '.join(loss(value) for value in values)}")


def legend(claim: Claim) -> Markup:
    """Draw the mark of a claim, for beside its word."""
    shape = Markup('<svg class="sign" width="14" height="14" aria-hidden="true">{}</svg>')
    drawn = Markup('<g transform="translate(7 7)"><path class="mark {}" d="{}"/></g>')
    return shape.format(drawn.format(claim, _MARKS[claim]))


def _mark(claim: Claim, place: float) -> Markup:
    """Draw a shape at a share of the width: an svg within the svg carries its own units."""
    head = Markup('<svg x="{}%" y="{}" overflow="visible"><path class="mark {}" d="{}"/></svg>')
    return head.format(_percent(place), _MIDDLE, claim, _MARKS[claim])


def _svg(parts: Sequence[Markup], height: int, label: str) -> Markup:
    told = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    head = Markup('<svg {} width="100%" height="{}">').format(Markup(told), height)
    return head + Markup("").join(parts) + Markup("</svg>")


def _rect(name: str, ends: tuple[float, float], height: int) -> Markup:
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        name, _percent(ends[0]), _MIDDLE - height / 2, _percent(ends[1] - ends[0]), height
    )


def _line(name: str, place: float, top: int, foot: int) -> Markup:
    x = _percent(place)
    return Markup('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(
        name, x, x, top, foot
    )


def _text(place: float, text: str) -> Markup:
    leaning = "start" if place < 0.06 else "end" if place > 0.94 else "middle"  # noqa: PLR2004
    return Markup('<text class="tick" x="{}%" y="12" text-anchor="{}">{}</text>').format(
        _percent(place), leaning, text
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")
