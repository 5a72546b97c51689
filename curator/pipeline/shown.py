"""Shown: which records a filter that asks somebody is shown, and the nulls of the others."""

from itertools import takewhile

import polars as pl

from curator.decide.rules import fire, rules_of
from curator.filters import CorpusFilter, Filter
from curator.run import Snapshot


def shown_to(entry: Filter, snapshot: Snapshot) -> pl.Series | None:
    """Mark the records that no earlier filter drops; none for a filter that is shown all."""
    if not isinstance(entry, CorpusFilter) or not entry.asks or entry.score_dropped:
        return None
    before = list(takewhile(lambda one: one is not entry, snapshot.recipe.filters))
    drops, _ = fire(snapshot.measures(before).collect(), before, rules_of(before))
    return pl.Series("shown", ~drops.any())


def chosen(records: pl.LazyFrame, shown: pl.Series) -> pl.LazyFrame:
    """Keep the records that are shown."""
    marked = pl.concat([records, shown.to_frame().lazy()], how="horizontal")
    return marked.filter("shown").drop("shown")


def spread(scores: pl.DataFrame, shown: pl.Series) -> pl.DataFrame:
    """Put scores back to the records they are of; the others have none."""
    places = shown.to_frame().select(pl.when("shown").then(pl.col("shown").cum_sum() - 1))
    return scores.select(pl.all().gather(places.to_series()))
