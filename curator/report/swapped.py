"""Swapped: how far toxicity moved when groups traded places: the scorer's part and the texts'."""

from typing import NamedTuple

import polars as pl

from curator.filters.counterfactual import Counterfactual
from curator.report.cards import Card, cards_of
from curator.report.significance import student
from curator.run import Run

CONFIDENCE = 0.95
FEWEST = 10
"""A direction with fewer turns has no mean worth telling."""
MOST = 5
"""Records shown that moved most."""
_SIDES = ("response", "prompt")


class Moved(NamedTuple):
    """One record that moved much, and by how much."""

    shift: float
    card: Card


class Swapped(NamedTuple):
    """The scorer's means by direction, and the texts that moved."""

    means: pl.DataFrame
    """`side, direction, turns, shift, low, high, apart`."""
    shares: pl.DataFrame
    """`side, records, above, limit`: how many were turned, and how many moved beyond the limit."""
    skipped: pl.DataFrame
    """`reason, records`: why turns were left alone, the commonest first."""
    moved: list[Moved]
    """The records whose answers moved most, beyond the limit or not."""


def swapped_of(run: Run, entry: Counterfactual | None) -> Swapped:
    """Gather what the filter measured; nothing where the recipe lacks it."""
    if entry is None:
        return Swapped(pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), [])
    prefix = f"{entry.label}__"
    scores = run.scores().select("id", pl.selectors.starts_with(prefix)).collect()
    scores = scores.rename(lambda name: name.removeprefix(prefix))
    limits = {"response": entry.max_shift, "prompt": entry.max_prompt_shift}
    return Swapped(
        means_of(scores),
        pl.concat([_share(scores, side, limits[side]) for side in _SIDES]),
        _skipped(scores),
        _most(run, scores, entry.label),
    )


def means_of(scores: pl.DataFrame) -> pl.DataFrame:
    """Return the mean shift of each direction with its 95% interval (Student 1908).

    Over many different texts what each of them says evens out, so a mean that is `apart` from 0
    is the scorer's: it finds the same said of the one group more toxic than of the other. `apart`
    holds at 95% over all directions together (Bonferroni). Only records where one turn of the side
    was turned count, and equal shifts of a direction once, for they are of one text said again.
    """
    means = (
        _shifts(scores)
        .unique()
        .group_by("side", "direction")
        .agg(
            pl.len().cast(pl.Int64).alias("turns"),
            pl.col("shift").mean(),
            (pl.col("shift").std() / pl.len().sqrt()).alias("error"),
        )
        .filter(pl.col("turns") >= FEWEST)
        .sort("side", "turns", "direction", descending=[True, True, False])
    )
    strict = 1 - (1 - CONFIDENCE) / max(1, means.height)
    wide, narrow = (
        pl.Series([student(level, turns - 1) for turns in means["turns"]], dtype=pl.Float64)
        for level in (strict, CONFIDENCE)
    )
    return means.select(
        "side",
        "direction",
        "turns",
        "shift",
        (pl.col("shift") - narrow * pl.col("error")).alias("low"),
        (pl.col("shift") + narrow * pl.col("error")).alias("high"),
        (pl.col("shift").abs() > wide * pl.col("error")).alias("apart"),
    )


def _shifts(scores: pl.DataFrame) -> pl.DataFrame:
    """List the shifts that have a direction: `side, direction, shift`."""
    sides = [
        scores.select(
            pl.lit(side).alias("side"),
            pl.col(f"{side}_direction").alias("direction"),
            pl.col(f"{side}_shift").alias("shift"),
        ).drop_nulls()
        for side in _SIDES
    ]
    return pl.concat(sides)


def _share(scores: pl.DataFrame, side: str, limit: float) -> pl.DataFrame:
    shift = scores[f"{side}_shift"].drop_nulls()
    above = int((shift.abs() > limit).sum())
    return pl.DataFrame(
        {"side": [side], "records": [shift.len()], "above": [above], "limit": [limit]}
    )


def _skipped(scores: pl.DataFrame) -> pl.DataFrame:
    counts = scores["skipped"].drop_nulls().value_counts()
    return counts.select(
        pl.col("skipped").alias("reason"), pl.col("count").cast(pl.Int64).alias("records")
    ).sort("records", "reason", descending=[True, False])


def _most(run: Run, scores: pl.DataFrame, label: str) -> list[Moved]:
    shift = pl.col("response_shift")
    top = (
        scores.select("id", "response_shift")
        .filter(shift.is_not_null())
        .sort(-shift.abs(), "id")
        .head(MOST)
    )
    reason = f"{label}.moves"
    cards = cards_of(run, ((key, reason) for key in top["id"]))
    return [Moved(moved, cards[key, reason]) for key, moved in top.iter_rows()]
