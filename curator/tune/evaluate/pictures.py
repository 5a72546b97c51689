"""Pictures: a value with its interval, before and after on one line, as SVG for any screen."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from curator.tune.evaluate.rows import Row, Value

_HEIGHT = 18
_PARTS = 20
"""The scale's ends lie a part of this many beyond the values."""


class Scale(NamedTuple):
    """The values at the left and the right end of every line of a table."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return the share of the width at which a value stands."""
        wide = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / wide if wide else 0.5))


SHARES = Scale(0.0, 1.0)


def scale_of(rows: Iterable[Row]) -> Scale:
    """Return the scale that holds every value of some rows, and every interval."""
    values = [
        number for row in rows for one in (row.now, row.was) for number in one or () if number
    ]
    low, high = min(values, default=0.0), max(values, default=1.0)
    step = max(1e-6, (high - low) / _PARTS)
    return Scale(max(0.0, math.floor(low / step - 1) * step), math.ceil(high / step + 1) * step)


def line_of(row: Row, scale: Scale) -> Markup:
    """Draw a value, and the one before it below."""
    label = f"{row.at()}, before {row.before()}" if row.was else row.at()
    parts = [_rect("track", (0, 1), 9, 2)]
    if row.was is not None:
        parts += _mark("was", row.was, scale, 13)
    parts += _mark("now", row.now, scale, 9 if row.was is None else 5)
    head = Markup('<svg role="img" width="100%" height="{}" aria-label="{}">')
    return head.format(_HEIGHT, label) + Markup("").join(parts) + Markup("</svg>")


def _mark(name: str, value: Value, scale: Scale, height: int) -> list[Markup]:
    dot = Markup('<circle class="dot {}" cx="{}%" cy="{}" r="3.5"/>')
    found = [dot.format(name, _percent(scale.place(value.at)), height)]
    if value.low is not None and value.high is not None:
        ends = scale.place(value.low), scale.place(value.high)
        found.insert(0, _rect(f"span {name}", ends, height, 5))
    return found


def _rect(name: str, ends: tuple[float, float], middle: int, height: int) -> Markup:
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        name, _percent(ends[0]), middle - height / 2, _percent(ends[1] - ends[0]), height
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")
