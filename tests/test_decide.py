"""Deciding: rules fire, verdicts override, duplicates settle, a budget selects."""

from typing import Any

import polars as pl
import pytest

from curator.decide import decide, no_verdicts
from curator.decide.verdicts import VERDICT_SCHEMA
from curator.errors import RecipeError
from curator.filters.length import Length
from curator.recipe import Recipe, parse_recipe

NO_PAIRS: dict[str, list[tuple[int, int, float]]] = {}


def recipe(filters: str, more: str = "") -> Recipe:
    return parse_recipe(f"input: [{{path: a}}]\nfilters: [{filters}]\n{more}")


def measured(height: int, **scores: list[Any]) -> pl.DataFrame:
    """Make scores of records a, b, c … whose responses get shorter."""
    contents = [chr(ord("a") + row) * 32 for row in range(height)]
    return pl.DataFrame(
        {
            "id": [f"{content}-0" for content in contents],
            "content": contents,
            "response_chars": [100 - row for row in range(height)],
        }
        | scores
    )


def verdicts(*said: tuple[str, str, str | None]) -> pl.DataFrame:
    rows = [(a * 32, verdict, None if b is None else b * 32) for a, verdict, b in said]
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA, orient="row")


def with_all_measures(scores: pl.DataFrame, settings: Recipe) -> pl.DataFrame:
    """Add the measures a test does not speak of, as null: they decide nothing."""
    needed = {
        f"{entry.label}__{root}"
        for entry in settings.filters
        for rule in entry.rules().values()
        for root in rule.meta.root_names()
    }
    missing = sorted(needed - set(scores.columns))
    return scores.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in missing)


def outcome(
    scores: pl.DataFrame,
    settings: Recipe,
    pairs: dict[str, list[tuple[int, int, float]]] = NO_PAIRS,
    said: pl.DataFrame | None = None,
) -> list[tuple[Any, ...]]:
    """Return reason, reasons, flags and witness (as a letter) of every record."""
    frames = {
        label: pl.DataFrame(
            [(left, right, similarity, True) for left, right, similarity in found],
            schema={
                "left": pl.UInt32,
                "right": pl.UInt32,
                "similarity": pl.Float64,
                "verified": pl.Boolean,
            },
            orient="row",
        )
        for label, found in pairs.items()
    }
    scores = with_all_measures(scores, settings)
    decisions = decide(scores, frames, no_verdicts() if said is None else said, settings)
    assert decisions["id"].to_list() == scores["id"].to_list()
    assert (decisions["kept"] == decisions["reason"].is_null()).all()
    letters = decisions["witness"].str.slice(0, 1)
    return list(
        zip(
            decisions["reason"],
            decisions["reasons"].to_list(),
            decisions["flags"].to_list(),
            letters,
            strict=True,
        )
    )


def test_the_first_reason_in_recipe_order_decides_and_all_are_named() -> None:
    scores = measured(3, length__words=[1, 5, 9], prompt_length__words=[1, 5, 1])
    settings = recipe(
        "{filter: length, min_words: 2},"
        "{filter: length, name: prompt_length, view: prompt, min_words: 2}"
    )
    assert outcome(scores, settings) == [
        ("length.too_short", ["length.too_short", "prompt_length.too_short"], [], None),
        (None, [], [], None),
        ("prompt_length.too_short", ["prompt_length.too_short"], [], None),
    ]


def test_the_deciding_reason_comes_with_value_and_threshold() -> None:
    scores = measured(2, length__words=[1, 5])
    settings = recipe("{filter: length, min_words: 2}")
    decisions = decide(with_all_measures(scores, settings), {}, no_verdicts(), settings)
    assert decisions.select("value", "threshold", "turn").rows() == [
        (1.0, 2.0, None),
        (None, None, None),
    ]


def test_a_missing_score_keeps_the_record() -> None:
    scores = measured(1, length__words=[None]).cast({"length__words": pl.UInt32})
    assert outcome(scores, recipe("{filter: length}")) == [(None, [], [], None)]


