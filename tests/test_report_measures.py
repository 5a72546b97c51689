"""Histograms and borderline records show what thresholds cut off."""

from typing import Literal

import numpy as np
import polars as pl
import pytest

from curator.filters.base import Filter, threshold
from curator.filters.near_duplicate import NearDuplicate
from curator.report.bins import edges_of, place_on
from curator.report.borderline import borderline_of, borderline_pairs
from curator.report.histogram import histograms_of


class Sized(Filter):
    """A filter with a count, a share and a name to judge."""

    filter: Literal["sized"] = "sized"
    min_size: int = threshold(2)
    max_size: int = threshold(4)
    max_share: float | None = threshold(0.5)

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return records

    def rules(self) -> dict[str, pl.Expr]:
        size, share = pl.col("size"), pl.col("share")
        return {
            "small": size < self.min_size,
            "large": size > self.max_size,
            "much": share > pl.lit(self.max_share, dtype=pl.Float64),
            "named": pl.col("name") == "bad",
        }


SIZED = Sized(on={"large": "flag"})


def scores(sizes: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sized__size": pl.Series(sizes, dtype=pl.Int64),
            "sized__share": [None if size is None else size / 10 for size in sizes],
            "sized__name": ["bad" if size == 1 else "good" for size in sizes],
        }
    )


def test_a_histogram_counts_every_judged_record_and_what_rules_fire_for() -> None:
    size, share, name = histograms_of(SIZED, scores([1, 2, 2, 3, 5, None]))
    assert size.bins.select("low", "high", "count", "fired").rows() == [
        (1.0, 2.0, 1, 1),
        (2.0, 3.0, 2, 0),
        (3.0, 4.0, 1, 0),
        (4.0, 5.0, 0, 0),
        (5.0, 6.0, 1, 1),
    ]
    assert (size.records, size.nulls) == (6, 1)
    cuts = [(cut.held.reason, cut.held.action, cut.fired, cut.place) for cut in size.cuts]
    assert cuts == [("sized.small", "drop", 1, 0.2), ("sized.large", "flag", 1, 0.8)]
    assert (share.bins["count"].sum(), share.nulls) == (5, 1)
    assert name.bins.select("name", "count", "fired").rows() == [("good", 5, 0), ("bad", 1, 1)]


def test_a_threshold_beyond_the_data_stands_outside() -> None:
    size = histograms_of(Sized(min_size=0, max_size=90), scores([1, 2, 3]))[0]
    assert [cut.place for cut in size.cuts] == [-1.0, 2.0]


def test_a_rule_without_its_threshold_judges_nothing() -> None:
    measures = [h.judged.measure for h in histograms_of(Sized(max_share=None), scores([1]))]
    assert measures == ["size", "name"]


def test_no_record_is_a_histogram_too() -> None:
    assert histograms_of(SIZED, scores([]))[0].bins["count"].sum() == 0


def test_whole_numbers_are_never_split() -> None:
    for values in (range(10), range(1000), [1, 2, 3, 100_000]):
        edges, _ = edges_of(np.array(values, dtype=float), whole=True)
        assert (edges == np.round(edges)).all()
        assert np.histogram(np.array(values), edges)[0].sum() == len(values)


def test_a_large_spread_is_logarithmic() -> None:
    assert edges_of(np.array([1.0, 2.0, 3.0, 5000.0]), whole=True)[1] == "log"
    assert edges_of(np.array([0.0, 0.001, 0.9]), whole=False)[1] == "linear"
    assert edges_of(np.array([-5.0, 0.0, 900.0]), whole=False)[1] == "linear"


def test_every_value_has_a_bin() -> None:
    random = np.random.default_rng(0)
    for values in (random.normal(size=999), random.exponential(size=999) ** 4, np.ones(9)):
        assert np.histogram(values, edges_of(values, whole=False)[0])[0].sum() == len(values)


def test_places_are_shares_of_equally_wide_bins() -> None:
    edges = np.array([0.0, 1.0, 10.0, 100.0])
    places = [place_on(edges, value) for value in (0, 1, 10, 55, 100)]
    assert places == pytest.approx([0, 1 / 3, 2 / 3, 5 / 6, 1])


def test_borderline_records_are_the_nearest_on_either_side_by_distance_then_id() -> None:
    ids = pl.Series("id", ["d", "b", "a", "c", "e"])
    found = borderline_of(SIZED, ids, scores([1, 1, 2, 9, None]))
    small = found.filter(pl.col("reason") == "sized.small")
    assert small.select("fires", "id", "value", "distance").rows() == [
        (True, "b", 1.0, 1.0),
        (True, "d", 1.0, 1.0),
        (False, "a", 2.0, 0.0),
        (False, "c", 9.0, 7.0),
    ]


def test_a_threshold_that_nothing_comes_near_has_no_borderline() -> None:
    ids = pl.Series("id", ["a", "b"])
    found = borderline_of(Sized(min_size=0, max_size=100, max_share=1), ids, scores([1, 2]))
    assert found.is_empty()


def test_borderline_pairs_stand_on_either_side_of_the_similarity() -> None:
    pairs = pl.DataFrame(
        {"left": [0, 0, 1], "right": [1, 2, 2], "similarity": [0.95, 0.75, 0.8]},
        schema={"left": pl.UInt32, "right": pl.UInt32, "similarity": pl.Float64},
    )
    ids = pl.Series("id", ["a", "b", "c"])
    found = borderline_pairs(NearDuplicate(min_similarity=0.8), ids, pairs)
    assert found.select("fires", "id", "witness", "value").rows() == [
        (True, "c", "b", 0.8),
        (True, "b", "a", 0.95),
        (False, "c", "a", 0.75),
    ]
