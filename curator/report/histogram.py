"""Histogram: how a measure is spread, and what its thresholds cut off."""

from typing import NamedTuple

import numpy as np
import polars as pl

from curator.decide.rules import evaluate
from curator.filters import Filter
from curator.report.bins import Scale, edges_of, place_on
from curator.report.judged import Held, Judged, judged_by

MOST_CATEGORIES = 12
"""More values than this of a text measure are put together as `(other)`."""


class Cut(NamedTuple):
    """One rule over the measure: what it fires for, and where its line stands.

    `place` goes from 0 to 1 over the data; below 0 or above 1 the threshold is beyond all data.
    """

    held: Held
    fired: int
    place: float | None


class Histogram(NamedTuple):
    """One measure: `bins` has `low, high, name, count, fired`; nulls were not judged."""

    judged: Judged
    scale: Scale
    whole: bool
    bins: pl.DataFrame
    records: int
    nulls: int
    cuts: tuple[Cut, ...]


def histograms_of(entry: Filter, scores: pl.DataFrame) -> list[Histogram]:
    """Draw up a histogram of every measure that the filter's rules judge.

    `scores` holds at least the filter's own columns, `<label>__<measure>`.
    """
    judged = judged_by(entry)
    fired = evaluate(scores, entry) if judged else pl.DataFrame()
    return [_histogram(measure, scores[measure.column], fired) for measure in judged]


def _histogram(judged: Judged, values: pl.Series, fired: pl.DataFrame) -> Histogram:
    rules = [held.rule for held in judged.rules if held.action != "off"]
    none = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)  # noqa: FBT003 (a value)
    wrong = fired.select(pl.any_horizontal(rules)).to_series() if rules else none
    if values.dtype.is_numeric():
        edges, scale, bins = _numeric(values, wrong)
    else:
        edges, scale, bins = None, "categories", _categories(values, wrong)
    whole = values.dtype.is_integer()
    cuts = tuple(
        Cut(held, int(fired[held.rule].sum()), _line(held, edges, whole=whole))
        for held in judged.rules
    )
    return Histogram(judged, scale, whole, bins, len(values), values.null_count(), cuts)


def _line(held: Held, edges: np.ndarray | None, *, whole: bool) -> float | None:
    """Place the threshold; the wrong side of a largest whole number begins at the next."""
    if edges is None or held.threshold is None:
        return None
    next_up = whole and str(held.setting).startswith("max")
    limit = held.threshold + (1 if next_up else 0)
    if not edges[0] <= limit <= edges[-1]:
        return -1.0 if limit < edges[0] else 2.0
    return round(place_on(edges, limit), 4)


def _numeric(values: pl.Series, wrong: pl.Series) -> tuple[np.ndarray, Scale, pl.DataFrame]:
    judged = values.is_not_null()
    numbers = values.filter(judged).cast(pl.Float64).to_numpy()
    edges, scale = edges_of(numbers, whole=values.dtype.is_integer())
    bins = pl.DataFrame(
        {
            "low": edges[:-1].astype(np.float64),
            "high": edges[1:].astype(np.float64),
            "name": pl.Series([None] * (len(edges) - 1), dtype=pl.String),
            "count": np.histogram(numbers, edges)[0],
            "fired": np.histogram(numbers[wrong.filter(judged).to_numpy()], edges)[0],
        }
    )
    return edges, scale, bins


def _categories(values: pl.Series, wrong: pl.Series) -> pl.DataFrame:
    names = values.cast(pl.String).alias("name")
    counted = (
        pl.DataFrame([names, wrong.alias("fired")])
        .drop_nulls("name")
        .group_by("name")
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("fired").sum().cast(pl.Int64))
        .sort("count", "name", descending=[True, False])
    )
    rest = counted.slice(MOST_CATEGORIES).select(
        pl.lit("(other)").alias("name"), pl.col("count", "fired").sum()
    )
    shown = pl.concat([counted.head(MOST_CATEGORIES), rest.filter(pl.col("count") > 0)])
    none = pl.lit(None, dtype=pl.Float64)
    return shown.select(none.alias("low"), none.alias("high"), "name", "count", "fired")
