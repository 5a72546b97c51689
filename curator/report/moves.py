"""Moves: which records two sets of decisions treat differently, and why."""

from typing import NamedTuple

import polars as pl

_DECIDED = ("kept", "reason", "value", "threshold", "witness")


class Difference(NamedTuple):
    """Two sets of decisions side by side.

    `reasons` counts `reason, before, after`; `transitions` counts `before, after, records` of what
    changed, most first; `moves` has one row a changed record.
    """

    records_before: int
    records_after: int
    kept_before: int
    kept_after: int
    reasons: pl.DataFrame
    transitions: pl.DataFrame
    moves: pl.DataFrame


def difference_of(before: pl.DataFrame, after: pl.DataFrame) -> Difference:
    """Compare two sets of decisions by record id."""
    moves = moves_of(before, after)
    return Difference(
        before.height,
        after.height,
        int(before["kept"].sum()),
        int(after["kept"].sum()),
        _reasons(before, after),
        _transitions(moves),
        moves,
    )


def moves_of(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """List the records that are decided differently, or are on one side only, by id.

    `change` is `dropped` (kept before), `kept` (dropped before), `reason` (dropped for another
    reason), `added` or `removed`; then every fact of the decision `_before` and `_after`.
    """
    columns = ["id", *_DECIDED]
    both = before.select(columns).join(
        after.select(columns), on="id", how="full", coalesce=True, suffix="_after"
    )
    both = both.rename({name: f"{name}_before" for name in _DECIDED})
    was, now = pl.col("kept_before"), pl.col("kept_after")
    change = (
        pl.when(was.is_null())
        .then(pl.lit("added"))
        .when(now.is_null())
        .then(pl.lit("removed"))
        .when(was & ~now)
        .then(pl.lit("dropped"))
        .when(~was & now)
        .then(pl.lit("kept"))
        .when(pl.col("reason_before").ne_missing(pl.col("reason_after")))
        .then(pl.lit("reason"))
    )
    sides = [f"{name}_{side}" for name in _DECIDED for side in ("before", "after")]
    return both.select("id", change.alias("change"), *sides).drop_nulls("change").sort("id")


def _reasons(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    counts = [
        side.filter(~pl.col("kept")).group_by("reason").agg(pl.len().cast(pl.Int64).alias(name))
        for side, name in ((before, "before"), (after, "after"))
    ]
    return (
        counts[0]
        .join(counts[1], on="reason", how="full", coalesce=True)
        .with_columns(pl.col("before", "after").fill_null(0))
        .sort(pl.max_horizontal("before", "after"), "reason", descending=[True, False])
    )


def _transitions(moves: pl.DataFrame) -> pl.DataFrame:
    return (
        moves.group_by(_state("before"), _state("after"))
        .agg(pl.len().cast(pl.Int64).alias("records"))
        .sort("records", "before", "after", descending=[True, False, False])
    )


def _state(side: str) -> pl.Expr:
    kept = pl.col(f"kept_{side}")
    return (
        pl.when(kept.is_null())
        .then(pl.lit("absent"))
        .when(kept)
        .then(pl.lit("kept"))
        .otherwise(f"reason_{side}")
        .alias(side)
    )
