"""OpenAI gets lines that keep its rules, and every rule that is broken is named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curator.errors import RecipeError
from curator.formats import SHAPES
from curator.records import Record, Turn
from tests.conftest import chat
from tests.test_export import export, pair, run_of
from tests.test_export_trainers import TOOL, exported, labelled, reason, tool_chat, turns

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def broken_rule(line: dict[str, Any]) -> str | None:
    """Check a line as the guide and the reference of the API say; the first rule it breaks."""
    if "input" in line:
        return _broken_pair(line)
    if set(line) - {"messages", "tools", "parallel_tool_calls"}:
        return "unknown key"
    messages = line["messages"]
    if not messages or messages[-1]["role"] != "assistant":
        return "last message"
    if all(said.get("weight", 1) == 0 for said in messages if said["role"] == "assistant"):
        return "nothing is trained on"
    names = {tool["function"]["name"] for tool in line.get("tools", [])}
    return next(filter(None, (_broken_message(said, names) for said in messages)), None) or (
        _broken_calls(messages)
    )


def _broken_pair(line: dict[str, Any]) -> str | None:
    if set(line) != {"input", "preferred_output", "non_preferred_output"}:
        return "keys of a pair"
    for side in ("preferred_output", "non_preferred_output"):
        if [said["role"] for said in line[side]] != ["assistant"] or not line[side][0]["content"]:
            return side
    return _broken_calls(line["input"]["messages"])


def _broken_message(said: dict[str, Any], names: set[str]) -> str | None:
    keys = {"role", "content", "name", "weight", "tool_calls", "tool_call_id"}
    facts = {
        "unknown key": not set(said) - keys,
        "role": said["role"] in ("system", "user", "assistant", "tool"),
        "content": bool(said["content"]) or bool(said.get("tool_calls")),
        "weight": said.get("weight", 0) in (0, 1),
        "whose weight": "weight" not in said or said["role"] == "assistant",
        "name": "name" not in said or bool(NAME.fullmatch(said["name"])),
        "functions": all(
            call["function"]["name"] in names
            and isinstance(json.loads(call["function"]["arguments"]), dict)
            and call["type"] == "function"
            for call in said.get("tool_calls", [])
        ),
    }
    return next((rule for rule, holds in facts.items() if not holds), None)


def _broken_calls(messages: list[dict[str, Any]]) -> str | None:
    waiting: set[str] = set()
    for said in messages:
        if said["role"] == "tool":
            if said["tool_call_id"] not in waiting:
                return "a result without a call"
            waiting.remove(said["tool_call_id"])
            continue
        if waiting:
            return "a call without a result"
        waiting = {call["id"] for call in said.get("tool_calls", [])}
    return None


def test_a_chat_is_written_as_the_api_reads_it(tmp_path: Path) -> None:
    record = chat("a", "1")
    record.messages[0]["name"] = "Ann_1"
    assert exported(tmp_path, "openai", record) == [
        {
            "messages": [
                {"role": "user", "content": "a", "name": "Ann_1"},
                {"role": "assistant", "content": "1"},
            ]
        }
    ]


def test_weights_of_answers_are_kept(tmp_path: Path) -> None:
    record = chat("a", "b", "c", "d")
    record.messages[0]["weight"] = 0.0
    record.messages[1]["weight"], record.messages[3]["weight"] = 0.0, 1.0
    (row,) = exported(tmp_path, "openai", record)
    assert [said.get("weight") for said in row["messages"]] == [None, 0, None, 1]


def test_tools_calls_and_results_fit_each_other(tmp_path: Path) -> None:
    record = tool_chat()
    record.extra = {"parallel_tool_calls": False, "other": 1}
    (row,) = exported(tmp_path, "openai", record)
    assert (row["tools"], row["parallel_tool_calls"]) == ([TOOL], False)
    call = {"id": "c1", "type": "function", "function": {"name": "sum", "arguments": '{"a": 1}'}}
    assert row["messages"][1:3] == [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "1", "tool_call_id": "c1"},
    ]
    assert broken_rule(row) is None


def test_calls_without_ids_get_them_by_their_place(tmp_path: Path) -> None:
    said = {
        "conversations": [
            {"from": "human", "value": "a"},
            {"from": "function_call", "value": '{"name": "sum", "arguments": {"a": 1}}'},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "1."},
        ],
        "tools": json.dumps([{"name": "sum", "parameters": {"type": "object"}}]),
    }
    (row,) = exported(tmp_path, "openai", *SHAPES["sharegpt"].read(said))
    assert [row["messages"][1]["tool_calls"][0]["id"], row["messages"][2]["tool_call_id"]] == [
        "call_1_0",
        "call_1_0",
    ]
    assert row["tools"] == [TOOL]
    assert broken_rule(row) is None


def test_a_pair_is_written_as_input_and_two_outputs(tmp_path: Path) -> None:
    (row,) = exported(tmp_path, "openai", pair("a", "good", "bad"))
    assert row == {
        "input": {"messages": [{"role": "user", "content": "a"}]},
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    }
    assert broken_rule(row) is None


def called(**changes: Any) -> Record:
    record = tool_chat()
    record.messages[1]["tool_calls"][0].update(changes)  # type: ignore[typeddict-item]
    return record


def changed(record: Record, place: int, **changes: Any) -> Record:
    record.messages[place].update(changes)  # type: ignore[typeddict-item]
    return record


def without(record: Record, place: int) -> Record:
    del record.messages[place]
    return record


TURNS: list[Turn] = [
    *turns(("user", "a?")),
    {"role": "tool", "content": "1"},
    *turns(("assistant", "b")),
]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (chat("a", "b", "c"), "the last turn is not the assistant's"),
        (chat("a", " "), "a turn without text (assistant)"),
        (chat("", "b"), "a turn without text (user)"),
        (changed(chat("a", "b"), 1, weight=0.0), "every answer has the weight 0"),
        (changed(chat("a", "b"), 1, weight=0.5), "a loss weight other than 0 and 1"),
        (changed(chat("a", "b"), 0, weight=1.0), "that is not the assistant's"),
        (changed(chat("a", "b"), 0, name="Ann B."), "a name of other characters"),
        (without(tool_chat(), 2), "a tool call that no tool turn answers"),
        (Record(messages=TURNS), "a tool turn that no tool call asks for"),
        (changed(tool_chat(), 2, tool_call_id="c2"), "for another call than those before"),
        (tool_chat("{"), "not a JSON object"),
        (called(name="product"), "a function that is not among the tools"),
        (called(id="c" * 41), "longer than 40 characters"),
        (Record(messages=tool_chat().messages), "a function that is not among the tools"),
        (Record(messages=chat("a", "b").messages, tools='[{"name": "a b"}]'), "a tool without a"),
        (
            Record(messages=chat("a", "b").messages, tools='[{"name":"a"},{"name":"a"}]'),
            "two tools",
        ),
        (labelled("a", "b", label=True), "OpenAI has no format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_rule_leaves_the_record_out(tmp_path: Path, record: Record, why: str) -> None:
    assert why in reason(tmp_path, "openai", chat("x", "y"), chat("z", "y"), record)


def test_what_is_written_keeps_every_rule(tmp_path: Path) -> None:
    records = [
        *(chat(f"a{i}", "b", "c", "d") for i in range(3)),
        tool_chat(),
        tool_chat(content="I add."),
        without(tool_chat(), 3),
        Record(messages=[*turns(("system", "s")), *chat("a", "b").messages]),
        without(without(tool_chat(), 3), 2),
    ]
    rows = exported(tmp_path, "openai", *records)
    assert len(rows) == 7  # the chat that ends with a result has no answer
    assert [broken_rule(row) for row in rows] == [None] * 7


def test_few_examples_are_warned_of_and_other_files_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"))
    assert "10 examples or more, and data has 1." in export(run, "openai").caution
    many = run_of(tmp_path / "many", *(chat(f"a{i}", "1") for i in range(10)))
    assert "10 examples" not in export(many, "openai").caution
    with pytest.raises(RecipeError, match="JSON Lines files only"):
        export(run, "openai", **{"as": "parquet"})
