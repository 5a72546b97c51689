"""Kept records become conversations on the sides where an export has them."""

from pathlib import Path
from typing import Any

import polars as pl

from curator.export.rows import LEAK
from curator.formats import SHAPES
from curator.records import Record
from curator.tune.conversations import Told, conversations_of
from tests.conftest import chat
from tests.test_export import pair, run_of
from tests.test_export_trainers import TOOL, labelled, tool_chat, turns


def told(path: Path, *records: Record, **recipe: Any) -> Told:
    return conversations_of(run_of(path, *records, **recipe), {})


def left_out(found: Told) -> list[str]:
    return [one.reason for one in found.left_out]


def test_a_record_keeps_its_turns_and_its_id(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), chat("b", "2"))
    found = conversations_of(run, {})
    assert [one.id for one in found.training] == run.all["id"].to_list()
    assert found.training[1].messages == [
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "2"},
    ]
    assert [(one.tools, one.group) for one in found.training] == [(None, "t"), (None, "t")]
    assert (found.held_out, found.left_out) == ([], [])


def test_only_kept_records_are_trained_on(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), chat("b", "2"))
    run.dropped = {0: "length.too_short"}
    assert [one.id for one in conversations_of(run, {}).training] == run.all["id"].to_list()[1:]


def test_calls_have_objects_and_thinking_its_field(tmp_path: Path) -> None:
    record = tool_chat()
    record.messages[-1]["reasoning"] = "Easy."
    (found,) = told(tmp_path, record).training
    function = {"name": "sum", "arguments": {"a": 1}}
    assert found.messages[1]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": function}
    ]
    assert found.messages[2] == {
        "role": "tool",
        "content": "1",
        "name": "sum",
        "tool_call_id": "c1",
    }
    assert found.messages[3]["reasoning_content"] == "Easy."
    assert found.tools == [TOOL]


def test_what_cannot_be_carried_is_left_out_with_a_reason(tmp_path: Path) -> None:
    odd, asking, open_ = chat("a", "1"), chat("b", "2"), chat("c", "")
    odd.messages[1]["weight"] = 0.5
    asking.messages[0]["weight"] = 1.0
    open_.messages[1] |= {"reasoning": "Hm", "layout": {"think": ["<think>"]}}
    bad = labelled("d", "3", label=False)
    found = told(tmp_path, odd, asking, open_, bad, tool_chat("{"), labelled("e", "4", label=True))
    assert left_out(found) == [
        "a turn with a loss weight other than 0 and 1",
        "a turn that is no answer, with a loss weight of 1",
        "thinking that nothing closes, and no answer",
        "label.bad",
        "the arguments of a tool call are not a JSON object",
    ]
    assert [one.reason for one in found.left_out if one.wanted] == ["label.bad"]
    assert [one.messages[1]["content"] for one in found.training] == ["4"]


def test_weights_of_turns_switch_answers(tmp_path: Path) -> None:
    record = chat("a", "1", "b", "2", "c", "3")
    record.messages[1]["weight"], record.messages[3]["weight"] = 0.0, 1.0
    (found,) = told(tmp_path, record).training
    assert [turn.get("learn") for turn in found.messages[1::2]] == [False, True, None]
    usual = chat("a", "1", "b", "2")
    usual.messages[1]["weight"], usual.messages[3]["weight"] = 1.0, 1.0
    (found,) = told(tmp_path, usual).training
    assert not any("learn" in turn for turn in found.messages)


def test_of_a_pair_the_chosen_side_is_learnt(tmp_path: Path) -> None:
    history = Record(
        messages=chat("a", "1", "b", "good").messages, rejected=turns(("assistant", "x"))
    )
    simple, longer = told(tmp_path, pair("a", "good", "bad"), history).training
    assert [turn["content"] for turn in simple.messages] == ["a", "good"]
    assert "learn" not in simple.messages[1]
    assert [turn.get("learn") for turn in longer.messages[1::2]] == [False, None]


def test_answers_in_the_prompt_column_are_not_learnt(tmp_path: Path) -> None:
    said = [
        {"role": role, "content": text}
        for role, text in zip(("user", "assistant") * 2, "abcd", strict=True)
    ]
    records = SHAPES["prompt_completion"].read({"prompt": said[:3], "completion": said[3:]})
    run = run_of(tmp_path, *records)
    run.all = run.all.with_columns(shape=pl.lit("prompt_completion"))
    (found,) = conversations_of(run, {}).training
    assert [turn.get("learn") for turn in found.messages] == [None, False, None, None]


def test_sides_and_leaks_are_those_of_an_export(tmp_path: Path) -> None:
    records = [chat(f"Name river {n}.", f"River {n} is long and slow and wide.") for n in range(60)]
    run = run_of(tmp_path, *records, filters=[{"filter": "near_duplicate"}])
    run.found = {"near_duplicate": [(n, n + 1, 0.9) for n in range(0, 60, 2)]}
    shares = {"validation": 30.0, "train": 70.0}
    found = conversations_of(run, shares)
    assert list(found.sides) == ["train", "validation"]
    counts = len(found.training), len(found.held_out), left_out(found).count(LEAK)
    assert sum(counts) == 60
    assert min(counts) > 0
    neighbours = {run.all["id"][n]: run.all["id"][n ^ 1] for n in range(60)}
    trained = {one.id for one in found.training}
    assert not any(neighbours[one.id] in trained for one in found.held_out)


def test_groups_are_tasks_where_the_recipe_finds_them(tmp_path: Path) -> None:
    run = run_of(
        tmp_path, chat("a", "1"), chat("b", "2"), chat("c", "3"), filters=[{"filter": "task"}]
    )
    run.dropped = {1: "task.forbidden"}
    scores = pl.DataFrame({"task__task": ["coding", "writing", None]})
    run.scores = scores.lazy  # type: ignore[method-assign]
    found = conversations_of(run, {})
    assert [one.group for one in found.training] == ["coding", "not judged"]
