"""Scatter: the map of the records, coloured by cluster, with the words of the largest ones."""

import polars as pl
from markupsafe import Markup

from curator.report.drawing import Box, hue_of, length, path, sheet, words
from curator.report.spread import Cloud

_WIDTH, _MARGIN = 960.0, 12.0
_SIZE = 11.5
_NAMED = 40
"""The largest clusters, whose words are written where there is room."""
_WORDS = 2


def scatter(cloud: Cloud) -> Markup:
    """Draw the points: dropped ones grey and below the kept; words over them."""
    points = cloud.points
    low, high = _extent(points["y"])
    height = max(0.4, high - low) * (_WIDTH - 2 * _MARGIN) + 2 * _MARGIN
    top = (low + high) / 2 - (height - 2 * _MARGIN) / (_WIDTH - 2 * _MARGIN) / 2
    found = [_dots("spot lost", points.filter(~pl.col("kept")), top, None)]
    stays = points.filter("kept").sort("cluster", maintain_order=True)
    for (cluster,), some in stays.group_by(["cluster"], maintain_order=True):
        found.append(_dots("spot", some, top, hue_of(int(str(cluster)))))
    return sheet([*found, *_names(cloud.clusters, top)], _WIDTH, height, "Map of the records")


def _extent(values: pl.Series) -> tuple[float, float]:
    found = values.to_list() or [0.0]
    return min(found), max(found)


def _at(x: float, y: float, top: float) -> tuple[float, float]:
    scale = _WIDTH - 2 * _MARGIN
    return _MARGIN + x * scale, _MARGIN + (y - top) * scale


def _dots(name: str, points: pl.DataFrame, top: float, hue: float | None) -> Markup:
    """Draw points as one path of strokes without length, which is short to write."""
    places = [_at(x, y, top) for x, y in points.select("x", "y").iter_rows()]
    steps = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in places)
    return path(name, steps, "", hue) if steps else Markup("")


def _names(clusters: pl.DataFrame, top: float) -> list[Markup]:
    """Write the words of clusters, the largest first, each where it covers none before it."""
    found: list[Markup] = []
    taken: list[Box] = []
    for row in clusters.drop_nulls("x").head(_NAMED).iter_rows(named=True):
        text = ", ".join(str(row["terms"] or "").split(", ")[:_WORDS])
        x, y = _at(row["x"], row["y"], top)
        wide = length(text, _SIZE)
        x = min(max(x, wide / 2), _WIDTH - wide / 2)
        box = Box(x - wide / 2, y - _SIZE, wide, _SIZE * 1.25)
        if text and not any(_covers(box, other) for other in taken):
            taken.append(box)
            found.append(words("label", (x, y), text))
    return found


def _covers(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
