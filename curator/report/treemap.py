"""Treemap: classes as rectangles as large as they are common, fine classes within coarse ones."""

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from curator.report.drawing import Box, fitted, hue_of, rect, sheet, words
from curator.report.figures import counted, number, percent

WIDTH = 960.0
_HEAD = 17.0
_SIZE = 11.0
_SMALL = 26.0
"""A tile less wide or high than this has no words on it."""


def task_map(tasks: pl.DataFrame) -> Markup:
    """Draw `task, fine, records, kept`: the kept part of each tile full, the dropped part light."""
    groups = [rows for _, rows in tasks.group_by("task", maintain_order=True)]
    sizes = [float(rows["records"].sum()) for rows in groups]
    found: list[Markup] = []
    whole = int(sum(sizes))
    for place, (rows, box) in enumerate(zip(groups, squares(sizes, _frame(440)), strict=True)):
        name, inside = rows["task"][0], _inset(box)
        found += _header(str(name), int(rows["records"].sum()), whole, box)
        fine = squares(rows["records"].cast(pl.Float64).to_list(), inside)
        for row, tile in zip(rows.iter_rows(named=True), fine, strict=True):
            short = str(row["fine"]).partition(".")[2] or str(row["fine"])
            found += _tile(short, row, tile, hue_of(place))
    return sheet(found, WIDTH, 440, "Treemap of tasks and their fine classes")


def class_map(counts: pl.DataFrame, label: str) -> Markup:
    """Draw `name, records, kept` as tiles of one level."""
    boxes = squares(counts["records"].cast(pl.Float64).to_list(), _frame(220))
    found: list[Markup] = []
    for place, (row, box) in enumerate(zip(counts.iter_rows(named=True), boxes, strict=True)):
        found += _tile(str(row["name"]), row, box, hue_of(place))
    return sheet(found, WIDTH, 220, label)


def squares(sizes: Sequence[float], box: Box) -> list[Box]:
    """Lay out rectangles of these sizes in a box, as square as can be, the largest first.

    Bruls, Huizing and van Wijk 2000 (Squarified Treemaps).
    """
    whole = sum(sizes)
    if whole <= 0:
        return [Box(box.x, box.y, 0, 0) for _ in sizes]
    areas = [size * box.width * box.height / whole for size in sizes]
    found: list[Box] = []
    start = 0
    while start < len(areas):
        side, end = min(box.width, box.height), start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(
            areas[start:end], side
        ):
            end += 1
        row, box = _row(areas[start:end], box)
        found += row
        start = end
    return found


def _worst(areas: Sequence[float], side: float) -> float:
    """Return the worst proportion of rectangles that are put along a side together."""
    total = sum(areas)
    if total <= 0 or side <= 0:
        return float("inf")
    return max(
        max(side**2 * area / total**2, total**2 / (side**2 * max(area, 1e-9))) for area in areas
    )


def _row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Cut off one row along the shorter side, and return its rectangles and what is left."""
    total, along = sum(areas), 0.0
    wide = box.width >= box.height
    depth = total / (box.height if wide else box.width) if total else 0.0
    found = []
    for area in areas:
        size = area / depth if depth else 0.0
        if wide:
            found.append(Box(box.x, box.y + along, depth, size))
        else:
            found.append(Box(box.x + along, box.y, size, depth))
        along += size
    if wide:
        return found, Box(box.x + depth, box.y, max(0.0, box.width - depth), box.height)
    return found, Box(box.x, box.y + depth, box.width, max(0.0, box.height - depth))


def _frame(height: float) -> Box:
    return Box(0, 0, WIDTH, height)


def _inset(box: Box) -> Box:
    """Leave room for the name of a coarse class, and a gap to its neighbours."""
    head = _HEAD if _is_named(box) else 1.0
    return Box(box.x + 1, box.y + head, max(0.0, box.width - 3), max(0.0, box.height - head - 2))


def _is_named(box: Box) -> bool:
    return box.width >= 2 * _SMALL and box.height >= 1.6 * _SMALL


def _header(name: str, records: int, whole: int, box: Box) -> list[Markup]:
    if not _is_named(box):
        return []
    share = percent(records / whole)
    full = f"{name.replace('_', ' ')} {share}"
    text = fitted(full, box.width - 6, _SIZE + 1)
    return [words("coarse", (box.x + 2, box.y + _HEAD - 5), text)]


def _tile(name: str, row: dict[str, int], box: Box, hue: float) -> list[Markup]:
    """Draw one class, its kept part on the left; words where there is room."""
    records, kept = row["records"], row["kept"]
    plain = name.replace("_", " ")
    title = f"{plain}: {counted(records, 'record')}, {number(kept)} kept"
    inner = Box(box.x + 0.5, box.y + 0.5, max(0.0, box.width - 1), max(0.0, box.height - 1))
    part = inner._replace(width=inner.width * kept / max(1, records))
    found = [rect("tile gone", inner, title, hue), rect("tile", part, title, hue)]
    if box.width >= _SMALL and box.height >= _SMALL / 1.5:
        found.append(words("inside", (box.x + 5, box.y + 14), fitted(plain, box.width - 9, _SIZE)))
        if box.height >= 1.3 * _SMALL:
            count = fitted(number(records), box.width - 9, _SIZE)
            found.append(words("inside soft", (box.x + 5, box.y + 28), count))
    return found
