"""What no trainer takes is left out, whoever the trainer is."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.records import Record, Turn
from tests.conftest import chat
from tests.test_export import export, pair, rows_in, run_of

ROLES = ("user", "assistant") * 2
TOOL = {"type": "function", "function": {"name": "sum", "parameters": {"type": "object"}}}


def turns(*said: tuple[str, str]) -> list[Turn]:
    return [{"role": role, "content": text} for role, text in said]  # type: ignore[typeddict-item]


def with_system(record: Record, text: str) -> Record:
    return Record(messages=[{"role": "system", "content": text}, *record.messages])


def labelled(asked: str, answer: str, *, label: bool) -> Record:
    return Record(messages=chat(asked, answer).messages, label=label)


def tool_chat(arguments: str = '{"a": 1}', *, content: str = "") -> Record:
    call: Turn = {
        "role": "assistant",
        "content": content,
        "tool_calls": [{"id": "c1", "name": "sum", "arguments": arguments}],
    }
    result: Turn = {"role": "tool", "content": "1", "name": "sum", "tool_call_id": "c1"}
    messages = [*turns(("user", "a?")), call, result, *turns(("assistant", "1."))]
    return Record(messages=messages, tools=json.dumps([TOOL]))


def exported(path: Path, to: str, *records: Record) -> list[Any]:
    return rows_in(export(run_of(path, *records), to).folder / "data.jsonl")


def reason(path: Path, to: str, *records: Record) -> str:
    """Return why the last record is left out."""
    result = export(run_of(path, *records), to)
    (left_out,) = rows_in(result.folder / "left_out.jsonl")
    assert left_out["row"] == len(records)
    return str(left_out["reason"])


def test_a_turn_weighted_by_hand_is_left_out(tmp_path: Path) -> None:
    usual, odd = chat("a", "b"), chat("a", "c")
    usual.messages[0]["weight"], usual.messages[1]["weight"] = 0.0, 1.0
    odd.messages[1]["weight"] = 0.5
    for to in ("trl", "llama_factory"):
        assert "a loss weight of its own" in reason(tmp_path, to, usual, odd)


def test_thinking_goes_into_tags(tmp_path: Path) -> None:
    record = chat("a", "42")
    record.messages[1]["reasoning"] = "Hm.\n"
    said = "<think>\nHm.\n</think>\n\n42"
    (alpaca,) = exported(tmp_path, "llama_factory", record)
    assert alpaca["output"] == said
    (row,) = exported(tmp_path, "trl", record)
    assert row["messages"][1] == {"role": "assistant", "content": said}


@pytest.mark.parametrize(
    ("rejected", "why"),
    [
        (turns(("user", "b"), ("assistant", "c")), "does not start with an answer"),
        ([], "has no turns"),
    ],
)
def test_a_pair_that_is_none_is_left_out(tmp_path: Path, rejected: list[Turn], why: str) -> None:
    record = Record(messages=chat("a", "b").messages, rejected=rejected)
    for to in ("trl", "llama_factory"):
        assert why in reason(tmp_path, to, pair("a", "b", "c"), record)


def test_the_kind_that_most_records_are_of_is_written(tmp_path: Path) -> None:
    run = run_of(tmp_path, pair("a", "b", "c"), pair("d", "e", "f"), chat("g", "h"))
    result = export(run, "trl")
    assert (result.layout, result.counts, sum(result.left_out.values())) == (
        "preference",
        {"data": 2},
        1,
    )
