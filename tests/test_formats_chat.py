"""Messages and ShareGPT say the same conversation in two key styles."""

import json
import re
from typing import Any

import pytest

from curator.errors import CarryError, RowError
from curator.formats import read_row, write_row
from curator.records import Record, content_of

TOOL = {"name": "add", "description": "Add.", "parameters": {"type": "object"}}
CALL = {"name": "add", "arguments": {"a": 1, "b": 2}}
OPENAI: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "1 + 2?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
            ],
        },
        {"role": "tool", "content": "3"},
        {"role": "assistant", "content": "<think>\nEasy.\n</think>\n\nThree."},
    ],
    "tools": [{"type": "function", "function": TOOL}],
}
SHAREGPT: dict[str, Any] = {
    "conversations": [
        {"from": "human", "value": "1 + 2?"},
        {"from": "function_call", "value": json.dumps(CALL)},
        {"from": "observation", "value": "3"},
        {"from": "gpt", "value": "<think>\nEasy.\n</think>\n\nThree."},
    ],
    "system": "Be kind.",
    "tools": json.dumps([TOOL]),
}


def read(shape: str, row: dict[str, Any]) -> Record:
    return read_row(shape, row)[0]


def turns_of(*turns: Any) -> list[Any]:
    return list(read("messages", {"messages": list(turns)}).messages)


def test_one_conversation_has_one_content_in_every_style() -> None:
    assert content_of(read("messages", OPENAI)) == content_of(read("sharegpt", SHAREGPT))


def test_a_conversation_crosses_from_one_shape_to_the_other() -> None:
    record = read("sharegpt", SHAREGPT)
    crossed = write_row("messages", record, origin_shape="sharegpt")
    assert crossed["tools"] == OPENAI["tools"]
    assert crossed["messages"][2]["tool_calls"] == OPENAI["messages"][2]["tool_calls"]
    assert content_of(read("messages", crossed)) == content_of(record)


def test_unknown_fields_cross_unless_they_take_a_known_name() -> None:
    row = {"conversations": [{"from": "human", "value": "a"}], "id": 7, "messages": "mine"}
    crossed = write_row("messages", read("sharegpt", row), origin_shape="sharegpt")
    assert crossed == {"messages": [{"role": "user", "content": "a"}], "id": 7}


def test_think_tags_are_split_off_and_come_back() -> None:
    assert turns_of({"role": "assistant", "content": " <think>why</think> so"}) == [
        {
            "role": "assistant",
            "content": "so",
            "reasoning": "why",
            "layout": {"think": [" <think>", "</think> "]},
        }
    ]


def test_a_users_think_tags_are_words_like_any_other() -> None:
    turn = {"role": "user", "content": "<think>a</think>b"}
    assert turns_of(turn) == [turn]


def test_text_parts_are_joined_and_cut_again() -> None:
    parts = [
        {"type": "text", "value": "a"},
        {"type": "text", "value": ""},
        {"type": "text", "value": "b"},
    ]
    row = {"messages": [{"role": "user", "content": parts}]}
    record = read("messages", row)
    assert record.messages[0]["content"] == "a\n\nb"
    assert record.raw is None
    assert write_row("messages", record, origin_shape="messages") == row
    record.messages[0]["content"] = "changed"
    changed = write_row("messages", record, origin_shape="messages")
    assert changed["messages"][0]["content"] == [{"type": "text", "value": "changed"}]


def test_weights_and_reasoning_are_read_under_any_name() -> None:
    turn = {"role": "assistant", "content": "a", "reasoning": "r", "loss_weight": 1.0, "mood": "ok"}
    assert turns_of(turn) == [
        {
            "role": "assistant",
            "content": "a",
            "reasoning": "r",
            "weight": 1.0,
            "extra": {"mood": "ok"},
            "layout": {
                "columns": {"reasoning_content": "reasoning", "weight": "loss_weight"},
            },
        }
    ]


def test_a_call_that_is_not_json_keeps_its_text_for_the_structure_filter() -> None:
    row = {"conversations": [{"from": "function_call", "value": "add(1, 2)"}]}
    record = read("sharegpt", row)
    assert record.messages[0]["tool_calls"] == [{"id": None, "name": "", "arguments": "add(1, 2)"}]
    assert write_row("sharegpt", record, origin_shape="sharegpt") == row


