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


def with_comparable(keys: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Add what makes records comparable to their keys, where it is given."""
    return keys.with_columns(records["comparable"]) if "comparable" in records.columns else keys


def make_pairs(
    first: NDArray[np.int64], pairs: NDArray[np.int64], similarities: NDArray[np.float64]
) -> pl.DataFrame:
    """Make the frame of a star around the first row of each class, at 1, and of verified pairs."""
    twins = np.flatnonzero(first != np.arange(len(first)))
    left = np.concatenate((first[twins], pairs[:, 0]))
    right = np.concatenate((twins, pairs[:, 1]))
    similarity = np.concatenate((np.ones(len(twins)), similarities))
    order = np.argsort(left << 32 | right)
    columns = {
        "left": left[order].astype(np.uint32),
        "right": right[order].astype(np.uint32),
        "similarity": similarity[order],
        "verified": np.ones(len(order), np.bool_),
    }
    return pl.DataFrame(columns, schema=PAIR_SCHEMA)


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
