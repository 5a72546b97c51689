"""The worst turn of a record is reported with its place, and bad answers are not judged."""

import polars as pl

from curator.filters.turns import view_texts, worst_turns
from curator.records import Record
from tests.conftest import chat, frame


def test_lists_each_assistant_turn_with_its_place() -> None:
    texts = view_texts(frame(chat("a", "b", "c", "d")), "response")
    assert texts.rows() == [(0, 1, "b"), (0, 3, "d")]


def test_leaves_out_answers_labelled_as_bad() -> None:
    bad = Record(messages=chat("a", "b").messages, label=False)
    assert view_texts(frame(bad), "response").height == 0


def test_reports_the_first_of_equally_bad_turns() -> None:
    measured = pl.DataFrame({"record": [1, 1, 1], "turn": [1, 3, 5], "bad": [0, 2, 2]})
    assert worst_turns(measured, 2, {"bad": "high"}).rows() == [(None, None), (2, 3)]


def test_equal_measures_of_a_sorted_column_report_the_first_turn() -> None:
    measured = pl.DataFrame({"record": [0, 0], "turn": [1, 3]}).with_columns(bad=pl.lit(0.0))
    assert worst_turns(measured, 1, {"bad": "high"}).rows() == [(0.0, 1)]
