"""Moves: which records two sets of decisions treat differently, and why."""

from typing import NamedTuple

import polars as pl

from curator.report.shown import shown

_DECIDED = ("kept", "reason", "value", "threshold", "witness", "flags")
NAMED = 1_000
"""Moves that are named by source and opening: more than anybody reads, soon found in any run."""
OPENING = 60
"""Code points of a prompt that tell which record it is."""
MORE = 2_000
"""Code points read beyond them, so that a value at the cut is known whole, and masked."""


class Difference(NamedTuple):
    """Two sets of decisions side by side.

    `reasons` and `flags` count `reason, before, after`; `transitions` counts `before, after,
    records` of what changed, most first; `moves` has one row a changed record.
    """

    records_before: int
    records_after: int
    kept_before: int
    kept_after: int
    reasons: pl.DataFrame
    flags: pl.DataFrame
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
        _counted(_reasons(before), _reasons(after)),
        _counted(_flags(before), _flags(after)),
        _transitions(moves),
        moves,
    )


def moves_of(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """List the records that are decided differently, or are on one side only, by id.

    `change` is `dropped` (kept before), `kept` (dropped before), `reason` (dropped for another
    reason), `flags` (other flags only), `added` or `removed`; then every fact of the decision
    `_before` and `_after`.
    """
    was_so = before.select("id", pl.col(_DECIDED).name.suffix("_before"))
    is_so = after.select("id", pl.col(_DECIDED).name.suffix("_after"))
    if before["id"].equals(after["id"]):  # the same run decided twice: no need to search
        both = pl.concat([was_so, is_so.drop("id")], how="horizontal")
    else:
        both = was_so.join(is_so, on="id", how="full", coalesce=True)
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
        .when(pl.col("flags_before").list.join("\n") != pl.col("flags_after").list.join("\n"))
        .then(pl.lit("flags"))
    )
    sides = [f"{name}_{side}" for name in _DECIDED for side in ("before", "after")]
    return both.select("id", change.alias("change"), *sides).drop_nulls("change").sort("id")


def named(found: Difference, *sources: pl.LazyFrame) -> Difference:
    """Say of the first thousand moves whose they are: `source, row, opening` (of the prompt)."""
    wanted = found.moves["id"].head(NAMED).implode()
    opening = pl.col("prompt").str.slice(0, OPENING + MORE).alias("opening")
    known = [
        records.filter(pl.col("id").is_in(wanted)).select("id", "source", "row", opening)
        for records in sources
    ]
    whose = pl.concat(pl.collect_all(known)).unique("id", keep="first", maintain_order=True)
    heads = [shown(head)[:OPENING] for head in whose["opening"]]
    whose = whose.with_columns(pl.Series("opening", heads, dtype=pl.String))
    moves = found.moves.join(whose, on="id", how="left", maintain_order="left")
    return found._replace(moves=moves)


def _reasons(side: pl.DataFrame) -> pl.Series:
    return side.filter(~pl.col("kept"))["reason"]


def _flags(side: pl.DataFrame) -> pl.Series:
    flagged = side.select(pl.col("flags").alias("reason"))
    return flagged.filter(pl.col("reason").list.len() > 0).explode("reason")["reason"]


def _counted(before: pl.Series, after: pl.Series) -> pl.DataFrame:
    counts = [
        side.to_frame().group_by("reason").agg(pl.len().cast(pl.Int64).alias(name))
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
        moves.filter(pl.col("change") != "flags")
        .group_by(_state("before"), _state("after"))
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
