"""Balanced: what weights toward parity would make of the groups among the kept records."""

import polars as pl

from curator.groups import AXES
from curator.groups.balance import FEWEST, balance, mentioned

_SCHEMA = {
    "axis": pl.String,
    "group": pl.String,
    "records": pl.Int64,
    "share": pl.Float64,
    "weight": pl.Float64,
    "weighted": pl.Float64,
    "share_after": pl.Float64,
}
SMALL_AXES = 12
"""An axis with more groups of 20 records is told of no parity: countries are not equally large."""


def balanced_of(named: pl.Series, kept: pl.Series) -> pl.DataFrame:
    """Return for each axis that can be balanced its groups before and after, the largest first.

    Of the kept records that mention one group of the axis: `records` and their `share`, the
    `weight` that brings all groups of at least 20 records to equal shares, what they come to
    `weighted`, and their `share_after`.
    """
    stay = named.filter(kept) if named.len() else named
    tables = [_table(stay, axis) for axis in AXES] if stay.len() else []
    return pl.concat(tables) if tables else pl.DataFrame(schema=_SCHEMA)


def weights_of(named: pl.Series, ids: pl.Series, balanced: pl.DataFrame) -> pl.DataFrame:
    """Return `id` and for each balanced axis the weight of each record."""
    axes = balanced["axis"].unique(maintain_order=True)
    return pl.DataFrame([ids, *(balance(named, [axis]).alias(axis) for axis in axes)])


def _table(named: pl.Series, axis: str) -> pl.DataFrame:
    frame = pl.DataFrame({"group": mentioned(named, axis), "weight": balance(named, [axis])})
    groups = (
        frame.drop_nulls()
        .group_by("group")
        .agg(
            pl.len().cast(pl.Int64).alias("records"),
            pl.col("weight").first(),
            pl.col("weight").sum().alias("weighted"),
        )
        .filter(pl.col("records") >= FEWEST)
        .sort("records", "group", descending=[True, False])
    )
    if not 1 < groups.height <= SMALL_AXES:
        return pl.DataFrame(schema=_SCHEMA)
    return groups.select(
        pl.lit(axis).alias("axis"),
        pl.col("group").str.replace_all("_", " "),
        "records",
        (pl.col("records") / pl.col("records").sum()).alias("share"),
        "weight",
        "weighted",
        (pl.col("weighted") / pl.col("weighted").sum()).alias("share_after"),
    )
