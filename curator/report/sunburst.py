"""Sunburst: the commonest verbs of the prompts in a ring, and around it what they are done to."""

import polars as pl
from markupsafe import Markup

from curator.report.drawing import around, fitted, hue_of, path, ring, sheet, words
from curator.report.figures import counted, number

VERBS, OBJECTS = 20, 5
"""The commonest verbs, and of each the commonest objects; Self-Instruct shows 20 and 4."""
_SIDE = 640.0
_RINGS = ((88.0, 190.0), (192.0, 300.0))
_SIZE = 11.0


def sunburst(pairs: pl.DataFrame) -> Markup:
    """Draw `verb, object, records, kept`, the commonest first, clockwise from the top."""
    shown = shown_pairs(pairs)
    whole = max(1, int(shown["records"].sum()))
    found: list[Markup] = []
    at = 0.0
    for place, ((verb,), rows) in enumerate(shown.group_by(["verb"], maintain_order=True)):
        end = at + int(rows["records"].sum()) / whole
        found += _part(str(verb), rows, 0, (at, end), hue_of(place))
        for row in range(rows.height):
            one = rows[row]
            then = at + one["records"][0] / whole
            found += _part(one["object"][0], one, 1, (at, then), hue_of(place))
            at = then
    return sheet(found, _SIDE, _SIDE, "Sunburst of the verbs of the prompts and their objects")


def shown_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the verbs that are commonest with a noun, each with its commonest nouns."""
    order = ["whole", "verb", "records", "object"]
    named = pairs.drop_nulls("object").with_columns(
        pl.col("records").sum().over("verb").alias("whole")
    )
    verbs = (
        named.select("verb", "whole")
        .unique()
        .sort("whole", "verb", descending=[True, False])["verb"]
        .head(VERBS)
    )
    some = named.filter(pl.col("verb").is_in(verbs.implode()))
    ranked = some.sort(order, descending=[True, False, True, False])
    return ranked.group_by("verb", maintain_order=True).head(OBJECTS).drop("whole")


def _part(
    name: str, rows: pl.DataFrame, level: int, turns: tuple[float, float], hue: float
) -> list[Markup]:
    """Draw a part of a ring, with its name along the radius where there is room."""
    records, kept = int(rows["records"].sum()), int(rows["kept"].sum())
    inner, outer = _RINGS[level]
    title = f"{name}: {counted(records, 'prompt')} shown, {number(kept)} kept"
    shade = ("verb", "object")[level]
    found = [path(f"part {shade}", ring(_SIDE / 2, (inner, outer), turns), title, hue)]
    middle, width = (turns[0] + turns[1]) / 2, (turns[1] - turns[0]) * 6.28 * (inner + 14)
    if width >= _SIZE:
        right = middle < 0.5  # noqa: PLR2004 (half a turn)
        place = around(_SIDE / 2, inner + 6, middle)
        text = fitted(name, outer - inner - 10, _SIZE)
        turn = 360 * middle - 90 if right else 360 * middle + 90
        found.append(words(f"inside {'' if right else 'end'} middle", place, text, turn))
    return found
