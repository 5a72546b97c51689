"""Alpaca and prompt_completion: conversations in columns of text."""

import re
from typing import Any

import pytest

from curator.errors import CarryError, RowError
from curator.formats import read_row, write_row
from curator.records import Record, content_of
from tests.conftest import chat


def read(shape: str, row: dict[str, Any]) -> Record:
    return read_row(shape, row)[0]


def test_instruction_and_input_are_one_turn_and_two_again() -> None:
    row = {"instruction": "Sum up.", "input": "A\n\ntext", "output": "T"}
    record = read("alpaca", row)
    assert record.messages == [
        {"role": "user", "content": "Sum up.\n\nA\n\ntext", "layout": {"parts": [7, 7]}},
        {"role": "assistant", "content": "T"},
    ]
    assert write_row("alpaca", record, origin_shape="alpaca") == row


def test_a_changed_text_that_no_longer_fits_goes_to_the_instruction() -> None:
    record = read("alpaca", {"instruction": "a", "input": "b", "output": "c"})
    record.messages[0]["content"] = "new words"
    changed = write_row("alpaca", record, origin_shape="alpaca")
    assert changed == {"instruction": "new words", "input": "", "output": "c"}


@pytest.mark.parametrize(
    "row",
    [
        {"instruction": "a"},
        {"instruction": "a", "output": None},
        {"instruction": "a", "input": None, "output": "b", "system": "", "history": None},
        {"instruction": None, "input": "b", "output": ""},
        {"output": "b", "instruction": "a", "history": [], "id": 1},
        {"instruction": "a", "context": "c", "response": "b", "category": "qa"},
        {"instruction": "a", "input": "", "output": "b", "history": [["q", "<think>t</think>x"]]},
    ],
)
def test_what_is_absent_empty_or_null_comes_back_as_found(row: dict[str, Any]) -> None:
    record = read("alpaca", row)
    again = write_row("alpaca", record, origin_shape="alpaca")
    assert record.raw is None
    assert list(again.items()) == list(row.items())


def test_history_and_system_come_before_the_instruction() -> None:
    row = {"instruction": "q2", "output": "a2", "system": "s", "history": [["q1", "a1"]]}
    said = [(turn["role"], turn["content"]) for turn in read("alpaca", row).messages]
    assert said == [
        ("system", "s"),
        ("user", "q1"),
        ("assistant", "a1"),
        ("user", "q2"),
        ("assistant", "a2"),
    ]


def test_no_output_is_a_record_without_an_answer() -> None:
    assert [turn["role"] for turn in read("alpaca", {"instruction": "a"}).messages] == ["user"]


def test_one_exchange_has_one_content_in_every_shape() -> None:
    contents = {
        content_of(read("alpaca", {"instruction": "a", "input": "", "output": "b"})),
        content_of(read("prompt_completion", {"question": "a", "answer": "b"})),
        content_of(read("messages", {"messages": [
            {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})),
        content_of(read("sharegpt", {"conversations": [
            {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})),
        content_of(read("prompt_completion", {
            "prompt": [{"role": "user", "content": "a"}],
            "completion": [{"content": "b", "role": "assistant"}]})),
    }  # fmt: skip
    assert contents == {content_of(chat("a", "b"))}


@pytest.mark.parametrize(
    ("shape", "row", "message"),
    [
        ("alpaca", {"output": "a"}, 'field "instruction" is missing'),
        ("alpaca", {"instruction": 1}, 'field "instruction" must be text, found "int"'),
        (
            "alpaca",
            {"instruction": "", "history": "x"},
            'field "history" must be a list, found "str"',
        ),
        ("alpaca", {"instruction": "", "history": [1]}, 'field "history[0]" must be a list of two'),
        ("alpaca", {"instruction": "", "history": [["a"]]}, 'field "history[0]" must be two texts'),
        ("prompt_completion", {"completion": "a"}, 'field "prompt" is missing'),
        ("prompt_completion", {"prompt": "a", "completion": 1}, 'field "completion" must be text'),
        ("prompt_completion", {"prompt": [1]}, 'field "prompt[0]" must be an object, found "int"'),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(
    shape: str, row: dict[str, Any], message: str
) -> None:
    with pytest.raises(RowError, match=re.escape(message)):
        read_row(shape, row)


@pytest.mark.parametrize(
    ("target", "turns", "reason"),
    [
        ("alpaca", [{"role": "tool", "content": "a"}], "tool calls"),
        ("alpaca", [{"role": "user", "content": "a", "name": "Ann"}], "a name"),
        ("alpaca", [{"role": "user", "content": "a", "weight": 1.0}], "a weight"),
        ("alpaca", [{"role": "user", "content": "a", "reasoning": "r"}], "reasoning"),
        ("alpaca", [{"role": "assistant", "content": "a"}], "alternate"),
        ("alpaca", [{"role": "system", "content": ""}], "system turn is empty"),
        (
            "alpaca",
            [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "a\n</think>\nb", "reasoning": "r"},
            ],
            "think tags",
        ),
        ("prompt_completion", chat("a", "b", "c", "d").messages, "more than one prompt"),
        ("prompt_completion", [{"role": "system", "content": ""}], "system turn is empty"),
        ("preference", chat("a", "b").messages, "no rejected answer"),
        ("kto", chat("a", "b").messages, "no label"),
    ],
)
def test_what_a_shape_cannot_carry_is_refused(target: str, turns: Any, reason: str) -> None:
    with pytest.raises(CarryError, match=reason):
        write_row(target, Record(turns), origin_shape=None)


def test_tools_do_not_fit_alpaca() -> None:
    record = Record(chat("a", "b").messages, tools="[]")
    with pytest.raises(CarryError, match="tools"):
        write_row("alpaca", record, origin_shape=None)
