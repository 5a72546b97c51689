"""The funnel, the reasons and the overlaps of a run add up."""

from typing import Any

import polars as pl

from curator.decide import DECISION_SCHEMA
from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.recipe import Input, Recipe
from curator.recipe.select import Ranked
from curator.report.funnel import Summary, funnel_of, reason_order, summarise
from curator.report.moves import difference_of, moves_of
from curator.report.reasons import alone_of, flags_of, overlaps_of, reasons_of

RECIPE = Recipe(
    input=[Input(path="a.jsonl")],
    filters=[
        NearDuplicate(),
        Length(on={"too_long": "flag"}),
        Length(name="prompt", view="prompt"),
    ],
    select=Ranked(max_records=2),
)
STEPS = ["length", "prompt", "near_duplicate", "select"]


def decisions(*rows: tuple[str, list[str], list[str]]) -> pl.DataFrame:
    """Make decisions from (id, reasons, flags); the first reason decides."""
    named: list[dict[str, Any]] = [
        {"id": key, "kept": not reasons, "reason": next(iter(reasons), None)}
        | {"reasons": reasons, "flags": flags}
        for key, reasons, flags in rows
    ]
    return pl.DataFrame(named, schema=DECISION_SCHEMA)


DECIDED = decisions(
    ("a", [], []),
    ("b", ["length.too_short"], []),
    ("c", ["length.too_short", "prompt.too_long"], []),
    ("d", ["prompt.too_long"], ["length.too_long"]),
    ("e", ["near_duplicate.duplicate"], []),
    ("f", ["select.not_chosen"], []),
    ("g", [], ["length.too_long"]),
)
WORDS = pl.Series([10, 1, 2, 30, 10, 5, 40])


def test_the_funnel_goes_from_filters_to_duplicates_to_selection_and_adds_up() -> None:
    found = funnel_of(DECIDED, WORDS, RECIPE)
    assert found.rows() == [
        ("length", "filter", 7, 2, 5, 2, 95),
        ("prompt", "filter", 5, 1, 4, 0, 65),
        ("near_duplicate", "duplicates", 4, 1, 3, 0, 55),
        ("select", "selection", 3, 1, 2, 0, 50),
    ]
    assert found["dropped"].sum() + int(DECIDED["kept"].sum()) == DECIDED.height


def test_a_step_for_verdicts_appears_when_a_person_dropped_something() -> None:
    found = funnel_of(decisions(("a", ["verdict.drop"], [])), pl.Series([3]), RECIPE)
    assert found.select("step", "dropped").rows()[0] == ("verdict", 1)


def test_the_summary_counts_records_and_words() -> None:
    found = summarise(DECIDED, WORDS, quarantined=3, repaired=1)
    assert found == Summary(7, 2, 5, 2, 3, 1, 98, 50)


def test_reasons_are_counted_as_deciding_and_as_any() -> None:
    assert reasons_of(DECIDED, reason_order(RECIPE)).rows() == [
        ("length.too_short", 2, 2),
        ("prompt.too_long", 1, 2),
        ("near_duplicate.duplicate", 1, 1),
        ("select.not_chosen", 1, 1),
    ]


def test_flags_count_kept_records_too() -> None:
    assert flags_of(DECIDED, reason_order(RECIPE)).rows() == [("length.too_long", 2, 1)]


def test_overlaps_count_what_two_filters_both_drop() -> None:
    found = overlaps_of(DECIDED, ["length", "prompt"])
    assert found.rows() == [
        ("length", "length", 2),
        ("length", "prompt", 1),
        ("prompt", "length", 1),
        ("prompt", "prompt", 2),
    ]


def test_alone_is_what_no_other_filter_drops() -> None:
    assert alone_of(DECIDED, STEPS).rows() == [
        ("length", 2, 1),
        ("prompt", 2, 1),
        ("near_duplicate", 1, 1),
        ("select", 1, 1),
    ]


def test_a_run_without_records_has_facts_too() -> None:
    none = decisions()
    words = pl.Series([], dtype=pl.Int64)
    assert funnel_of(none, words, RECIPE)["left"].to_list() == [0, 0, 0, 0]
    assert reasons_of(none, {}).is_empty()
    assert overlaps_of(none, ["length"]).rows() == [("length", "length", 0)]
    assert alone_of(none, ["length"]).rows() == [("length", 0, 0)]


def test_moves_name_who_changed_sides_and_why() -> None:
    before = decisions(("a", [], []), ("b", ["x.y"], []), ("c", ["x.y"], []), ("d", [], []))
    after = decisions(("a", ["x.z"], []), ("b", [], []), ("c", ["x.z"], []), ("e", [], []))
    found = moves_of(before, after).select("id", "change", "reason_before", "reason_after")
    assert found.rows() == [
        ("a", "dropped", None, "x.z"),
        ("b", "kept", "x.y", None),
        ("c", "reason", "x.y", "x.z"),
        ("d", "removed", None, None),
        ("e", "added", None, None),
    ]


def test_changed_flags_are_moves_and_no_transitions() -> None:
    before = decisions(("a", [], []), ("b", ["x.y"], ["x.z"]), ("c", [], ["x.z"]))
    after = decisions(("a", [], ["x.z"]), ("b", ["x.y"], []), ("c", [], ["x.z"]))
    found = difference_of(before, after)
    assert found.moves.select("id", "change", "flags_before", "flags_after").rows() == [
        ("a", "flags", [], ["x.z"]),
        ("b", "flags", ["x.z"], []),
    ]
    assert found.transitions.is_empty()
    assert found.flags.rows() == [("x.z", 2, 2)]


def test_a_difference_counts_its_transitions() -> None:
    before = decisions(("a", [], []), ("b", ["x.y"], []), ("c", [], []))
    after = decisions(("a", ["x.z"], []), ("b", ["x.y"], []), ("c", ["x.z"], []))
    found = difference_of(before, after)
    assert (found.kept_before, found.kept_after) == (2, 0)
    assert found.transitions.rows() == [("kept", "x.z", 2)]
    assert found.reasons.rows() == [("x.z", 0, 2), ("x.y", 1, 1)]
