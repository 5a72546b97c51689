"""TRL gets the conversational columns that its trainers read."""

import json
from pathlib import Path

import polars as pl

from curator.formats import SHAPES
from curator.records import Record
from tests.conftest import chat
from tests.test_export import export, pair, rows_in, run_of
from tests.test_export_trainers import (
    ROLES,
    TOOL,
    exported,
    labelled,
    reason,
    tool_chat,
    turns,
)


def test_the_prompt_ends_where_its_column_did(tmp_path: Path) -> None:
    said = [{"role": role, "content": text} for role, text in zip(ROLES, "abcd", strict=True)]
    row = {"prompt": said[:1], "completion": said[1:], "system": "s"}
    run = run_of(tmp_path, *SHAPES["prompt_completion"].read(row))
    run.all = run.all.with_columns(shape=pl.lit("prompt_completion"))
    (written,) = rows_in(export(run, "trl").folder / "data.jsonl")
    assert written == {
        "prompt": [{"role": "system", "content": "s"}, *said[:1]],
        "completion": said[1:],
    }


def test_trl_gets_messages_without_extra_fields(tmp_path: Path) -> None:
    record = chat("a", "1")
    record.extra = {"source": "web", "score": 3}
    record.messages[0]["extra"] = {"language": "en"}
    assert exported(tmp_path, "trl", record) == [
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "1"}]}
    ]


def test_trl_gets_tools_as_json_text_and_calls_as_objects(tmp_path: Path) -> None:
    tools, plain = exported(tmp_path, "trl", tool_chat(), chat("b", "2"))
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "sum", "arguments": {"a": 1}},
    }
    assert tools == {
        "messages": [
            {"role": "user", "content": "a?"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": "1", "name": "sum", "tool_call_id": "c1"},
            {"role": "assistant", "content": "1."},
        ],
        "tools": json.dumps([TOOL]),
    }
    assert plain["tools"] == "[]"


def test_trl_gets_an_explicit_prompt_of_pairs(tmp_path: Path) -> None:
    short = pair("a", "good", "bad")
    (longer,) = SHAPES["preference"].read(
        {
            "chosen": [{"role": r, "content": c} for r, c in zip(ROLES, "abcd", strict=True)],
            "rejected": [{"role": r, "content": c} for r, c in zip(ROLES, "abce", strict=True)],
        }
    )
    asked, history = exported(tmp_path, "trl", short, longer)
    assert asked == {
        "prompt": [{"role": "user", "content": "a"}],
        "chosen": [{"role": "assistant", "content": "good"}],
        "rejected": [{"role": "assistant", "content": "bad"}],
    }
    contents = {side: [turn["content"] for turn in said] for side, said in history.items()}
    assert contents == {"prompt": ["a", "b", "c"], "chosen": ["d"], "rejected": ["e"]}


def test_trl_gets_a_completion_and_a_label_of_judged_answers(tmp_path: Path) -> None:
    assert exported(tmp_path, "trl", labelled("a", "1", label=False)) == [
        {
            "prompt": [{"role": "user", "content": "a"}],
            "completion": [{"role": "assistant", "content": "1"}],
            "label": False,
        }
    ]


def test_trl_keeps_prompt_and_completion_apart_where_all_came_so(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"))
    run.all = run.all.with_columns(shape=run.all["shape"].replace("messages", "prompt_completion"))
    result = export(run, "trl")
    (row,) = rows_in(result.folder / "data.jsonl")
    assert (result.layout, list(row)) == ("prompt_completion", ["prompt", "completion"])


def test_a_conversation_without_question_or_answer_is_left_out(tmp_path: Path) -> None:
    mute = Record(messages=turns(("assistant", "a")))
    assert "there is no user turn" in reason(tmp_path, "trl", chat("a", "b"), mute)
    assert "no answer after" in reason(tmp_path, "trl", chat("a", "b"), chat("a", "b", "c"))
