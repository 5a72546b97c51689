"""Twins: records that are equal in a view, written as stars around the first of each class."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

PAIR_SCHEMA = pl.Schema(
    {"left": pl.UInt32, "right": pl.UInt32, "similarity": pl.Float64, "verified": pl.Boolean}
)
"""The columns of every frame of pairs: rows `left < right`, sorted by both."""


def first_rows(keys: pl.DataFrame, empty: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each row the first row with the same keys; an empty row is only its own."""
    rows = np.arange(keys.height)
    first = keys.with_columns(row=rows).select(pl.col("row").min().over(keys.columns))
    return np.where(empty, rows, first.to_series().to_numpy())


def stars(first: NDArray[np.int64]) -> pl.DataFrame:
    """Pair every row with the first of its class, at similarity 1; sorted by left and right."""
    rows = np.flatnonzero(first != np.arange(len(first)))
    return make_pairs(first[rows], rows, np.ones(len(rows))).sort("left", "right")


def make_pairs(
    left: NDArray[np.int64], right: NDArray[np.int64], similarity: NDArray[np.float64]
) -> pl.DataFrame:
    """Make a frame of verified pairs, in the order given."""
    columns = {"left": left, "right": right, "similarity": similarity}
    pairs = pl.DataFrame(columns).with_columns(verified=pl.lit(True))  # noqa: FBT003 (a value)
    return pairs.cast(PAIR_SCHEMA)


def expand(pairs: pl.DataFrame, height: int) -> pl.DataFrame:
    """Write out every pair of records that the stars and the pairs between classes stand for."""
    twins = pairs.filter(pl.col("similarity") == 1.0)
    first = np.arange(height, dtype=np.uint32)
    first[twins["right"].to_numpy()] = twins["left"].to_numpy()
    members = pl.DataFrame({"class": first, "row": np.arange(height, dtype=np.uint32)})
    within = (
        members.join(members, on="class", suffix="_right")
        .filter(pl.col("row") < pl.col("row_right"))
        .select(left="row", right="row_right", similarity=1.0)
    )
    between = (
        pairs.filter(pl.col("similarity") < 1.0)
        .join(members, left_on="left", right_on="class")
        .join(members, left_on="right", right_on="class", suffix="_right")
        .select(
            left=pl.min_horizontal("row", "row_right"),
            right=pl.max_horizontal("row", "row_right"),
            similarity="similarity",
        )
    )
    return pl.concat([within, between]).sort("left", "right")
