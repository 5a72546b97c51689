"""Borderline: the records nearest to each threshold, where a decision is least sure."""

import polars as pl

from curator.decide.rules import evaluate
from curator.filters import DuplicateFilter, Filter
from curator.report.judged import Held, Judged, judged_by

NEAREST = 10
"""How many records are shown on either side of a threshold."""
BORDERLINE_SCHEMA = pl.Schema(
    {
        "reason": pl.String,
        "threshold": pl.Float64,
        "fires": pl.Boolean,
        "id": pl.String,
        "value": pl.Float64,
        "distance": pl.Float64,
        "turn": pl.Int64,
        "witness": pl.String,
    }
)
"""`fires` says on which side the record is; `witness` is the other record of a pair."""


def borderline_of(entry: Filter, ids: pl.Series, scores: pl.DataFrame) -> pl.DataFrame:
    """Find the records on either side of every numeric threshold of a filter, nearest first.

    Equal distances go by id, so the choice is the same in every run; `scores` is in the order of
    `ids`. A threshold that nothing comes near (no record fires, and the nearest is further away
    than half the threshold) has no borderline.
    """
    fired = evaluate(scores, entry)
    own = scores.select(pl.selectors.starts_with(f"{entry.label}__"))
    rows = pl.concat([ids.alias("id").to_frame(), own, fired], how="horizontal")
    sides = [
        _sides(judged, held, rows)
        for judged in judged_by(entry)
        for held in judged.rules
        if held.threshold is not None and held.action != "off"
    ]
    return pl.concat([BORDERLINE_SCHEMA.to_frame(), *sides])


def borderline_pairs(entry: DuplicateFilter, ids: pl.Series, pairs: pl.DataFrame) -> pl.DataFrame:
    """Find the pairs on either side of a duplicate filter's threshold, nearest first."""
    limit = entry.min_similarity
    named = pairs.lazy().select(
        pl.lit(f"{entry.label}.duplicate").alias("reason"),
        pl.lit(limit).alias("threshold"),
        (pl.col("similarity") >= limit).alias("fires"),
        ids.gather(pairs["right"]).alias("id"),
        pl.col("similarity").cast(pl.Float64).alias("value"),
        (pl.col("similarity") - limit).abs().cast(pl.Float64).alias("distance"),
        pl.lit(None, dtype=pl.Int64).alias("turn"),
        ids.gather(pairs["left"]).alias("witness"),
    )
    return _nearest(named, ["distance", "id", "witness"])


def _sides(judged: Judged, held: Held, rows: pl.DataFrame) -> pl.DataFrame:
    value = pl.col(judged.column).cast(pl.Float64)
    turn = f"{judged.column}_turn"
    named = rows.lazy().select(
        pl.lit(held.reason).alias("reason"),
        pl.lit(held.threshold).alias("threshold"),
        pl.col(held.rule).alias("fires"),
        "id",
        value.alias("value"),
        (value - held.threshold).abs().round(6).alias("distance"),
        (pl.col(turn) if turn in rows.columns else pl.lit(None, dtype=pl.Int64)).alias("turn"),
        pl.lit(None, dtype=pl.String).alias("witness"),
    )
    found = _nearest(named.drop_nulls("value"), ["distance", "id"])
    far = found["distance"].min() or 0.0
    lonely = not found["fires"].any() and float(far) > abs(held.threshold or 0.0) / 2  # type: ignore[arg-type]
    return found.clear() if lonely else found


def _nearest(named: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
    sides = [
        named.filter(pl.col("fires") == fires).bottom_k(NEAREST, by=by).sort(by)
        for fires in (True, False)
    ]
    return pl.concat(pl.collect_all(sides)).cast(BORDERLINE_SCHEMA)
