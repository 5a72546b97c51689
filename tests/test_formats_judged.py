"""Preference pairs and KTO labels, in all the ways they are written."""

import re
from typing import Any

import pytest

from curator.errors import CarryError, RowError
from curator.formats import read_row, write_row
from curator.records import Record, content_of

ASKED = {"role": "user", "content": "q"}
GOOD = {"role": "assistant", "content": "good"}
BAD = {"role": "assistant", "content": "bad"}
PAIRS: list[dict[str, Any]] = [
    {"prompt": "q", "chosen": "good", "rejected": "bad"},
    {"question": "q", "chosen": "good", "rejected": "bad", "system": ""},
    {"instruction": "q", "input": "", "chosen": "good", "rejected": "bad"},
    {"chosen": [ASKED, GOOD], "rejected": [ASKED, BAD]},
    {"prompt": "q", "chosen": [ASKED, GOOD], "rejected": [ASKED, BAD], "score_chosen": 9.0},
    {"prompt": [ASKED], "chosen": [GOOD], "rejected": [BAD]},
    {"messages": [ASKED], "chosen": GOOD, "rejected": BAD},
    {
        "conversations": [{"from": "human", "value": "q"}],
        "chosen": {"from": "gpt", "value": "good"},
        "rejected": {"from": "gpt", "value": "bad"},
    },
]


def read(shape: str, row: dict[str, Any]) -> Record:
    return read_row(shape, row)[0]


@pytest.mark.parametrize("row", PAIRS)
def test_every_way_to_write_a_pair_is_the_same_record(row: dict[str, Any]) -> None:
    record = read("preference", row)
    assert record.raw is None
    assert [turn["content"] for turn in record.messages] == ["q", "good"]
    assert [turn["content"] for turn in record.rejected or []] == ["bad"]
    assert content_of(record) == content_of(read("preference", PAIRS[0]))
    assert write_row("preference", record, origin_shape="preference") == row


@pytest.mark.parametrize("row", PAIRS)
def test_the_usual_form_of_a_pair_is_three_lists_of_turns(row: dict[str, Any]) -> None:
    out = write_row("preference", read("preference", row), origin_shape=None)
    assert [out["prompt"], out["chosen"], out["rejected"]] == [[ASKED], [GOOD], [BAD]]


def test_a_plain_shape_refuses_a_pair_and_an_unwanted_answer() -> None:
    with pytest.raises(CarryError, match="rejected answer"):
        write_row("messages", read("preference", PAIRS[0]), origin_shape="preference")
    unwanted = read("kto", {"messages": [ASKED, BAD], "label": False})
    with pytest.raises(CarryError, match="not wanted"):
        write_row("messages", unwanted, origin_shape="kto")
    with pytest.raises(CarryError, match="rejected answer"):
        write_row("kto", read("preference", PAIRS[0]), origin_shape="preference")


def test_a_wanted_answers_label_comes_along() -> None:
    record = read("kto", {"messages": [ASKED, GOOD], "label": True})
    for shape in ("messages", "sharegpt", "alpaca", "prompt_completion"):
        assert write_row(shape, record, origin_shape="kto")["label"] is True
    record.rejected = record.messages
    with pytest.raises(CarryError, match="a label"):
        write_row("preference", record, origin_shape="kto")


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [ASKED, GOOD], "label": True},
        {"prompt": "q", "completion": "good", "label": True, "id": 1},
        {"instruction": "q", "input": "", "output": "good", "label": True},
        {
            "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "good"}],
            "kto_tag": True,
        },
    ],
)
def test_a_label_stands_beside_any_plain_shape(row: dict[str, Any]) -> None:
    record = read("kto", row)
    assert content_of(record) == content_of(read("kto", {"messages": [ASKED, GOOD], "label": 1}))
    assert write_row("kto", record, origin_shape="kto", unchanged=True) == row


@pytest.mark.parametrize(
    ("shape", "row", "message"),
    [
        ("kto", {"messages": []}, 'field "label" is missing'),
        ("kto", {"label": True}, 'field "messages" is missing'),
        (
            "kto",
            {"messages": [], "label": "maybe"},
            'field "label" must be true or false, found "str"',
        ),
        ("preference", {"prompt": "a", "chosen": "b"}, 'field "rejected" is missing'),
        (
            "preference",
            {"prompt": "a", "chosen": 1, "rejected": "c"},
            'field "chosen" must be text',
        ),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(
    shape: str, row: dict[str, Any], message: str
) -> None:
    with pytest.raises(RowError, match=re.escape(message)):
        read_row(shape, row)


def test_a_side_of_several_turns_does_not_fit_one_turn() -> None:
    record = read("preference", PAIRS[6])
    record.rejected = [*(record.rejected or []), {"role": "user", "content": "more"}]
    with pytest.raises(CarryError, match="more than one turn"):
        write_row("preference", record, origin_shape="preference")
