"""Spread: how varied the records are by their embeddings, all of them and those kept."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.points import points_of
from curator.diversity.similarity import nearest_of_some
from curator.diversity.vendi import vendi, vendi_by
from curator.filters.diversity import Diversity
from curator.run import Run

MOST = 100_000
"""Records whose embeddings are read: those whose contents, which are hashes, come first."""
ASKED = 2_000
"""Records of each side whose nearest neighbour is looked for, among all of their side."""
SHOWN = 4_000
"""Points that are drawn on the map."""
FEWEST = 20
"""A smaller class has no score of its own: it could not be larger than this."""
EDGES = tuple(round(0.05 * step, 2) for step in range(21))


class Cloud(NamedTuple):
    """The map: `points` has `x, y, cluster, kept` of the `drawn`, `clusters` has
    `cluster, terms, records, kept, x, y, nearest` (medians), the largest first.
    """

    view: str
    points: pl.DataFrame
    clusters: pl.DataFrame
    unplaced: int


class Spread(NamedTuple):
    """How varied the records are.

    `all` and `kept` are Vendi scores over `read` records, `classes` has
    `class, records, vendi, kept, vendi_kept`; `nearest` has `low, high, all, kept`, shares of the
    records by the cosine to their nearest neighbour among all or among the kept.
    """

    read: int
    all: float | None
    kept: float | None
    classes: pl.DataFrame
    nearest: pl.DataFrame
    cloud: Cloud


def spread_of(run: Run, kept: pl.Series, tasks: pl.Series) -> Spread | None:
    """Measure it from what the filter `diversity` has embedded; nothing where there is none."""
    entry = next((one for one in run.recipe.filters if isinstance(one, Diversity)), None)
    if entry is None or not len(kept):
        return None
    drawn = drawn_rows(run)[:MOST]
    vectors = run.feature(entry.features()[0]).to_numpy()[drawn]
    stays = kept.to_numpy()[drawn]
    classes = tasks.gather(drawn)
    return Spread(
        len(drawn),
        vendi(vectors),
        vendi(vectors[stays]),
        _classes(vectors, stays, classes),
        _nearest(vectors, stays),
        cloud_of(run, entry, kept, drawn),
    )


def drawn_rows(run: Run) -> NDArray[np.int64]:
    """Return the rows of the run in the order of their contents."""
    contents = run.records().select("content").with_row_index("row").collect()
    return contents.sort("content", "row")["row"].to_numpy().astype(np.int64)


def _classes(
    vectors: NDArray[np.float32], stays: NDArray[np.bool_], named: pl.Series
) -> pl.DataFrame:
    """Return the Vendi score of each class large enough, of all its records and of the kept."""
    both = vendi_by(vectors, named).join(
        vendi_by(vectors[stays], named.filter(pl.Series(stays))).rename(
            {"records": "kept", "vendi": "vendi_kept"}
        ),
        on="class",
        how="left",
    )
    large = both.filter(pl.col("records") >= FEWEST).sort(
        "records", "class", descending=[True, False]
    )
    enough = pl.col("kept") >= FEWEST
    return large.with_columns(
        pl.col("kept").fill_null(0), pl.when(enough).then("vendi_kept").alias("vendi_kept")
    )


def _nearest(vectors: NDArray[np.float32], stays: NDArray[np.bool_]) -> pl.DataFrame:
    """Count the drawn records by the cosine to their nearest neighbour, as shares of each side."""
    edges = np.array(EDGES)
    shares = {}
    for name, side in (("all", vectors), ("kept", vectors[stays])):
        points = points_of(side)
        points = points[points.any(axis=1)]
        near = nearest_of_some(points, np.arange(min(ASKED, len(points))))
        counts = np.histogram(np.clip(near[~np.isnan(near)], 0, 1), edges)[0]
        shares[name] = counts / max(1, counts.sum())
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], **shares})


def cloud_of(run: Run, entry: Diversity, kept: pl.Series, drawn: NDArray[np.int64]) -> Cloud:
    """Read the map from the scores of the filter."""
    names = ("x", "y", "cluster", "terms", "nearest")
    measures = [pl.col(f"{entry.label}__{name}").alias(name) for name in names]
    placed = run.scores().select(measures).collect().with_columns(kept.alias("kept"))
    clusters = (
        placed.drop_nulls("cluster")
        .group_by("cluster")
        .agg(
            pl.col("terms").first(),
            pl.len().cast(pl.Int64).alias("records"),
            pl.col("kept").sum().cast(pl.Int64),
            pl.col("x", "y", "nearest").median(),
        )
        .sort("cluster")
    )
    points = placed[drawn[:SHOWN]].drop_nulls("x").select("x", "y", "cluster", "kept")
    return Cloud(entry.view, points, clusters, placed["x"].null_count())