def test_actions_flag_and_off() -> None:
    scores = measured(2, length__words=[0, 9999])
    settings = recipe("{filter: length, on: {too_short: flag, too_long: off}}")
    assert outcome(scores, settings) == [
        (None, [], ["length.too_short"], None),
        (None, [], [], None),
    ]


def test_a_verdict_overrides_every_rule() -> None:
    scores = measured(2, length__words=[0, 5])
    said = verdicts(("a", "keep", None), ("b", "drop", None))
    assert outcome(scores, recipe("{filter: length}"), said=said) == [
        (None, ["length.too_short"], ["verdict.keep"], None),
        ("verdict.drop", ["verdict.drop"], [], None),
    ]


def test_the_last_word_on_a_record_counts() -> None:
    said = verdicts(("a", "drop", None), ("a", "keep", None))
    found = outcome(measured(1, length__words=[5]), recipe("{filter: length}"), said=said)
    assert found == [(None, [], ["verdict.keep"], None)]


def test_a_costly_filter_has_no_say_on_what_was_dropped_before() -> None:
    scores = measured(2, length__words=[0, 5], costly__words=[0, 0])
    settings = recipe(
        "{filter: length}, {filter: length, name: costly, view: prompt, score_dropped: false}"
    )
    assert outcome(scores, settings) == [
        ("length.too_short", ["length.too_short"], [], None),
        ("costly.too_short", ["costly.too_short"], [], None),
    ]


def test_a_duplicate_falls_for_a_kept_witness_only() -> None:
    scores = measured(3, length__words=[0, 5, 5])
    settings = recipe("{filter: length}, {filter: near_duplicate}")
    pairs = {"near_duplicate": [(0, 1, 0.9), (1, 2, 0.85)]}
    assert outcome(scores, settings, pairs) == [
        ("length.too_short", ["length.too_short"], [], None),
        (None, [], [], None),
        ("near_duplicate.duplicate", ["near_duplicate.duplicate"], [], "b"),
    ]


def test_a_chain_of_duplicates_is_not_deleted_whole() -> None:
    pairs = {"near_duplicate": [(0, 1, 0.9), (1, 2, 0.9)]}
    found = outcome(measured(3), recipe("{filter: near_duplicate}"), pairs)
    assert [reason for reason, *_ in found] == [None, "near_duplicate.duplicate", None]


def test_the_longer_response_survives() -> None:
    scores = measured(2).with_columns(pl.Series("response_chars", [10, 20]))
    found = outcome(scores, recipe("{filter: near_duplicate}"), {"near_duplicate": [(0, 1, 0.9)]})
    assert [reason for reason, *_ in found] == ["near_duplicate.duplicate", None]


def test_a_preferred_score_comes_before_length_and_nulls_last() -> None:
    scores = measured(3, length__words=[None, 1, 2])
    settings = recipe("{filter: length}, {filter: near_duplicate}", "prefer: [length__words]")
    pairs = {"near_duplicate": [(0, 1, 0.9), (0, 2, 0.9), (1, 2, 0.9)]}
    found = outcome(scores, settings, pairs)
    assert [reason for reason, *_ in found] == ["near_duplicate.duplicate"] * 2 + [None]


def test_a_keep_verdict_survives_first() -> None:
    pairs = {"near_duplicate": [(0, 1, 0.9)]}
    said = verdicts(("b", "keep", None))
    found = outcome(measured(2), recipe("{filter: near_duplicate}"), pairs, said)
    assert [reason for reason, *_ in found] == ["near_duplicate.duplicate", None]


def test_distinct_records_are_both_kept() -> None:
    pairs = {"near_duplicate": [(0, 1, 0.9)]}
    said = verdicts(("a", "distinct", "b"))
    found = outcome(measured(2), recipe("{filter: near_duplicate}"), pairs, said)
    assert [reason for reason, *_ in found] == [None, None]


