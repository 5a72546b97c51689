"""Selection: each method chooses as it says, whatever the order of the records, and tells why."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.decide import Pool, Settled, no_verdicts, prepare, settle_all
from curator.decide.classes import bin_names
from curator.decide.verdicts import VERDICT_SCHEMA
from curator.errors import RecipeError
from curator.recipe import Recipe, parse_recipe
from tests.test_decide import with_all_measures

FILTERS = "{filter: length}, {filter: length, name: q}, {filter: length, name: c}"


@cache
def recipe(select: str, more: str = "") -> Recipe:
    return parse_recipe(
        "input: [{path: a, name: a, weight: 3}, {path: b, cap: 4}]\n"
        f"filters: [{FILTERS}]\nselect: {select}\n{more}"
    )


class Records:
    """Records 0, 1, 2 … with random contents, scores, columns and vectors."""

    def __init__(self, height: int, seed: int = 0) -> None:
        chance = np.random.default_rng(seed)
        contents = [chance.bytes(16).hex() for _ in range(height)]
        self.scores = pl.DataFrame(
            {
                "id": [f"{content}-0" for content in contents],
                "content": contents,
                "response_chars": chance.integers(1, 30, height),
                "length__words": np.full(height, 9),
                "q__words": chance.integers(1, 9, height),
                "c__words": chance.integers(1, 9, height),
            },
            schema_overrides={"id": pl.String, "content": pl.String},
        )
        self.columns = pl.DataFrame(
            {
                "input": chance.choice(["a", "input[1]"], height),
                "source": chance.choice(
                    ["x.jsonl", "y.jsonl", "z.jsonl"], height, p=[0.6, 0.3, 0.1]
                ),
                "tokens": chance.integers(5, 90, height),
                "licence": pl.Series([None] * height, dtype=pl.String),
            }
        )
        vectors = chance.normal(size=(height, 6)) * 0.4 + np.eye(6)[np.arange(height) % 6]
        self.vectors = vectors.astype(np.float32)
        self.targets = np.eye(6, dtype=np.float32)[:2]

    def select(self, made: Recipe, said: pl.DataFrame | None = None) -> Settled:
        pool = Pool(self.columns, self.vectors, self.targets)
        docket = prepare(with_all_measures(self.scores, made), {}, made.prefer, pool)
        return settle_all(docket, no_verdicts() if said is None else said, made)

    def reordered(self, order: Any) -> "Records":
        other = Records(0)
        other.scores, other.columns = self.scores[order], self.columns[order]
        other.vectors, other.targets = self.vectors[order], self.targets
        return other


METHODS = {
    "ranked": "{max_records: 7, quality: [q__words]}",
    "tokens": "{max_tokens: 300}",
    "both": "{max_records: 9, max_tokens: 300}",
    "random": "{method: random, max_records: 7}",
    "quotas": "{method: quotas, by: [source], quotas: {x.jsonl: 3}, others: 2}",
    "balanced": "{method: balanced, max_records: 8, by: [source, tokens], bins: {tokens: [40]}}",
    "clusters": "{method: balanced, max_records: 8, clusters: 5, quality: [q__words]}",
    "mixture": "{method: mixture, max_records: 8, temperature: 2}",
    "weighed": "{method: mixture, max_tokens: 400, by: [source], weights: {source: {z.jsonl: 9}}}",
    "fitted": "{method: fitted, max_records: 8, bins: {tokens: [40]}, pick: random, margins: "
    "{source: {x.jsonl: 1, other: 1}, tokens: {'<40': 1, '>=40': 1}}}",
    "deita": "{method: deita, max_records: 6, quality: q__words, complexity: c__words, "
    "max_similarity: 0.6}",
    "rds": "{method: rds, target: t.jsonl, max_records: 7}",
    "k_center": "{method: k_center, max_records: 7, pool: 20, quality: [q__words]}",
    "facility_location": "{method: facility_location, max_tokens: 300, quality: [q__words]}",
}


@pytest.mark.parametrize("select", METHODS.values(), ids=list(METHODS))
@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), height=st.integers(0, 40), shuffle=st.randoms())
def test_the_order_of_records_changes_nothing(
    select: str, seed: int, height: int, shuffle: Any
) -> None:
    records, made = Records(height, seed), recipe(select)
    order = list(range(height))
    shuffle.shuffle(order)
    said = verdict(records, "keep", 0) if height else no_verdicts()
    here, there = records.select(made, said), records.reordered(order).select(made, said)
    assert here.decisions[order].equals(there.decisions)
    assert here.selection is not None
    assert there.selection is not None
    assert here.selection.sort("id").equals(there.selection.sort("id"))


def verdict(records: Records, word: str, *rows: int) -> pl.DataFrame:
    contents = records.scores["content"].gather(list(rows))
    return pl.DataFrame(
        [(content, word, None) for content in contents], schema=VERDICT_SCHEMA, orient="row"
    )


@pytest.mark.parametrize("select", METHODS.values(), ids=list(METHODS))
def test_every_record_that_stood_is_chosen_or_told_why_not(select: str) -> None:
    records, made = Records(50, 3), recipe(select)
    decisions, selection = records.select(made)
    assert selection is not None
    assert selection.height == 50
    assert decisions["kept"].equals(selection["chosen"].alias("kept"))
    left = decisions.filter(~pl.col("kept"))
    assert left["reason"].unique().to_list() == ["select.not_chosen"]
    assert left["value"].null_count() == 0
    assert left["threshold"].null_count() == 0
    chosen = selection.filter("chosen")
    assert sorted(chosen["place"]) == list(range(1, chosen.height + 1))
    assert 0 < chosen.height <= (made.select.max_records or 50)  # type: ignore[union-attr]
    tokens = records.columns["tokens"].filter(decisions["kept"])
    assert tokens.sum() <= (made.select.max_tokens or 10_000)  # type: ignore[union-attr]


@pytest.mark.parametrize("select", METHODS.values(), ids=list(METHODS))
def test_a_keep_verdict_is_chosen_first_and_a_drop_is_no_candidate(select: str) -> None:
    records, made = Records(50, 4), recipe(select)
    _, before = records.select(made)
    assert before is not None
    left = (~before["chosen"]).arg_true().to_list()[:3]
    said = pl.concat([verdict(records, "keep", *left[:2]), verdict(records, "drop", left[2])])
    decisions, after = records.select(made, said)
    assert after is not None
    assert decisions["kept"].gather(left).to_list() == [True, True, False]
    assert decisions["reason"][left[2]] == "verdict.drop"
    places = after.filter(pl.col("id").is_in(records.scores["id"].gather(left[:2]).implode()))
    assert sorted(places["place"]) == [1, 2]


@pytest.mark.parametrize("method", ["ranked", "random", "facility_location", "k_center"])
def test_a_larger_budget_keeps_all_of_a_smaller(method: str) -> None:
    records = Records(60, 5)
    kept = [
        set(chosen_ids(records.select(recipe(f"{{method: {method}, max_records: {most}}}"))))
        for most in (5, 10, 20)
    ]
    assert kept[0] < kept[1] < kept[2]


def chosen_ids(settled: Settled) -> list[str]:
    return settled.decisions.filter("kept")["id"].to_list()


def test_the_best_are_those_of_the_highest_quality() -> None:
    records = Records(40, 6)
    found = records.select(recipe("{max_records: 10, quality: [q__words, response_chars]}"))
    order = records.scores.sort(
        "q__words", "response_chars", "content", descending=[True, True, False]
    )
    ranked = set(order["id"].head(10))
    assert set(chosen_ids(found)) == ranked


def test_another_seed_draws_others() -> None:
    records = Records(60, 7)
    drawn = [
        chosen_ids(records.select(recipe("{method: random, max_records: 9}", f"seed: {seed}\n")))
        for seed in (0, 1)
    ]
    assert drawn[0] != drawn[1]


def counts(records: Records, settled: Settled, column: str) -> dict[str, int]:
    kept = records.columns.filter(settled.decisions["kept"])
    return dict(kept[column].value_counts().iter_rows())


def test_quotas_hold_for_each_class_and_for_the_others() -> None:
    records = Records(80, 8)
    found = records.select(
        recipe("{method: quotas, by: [source], quotas: {x.jsonl: 3}, others: 2}")
    )
    assert counts(records, found, "source") == {"x.jsonl": 3, "y.jsonl": 2, "z.jsonl": 2}


def test_temperature_brings_classes_nearer_to_equal_parts() -> None:
    records = Records(400, 9)
    parts = []
    for temperature in (1, 2, 100):
        select = f"{{method: mixture, by: [source], max_records: 60, temperature: {temperature}}}"
        found = counts(records, records.select(recipe(select)), "source")
        parts.append(found["z.jsonl"])
        assert sum(found.values()) == 60
    assert parts[0] < parts[1] < parts[2]
    assert parts[2] == 20
    sizes = dict(records.columns["source"].value_counts().iter_rows())
    assert parts[0] == pytest.approx(60 * sizes["z.jsonl"] / 400, abs=1)


def test_a_mixture_of_inputs_has_their_weights_and_caps() -> None:
    records = Records(200, 10)
    found = counts(records, records.select(recipe("{method: mixture, max_records: 50}")), "input")
    assert found == {"a": 46, "input[1]": 4}


def test_margins_are_met_where_there_is_enough() -> None:
    records = Records(400, 11)
    select = METHODS["fitted"].replace("max_records: 8", "max_records: 60")
    found = records.select(recipe(select))
    kept = records.columns.filter(found.decisions["kept"])
    assert kept.height == 60
    assert (kept["source"] == "x.jsonl").sum() == pytest.approx(30, abs=2)
    assert (kept["tokens"] < 40).sum() == pytest.approx(30, abs=2)


def test_deita_goes_down_by_quality_times_complexity() -> None:
    records = Records(30, 12)
    _, selection = records.select(recipe(METHODS["deita"].replace("0.6", "1")))
    assert selection is not None
    merit = (records.scores["q__words"] * records.scores["c__words"]).alias("merit")
    chosen = selection.with_columns(merit).filter("chosen").sort("place")["merit"]
    assert chosen.to_list() == sorted(merit, reverse=True)[:6]


def test_bins_are_called_by_their_edges() -> None:
    assert bin_names([100, 500.5]) == ["<100", "100..500.5", ">=500.5"]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (
            "{max_records: 3, quality: [q__wrds]}",
            "no score column 'q__wrds': did you mean 'q__words'",
        ),
        ("{max_records: 3, quality: [source]}", "ranks records by source, which is no number"),
    ],
)
def test_a_column_that_cannot_be_used_is_explained(select: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Records(5).select(recipe(select))


def test_a_fraction_needs_bins() -> None:
    records = Records(5)
    records.scores = records.scores.with_columns(pl.col("q__words") / 3)
    with pytest.raises(RecipeError, match="say where with"):
        records.select(recipe("{method: balanced, max_records: 3, by: [q__words]}"))
    found = records.select(
        recipe("{method: balanced, max_records: 3, by: [q__words], bins: {q__words: [1]}}")
    )
    assert len(chosen_ids(found)) == 3


def test_what_was_not_embedded_cannot_be_compared() -> None:
    records = Records(5)
    made = recipe("{method: k_center, max_records: 3}")
    docket = prepare(with_all_measures(records.scores, made), {}, [])
    with pytest.raises(RecipeError, match="has measured none"):
        settle_all(docket, no_verdicts(), made)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("{}", "select: say how much to keep"),
        ("{method: deta, max_records: 3}", 'there is no method "deta": did you mean "deita"?'),
        ("{max_record: 3}", 'select.max_record is not a setting: did you mean "max_records"?'),
        ("{method: random, max_records: 3, quality: [q__words]}", "quality is not a setting"),
        ("{max_records: 0}", "select.max_records: input should be greater than or equal to 1"),
        ("{max_records: 3, quality: [qq__words]}", "which no filter measures: did you mean"),
        ("{method: balanced, max_records: 3, by: [kind]}", "there are input, source, shape"),
        ("{method: deita, max_records: 3}", "select.quality is missing"),
        (
            "{method: mixture, max_records: 3, caps: {source: {x: 1}}}",
            "`caps:` names 'source', and `by:` does not",
        ),
        (
            "{method: fitted, max_records: 3, margins: {source: {x: 0}}}",
            "gives no value of 'source' a share above 0",
        ),
    ],
)
def test_a_mistake_in_the_recipe_gets_one_clear_message(select: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(select)
    assert message in str(caught.value)


def test_no_filter_takes_the_name_of_the_selection() -> None:
    with pytest.raises(RecipeError, match="no filter can be called 'select'"):
        parse_recipe("input: [{path: a}]\nfilters: [{filter: length, name: select}]")
