"""Nearest chart: how near the nearest neighbours lie, of all records and of those kept."""

import polars as pl
from markupsafe import Markup

from curator.report.drawing import Box, path, rect, sheet, words
from curator.report.figures import percent

_WIDTH, _TOP, _HEIGHT, _FOOT = 960.0, 16.0, 130.0, 20.0
_TICKS = 4


def nearest_chart(bins: pl.DataFrame) -> Markup:
    """Draw the kept as bars and all records as a line over them; `low, high, all, kept`."""
    most = max([*bins["all"], *bins["kept"], 0.01])
    wide, base = _WIDTH / max(1, bins.height), _TOP + _HEIGHT
    found: list[Markup] = []
    line = f"M0 {base:.0f}"
    for place, row in enumerate(bins.iter_rows(named=True)):
        x, kept, every = place * wide, *(_HEIGHT * row[side] / most for side in ("kept", "all"))
        title = f"{row['low']} to {row['high']}: {percent(row['kept'])} of the kept"
        bar = Box(x + 2, base - kept, wide - 4, kept)
        found.append(rect("stays", bar, f"{title}, {percent(row['all'])} of all"))
        line += f"V{base - every:.1f}H{x + wide:.1f}"
        if place % _TICKS == 0:
            found.append(words("tick", (max(8.0, x), base + 14), f"{row['low']:g}"))
    found.append(words("tick", (_WIDTH - 4, base + 14), "1"))
    found.append(path("outline", f"{line}V{base:.0f}"))
    return sheet(found, _WIDTH, base + _FOOT, "Histogram of the cosine to the nearest neighbour")
