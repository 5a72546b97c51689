"""Atlas: where every record lies among all the others, whatever their order."""

import math

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray

from curator.diversity.clusters import k_means
from curator.diversity.neighbours import nearest
from curator.diversity.points import points_of
from curator.diversity.projection import NEIGHBOURS, project
from curator.diversity.similarity import nearest_of_all
from curator.diversity.terms import terms_of

MOST_CLUSTERS = 60
"""More are no map any more."""
_DIGITS = 4

ATLAS_SCHEMA = pl.Schema(
    {
        "x": pl.Float64,
        "y": pl.Float64,
        "cluster": pl.Int64,
        "terms": pl.String,
        "nearest": pl.Float64,
    }
)
"""The place on the map, from 0 to 1; the cluster, from 0 for the largest, and its terms; the cosine
to the nearest other record. Null for a text without anything that the embedder knows."""


def atlas_of(records: pl.DataFrame, clusters: int | None = None) -> pl.DataFrame:
    """Place records that have `content, text, embedding` (see `ATLAS_SCHEMA`), in their order.

    Records are taken in the order of their contents, which are hashes: it is as good as drawn, and
    has nothing to do with the order in which they come.
    """
    ordered = records.with_row_index("row").sort("content", maintain_order=True)
    points = points_of(ordered["embedding"].to_numpy().astype(np.float32))
    known = np.flatnonzero(points.any(axis=1))
    if not len(known):
        return pl.DataFrame({name: [None] * records.height for name in ATLAS_SCHEMA}, ATLAS_SCHEMA)
    placed = _placed(points[known], ordered["text"].gather(known), clusters)
    rows = ordered.select("row").with_row_index("at")
    placed = placed.with_columns(pl.Series("at", known, dtype=pl.UInt32))
    joined = rows.join(placed, on="at", how="left").sort("row")
    return joined.select(list(ATLAS_SCHEMA))


def _placed(points: NDArray[np.float32], texts: pl.Series, clusters: int | None) -> pl.DataFrame:
    first, which, counts = _different(points)
    different = points[first]
    rows, products = nearest(different, NEIGHBOURS + 1)
    place = project(different, rows)[which]
    near = np.where(counts > 1, 1.0, nearest_of_all(different, rows, products))[which]
    groups = _by_size(k_means(points, clusters or usual_clusters(len(points))).labels)
    named = _names(terms_of(texts, groups))
    return pl.DataFrame(
        {
            "x": np.round(place[:, 0], _DIGITS),
            "y": np.round(place[:, 1], _DIGITS),
            "cluster": groups,
            "terms": named.gather(groups.cast(pl.UInt32)),
            "nearest": pl.Series(np.round(near, _DIGITS)).fill_nan(None),
        },
        ATLAS_SCHEMA,
    )


def usual_clusters(records: int) -> int:
    """Return how many clusters to look for: the root of half the records, within bounds.

    The rule of thumb of Mardia, Kent and Bibby 1979, Multivariate Analysis.
    """
    return max(1, min(MOST_CLUSTERS, round(math.sqrt(records / 2))))


def _different(
    points: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each different point; for each row which it is; how often it is."""
    keys = pl.Series([xxhash.xxh3_64_intdigest(row.tobytes()) for row in points], dtype=pl.UInt64)
    rows = pl.DataFrame({"key": keys}).with_row_index("row")
    found = rows.group_by("key", maintain_order=True).agg(pl.col("row").first(), pl.len())
    which = rows.join(found.with_row_index("at"), on="key", how="left", maintain_order="left")
    ends = found["row"].to_numpy(), which["at"].to_numpy(), found["len"].to_numpy()
    return tuple(end.astype(np.int64) for end in ends)  # type: ignore[return-value]


def _by_size(labels: NDArray[np.int64]) -> pl.Series:
    """Number clusters from the largest to the smallest; of equals the first seen comes first."""
    frame = pl.DataFrame({"label": labels}).with_row_index("row")
    order = (
        frame.group_by("label")
        .agg(pl.len(), pl.col("row").min())
        .sort("len", "row", descending=[True, False])
        .with_row_index("cluster")
    )
    found = frame.join(order.select("label", "cluster"), on="label", maintain_order="left")
    return found["cluster"].cast(pl.Int64)


def _names(terms: pl.DataFrame) -> pl.Series:
    """Write the terms of each cluster in a line; one without any has none."""
    return terms["terms"].list.join(", ")