def test_a_flagged_duplicate_stays() -> None:
    pairs = {"near_duplicate": [(0, 1, 0.9)]}
    settings = recipe("{filter: near_duplicate, on: {duplicate: flag}}")
    assert outcome(measured(2), settings, pairs) == [
        (None, [], [], None),
        (None, [], ["near_duplicate.duplicate"], "a"),
    ]


def test_a_duplicate_that_is_off_is_not_asked() -> None:
    settings = recipe("{filter: exact_duplicate, on: {duplicate: off}}, {filter: near_duplicate}")
    pairs = {"exact_duplicate": [(0, 1, 1.0)], "near_duplicate": [(1, 2, 0.9)]}
    found = outcome(measured(3), settings, pairs)
    assert [reason for reason, *_ in found] == [None, None, "near_duplicate.duplicate"]


def test_a_budget_keeps_the_first_in_survivor_order() -> None:
    settings = recipe("{filter: length}", "select: {max_records: 2}")
    found = outcome(measured(4, length__words=[0, 5, 5, 5]), settings)
    assert [reason for reason, *_ in found] == [
        "length.too_short",
        None,
        None,
        "select.not_chosen",
    ]


def test_more_rules_than_a_mask_word_holds() -> None:
    names = [f"l{i}" for i in range(40)]
    filters = ", ".join(f"{{filter: length, name: {name}}}" for name in names)
    scores = measured(1, **{f"{name}__words": [0] for name in names})
    ((reason, reasons, *_),) = outcome(scores, recipe(filters))
    assert reason == "l0.too_short"
    assert reasons == [f"{name}.too_short" for name in names]


def test_no_records_decide_to_nothing() -> None:
    settings = recipe("{filter: length}, {filter: near_duplicate}")
    empty = measured(1, length__words=[1]).clear()
    assert outcome(empty, settings, {"near_duplicate": []}) == []


def test_bounds_find_the_threshold_of_each_rule() -> None:
    bounds = Length().bounds()
    assert bounds["too_short"] == ("words", "min_words")
    assert bounds["too_long"] == ("words", "max_words")


def test_a_keep_verdict_beats_rule_duplicate_and_budget_at_once() -> None:
    scores = measured(3, length__words=[5, 0, 5])
    settings = recipe("{filter: length}, {filter: near_duplicate}", "select: {max_records: 1}")
    pairs = {"near_duplicate": [(0, 1, 0.9), (1, 2, 0.9)]}
    found = outcome(scores, settings, pairs, verdicts(("b", "keep", None)))
    assert [reason for reason, *_ in found] == [
        "near_duplicate.duplicate",
        None,
        "near_duplicate.duplicate",
    ]
    both = verdicts(("a", "keep", None), ("b", "keep", None))
    found = outcome(measured(3, length__words=[5, 5, 5]), settings, {"near_duplicate": []}, both)
    assert [reason for reason, *_ in found] == [None, None, "select.not_chosen"]


def test_equal_lengths_fall_by_content_then_occurrence() -> None:
    scores = measured(3).with_columns(pl.Series("response_chars", [7, 7, 7])).reverse()
    pairs = {"near_duplicate": [(0, 1, 0.9), (0, 2, 0.9), (1, 2, 0.9)]}
    found = outcome(scores, recipe("{filter: near_duplicate}"), pairs)
    assert [reason is None for reason, *_ in found] == [False, False, True]
    twins = pl.DataFrame(
        {
            "id": ["a" * 32 + "-10", "a" * 32 + "-9"],
            "content": ["a" * 32] * 2,
            "response_chars": [7, 7],
        }
    )
    found = outcome(twins, recipe("{filter: near_duplicate}"), {"near_duplicate": [(0, 1, 1.0)]})
    assert [reason is None for reason, *_ in found] == [False, True]


def test_prefer_names_a_score() -> None:
    settings = recipe("{filter: length}, {filter: near_duplicate}", "prefer: [length__word]")
    with pytest.raises(RecipeError, match="did you mean 'length__words'"):
        outcome(measured(1, length__words=[1]), settings, {"near_duplicate": []})