def test_text_beside_a_call_does_not_fit_sharegpt() -> None:
    row = {
        "messages": [{"role": "assistant", "content": "Wait.", "tool_calls": [{"function": CALL}]}]
    }
    with pytest.raises(CarryError, match="both text and tool calls"):
        write_row("sharegpt", read("messages", row), origin_shape="messages")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"messages": "hi"}, 'field "messages" must be a list, found "str"'),
        ({}, 'field "messages" must be a list, found "null"'),
        ({"messages": ["hi"]}, 'field "messages[0]" must be an object, found "str"'),
        ({"messages": [{"content": "a"}]}, 'field "messages[0]" names no role'),
        (
            {"messages": [{"role": "user", "content": "a"}, {"role": "narrator", "content": "b"}]},
            'field "messages[1].role" is an unknown role, found "narrator"',
        ),
        (
            {"messages": [{"role": "user", "content": 3}]},
            'field "messages[0].content" must be text, found "int"',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            'field "messages[0].content[0].type" must be text',
        ),
        (
            {"messages": [{"role": "user", "content": "a", "weight": "1"}]},
            'field "messages[0].weight" must be a number, found "str"',
        ),
        (
            {"messages": [{"role": "user", "content": "a", "weight": float("nan")}]},
            'field "messages[0].weight" must be a weight such as 0 or 1',
        ),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"name": 1}]}]},
            'field "messages[0].tool_calls[0].name" must be text',
        ),
        ({"messages": [], "tools": 3}, 'field "tools" must be a list, found "int"'),
        ({"messages": [], "tools": [3]}, 'field "tools[0]" must be an object, found "int"'),
        ({"messages": [], "system": []}, 'field "system" must be text, found "list"'),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(row: dict[str, Any], message: str) -> None:
    with pytest.raises(RowError, match=re.escape(message)):
        read_row("messages", row)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("f", 'tool_calls[0] must be an object, found "str"'),
        ({"function": "f"}, "tool_calls[0].function must be an object"),
        ({"name": "f", "id": 1}, "tool_calls[0].id must be text"),
        ({"name": "f", "arguments": 1}, "tool_calls[0].arguments must be an object or text"),
    ],
)
def test_a_call_that_cannot_be_read_says_where_and_why(call: Any, message: str) -> None:
    field, reason = message.split(" ", 1)
    row = {"messages": [{"role": "assistant", "tool_calls": [call]}]}
    with pytest.raises(RowError, match=re.escape(f'field "messages[0].{field}" {reason}')):
        read_row("messages", row)


@pytest.mark.parametrize(
    ("turn", "field"),
    [
        ({"role": "user", "content": [3]}, "content[0]"),
        ({"role": "user", "content": [{"type": "text"}]}, "content[0].text"),
        ({"role": "user", "content": {}}, "content"),
        ({"role": "user", "content": "", "name": 3}, "name"),
        ({"role": 3, "content": ""}, "role"),
        ({"role": "assistant", "content": "", "tool_calls": "f"}, "tool_calls"),
    ],
)
def test_a_turn_that_cannot_be_read_names_its_field(turn: Any, field: str) -> None:
    with pytest.raises(RowError) as caught:
        read_row("messages", {"messages": [turn]})
    assert caught.value.field == f"messages[0].{field}"


def test_parts_may_be_bare_text_and_tools_may_be_any_text() -> None:
    row = {"messages": [{"role": "user", "content": ["a", "b"]}], "tools": "none today"}
    record = read("messages", row)
    assert (record.messages[0]["content"], record.tools) == ("a\n\nb", "none today")
    assert write_row("messages", record, origin_shape="messages", unchanged=True) == row


def test_a_call_of_the_old_kind_is_a_call() -> None:
    turn = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
    record = read("messages", {"messages": [turn]})
    assert record.messages[0]["tool_calls"] == [{"id": None, "name": "f", "arguments": "{}"}]
    assert write_row("messages", record, origin_shape="messages") == {"messages": [turn]}
