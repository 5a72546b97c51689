"""Duplicate filters compare what is asked and what is answered, and merge nothing else."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from curator.filters import DuplicateFilter
from curator.filters.exact_duplicate import ExactDuplicate
from curator.filters.near_duplicate import NearDuplicate
from curator.records import Record
from tests.conftest import chat, frame

LONG = "the quick brown fox jumps over the lazy dog while seven old owls look on from the oak"


def pairs(entry: DuplicateFilter, *conversations: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the rows that the filter pairs."""
    records = frame(*(chat(*turns) for turns in conversations))
    features = [feature.compute(records) for feature in entry.features()]
    found = entry.pairs(records.with_columns(features).lazy()).collect()
    assert (found["similarity"] >= entry.floor).all()
    return found.select("left", "right").rows()


@pytest.mark.parametrize("entry", [ExactDuplicate(), NearDuplicate()])
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Say it.", LONG), ("say  it.", LONG.upper()), True),
        (("Say it.", LONG), ("Sing it.", LONG), False),
        (("Name it.", "Yes."), ("Name it.", "yes."), True),
        (("Name it.", "Yes."), ("Name it.", "No."), False),
        (("Name it.", "Yes."), ("Name that.", "Yes."), False),
        (("Hi.", "Hello.", "Who are you?", LONG), ("Hi.", "Hello.", "Bye?", LONG), False),
        (("", ""), ("", ""), False),
    ],
)
def test_same_means_asked_the_same_and_answered_the_same(
    entry: DuplicateFilter, one: tuple[str, ...], other: tuple[str, ...], same: bool
) -> None:
    assert pairs(entry, one, other) == ([(0, 1)] if same else [])


def judged(**fields: Any) -> Record:
    return replace(chat("Say it.", LONG), **fields)


@pytest.mark.parametrize("entry", [ExactDuplicate(), NearDuplicate()])
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (judged(label=True), judged(label=True), True),
        (judged(label=True), judged(label=False), False),
        (judged(), judged(rejected=chat("No.", roles=["assistant"]).messages), False),
        (
            judged(rejected=chat("No.", roles=["assistant"]).messages),
            judged(rejected=chat("No.", roles=["assistant"]).messages),
            True,
        ),
        (
            judged(rejected=chat("No.", roles=["assistant"]).messages),
            judged(rejected=chat(LONG + LONG, roles=["assistant"]).messages),
            False,
        ),
        (judged(tools="[1]"), judged(tools="[2]"), False),
        (
            chat("Be a cat.", "Say it.", LONG, roles=["system", "user", "assistant"]),
            chat("Be a dog.", "Say it.", LONG, roles=["system", "user", "assistant"]),
            False,
        ),
    ],
)
def test_records_of_another_kind_are_no_duplicates(
    entry: DuplicateFilter, one: Record, other: Record, same: bool
) -> None:
    records = frame(one, other)
    features = [feature.compute(records) for feature in entry.features()]
    found = entry.pairs(records.with_columns(features).lazy()).collect()
    assert found.height == same


def test_a_few_changed_words_are_near_and_not_exact() -> None:
    near = (("Say it.", LONG), ("Say it.", LONG + " tree"))
    assert pairs(NearDuplicate(), *near) == [(0, 1)]
    assert pairs(ExactDuplicate(), *near) == []


@pytest.mark.parametrize("view", ["prompt", "response", "text"])
def test_another_view_compares_that_text_only(view: Any) -> None:
    records = (("A " + LONG, LONG), ("B " + LONG, LONG), ("A " + LONG, "nothing like it at all"))
    expected = {"prompt": [(0, 1), (0, 2)], "response": [(0, 1)], "text": [(0, 1)]}
    found = pairs(NearDuplicate(view=view), *records)
    assert found == expected[view]


def test_thresholds_move_without_new_pairs_and_views_do_not() -> None:
    assert NearDuplicate(min_similarity=0.9).key() == NearDuplicate().key()
    assert NearDuplicate(view="text").key() != NearDuplicate().key()
    assert NearDuplicate(floor=0.75).key() != NearDuplicate().key()


def test_no_records_have_no_pairs() -> None:
    empty = frame(chat("a", "b")).clear()
    for entry in (ExactDuplicate(), NearDuplicate()):
        columns = [feature.compute(empty) for feature in entry.features()]
        assert entry.pairs(empty.with_columns(columns).lazy()).collect().height == 0
        assert isinstance(entry.pairs(empty.with_columns(columns).lazy()), pl.LazyFrame)


def test_similarity_is_the_smaller_of_the_two_sides() -> None:
    sides = (
        ("Say it: " + LONG, LONG + " and " + LONG),
        ("Say it: " + LONG + " now", LONG + " and " + LONG),
    )
    for one, other in (sides, [(answer, prompt) for prompt, answer in sides]):
        records = frame(chat(*one), chat(*other))
        entry = NearDuplicate()
        features = [feature.compute(records) for feature in entry.features()]
        found = entry.pairs(records.with_columns(features).lazy()).collect()
        shared = len(f"Say it: {LONG}".split()) - 4
        assert found["similarity"].to_list() == [round(shared / (shared + 1), 6)]
