"""Funnel: how many records each step of a recipe took away, and how many it left."""

from typing import NamedTuple

import polars as pl

from curator.decide.rules import rules_of
from curator.filters import DuplicateFilter
from curator.recipe import Recipe


class Summary(NamedTuple):
    """The answer first: what came in and what stays."""

    records: int
    kept: int
    dropped: int
    flagged: int
    quarantined: int
    repaired: int
    words: int
    words_kept: int


def funnel_of(decisions: pl.DataFrame, words: pl.Series, recipe: Recipe) -> pl.DataFrame:
    """Count by step, in funnel order: `step, kind, records, dropped, left, flagged, words_left`.

    A record counts at the step of its deciding reason, so the dropped add up to all dropped.
    `words` holds the words of each record, in the order of the decisions.
    """
    steps = pl.DataFrame(
        [(name, kind) for name, kind in steps_of(recipe).items()],
        schema={"step": pl.String, "kind": pl.String},
        orient="row",
    )
    rows = decisions.select("kept", "flags", step_of("reason"), words.alias("words"))
    dropped = (
        rows.filter(~pl.col("kept"))
        .group_by("step")
        .agg(pl.len().cast(pl.Int64).alias("dropped"), pl.col("words").sum())
    )
    left = decisions.height - pl.col("dropped").cum_sum()
    return (
        steps.join(dropped, on="step", how="left", maintain_order="left")
        .join(_flagged(rows), on="step", how="left", maintain_order="left")
        .filter((pl.col("step") != "verdict") | pl.col("dropped").is_not_null())
        .with_columns(pl.col("dropped", "words", "flagged").fill_null(0))
        .select(
            "step",
            "kind",
            (left + pl.col("dropped")).alias("records"),
            "dropped",
            left.alias("left"),
            "flagged",
            (int(words.sum()) - pl.col("words").cum_sum()).alias("words_left"),
        )
    )


def steps_of(recipe: Recipe) -> dict[str, str]:
    """Name the steps of the funnel in order, with their kind."""
    duplicates = {e.label for e in recipe.filters if isinstance(e, DuplicateFilter)}
    labels = dict.fromkeys(
        [entry.label for entry in recipe.filters if entry.label not in duplicates]
    )
    kinds = {"verdict": "verdict"} | dict.fromkeys(labels, "filter")
    kinds |= {e.label: "duplicates" for e in recipe.filters if e.label in duplicates}
    return kinds | ({"select": "selection"} if recipe.select else {})


def reason_order(recipe: Recipe) -> dict[str, int]:
    """Give every reason its place in the funnel."""
    return {rule.reason: place for place, rule in enumerate(rules_of(recipe.filters))}


def step_of(column: str) -> pl.Expr:
    """Return the step a reason belongs to: what stands before its last dot."""
    return pl.col(column).str.replace(r"\.[^.]*$", "").alias("step")


def summarise(
    decisions: pl.DataFrame, words: pl.Series, *, quarantined: int, repaired: int
) -> Summary:
    """Sum up a run; `repaired` counts records, not repairs."""
    kept = decisions["kept"]
    return Summary(
        records=decisions.height,
        kept=int(kept.sum()),
        dropped=int((~kept).sum()),
        flagged=decisions.filter(pl.col("flags").list.len() > 0).height,
        quarantined=quarantined,
        repaired=repaired,
        words=int(words.sum()),
        words_kept=int(words.filter(kept).sum()),
    )


def _flagged(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the records, kept or not, that each step flagged."""
    flags = rows.select("flags").filter(pl.col("flags").list.len() > 0).with_row_index("record")
    return (
        flags.explode("flags")
        .select("record", step_of("flags"))
        .unique()
        .group_by("step")
        .agg(pl.len().cast(pl.Int64).alias("flagged"))
    )
