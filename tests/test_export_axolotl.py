"""Axolotl gets rows its loaders read, and a config that names their fields."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.errors import RecipeError
from curator.export import ExportResult
from curator.records import Record
from tests.conftest import chat
from tests.test_export import MIXED, export, pair, rows_in, run_of
from tests.test_export_trainers import (
    TOOL,
    exported,
    labelled,
    reason,
    tool_chat,
    turns,
)

SFT_KEYS = {  # of `SFTDataset`, `DPODataset` and `KTODataset` in axolotl's schemas
    *("path", "split", "type", "field_messages", "message_property_mappings", "roles"),
    *("roles_to_train", "train_on_eos", "field_tools", "message_field_training"),
}
DPO_KEYS = {"path", "split", "type", "field_messages", "field_chosen", "field_rejected"}
KTO_KEYS = {"path", "split", "type"}


def config(result: ExportResult) -> Any:
    return yaml.safe_load((result.folder / "axolotl.yaml").read_text("utf-8"))


def as_loaded(row: dict[str, Any], entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Read a row as axolotl's chat_template loader does."""
    roles = {source: role for role, sources in entry["roles"].items() for source in sources}
    mapped = entry["message_property_mappings"]
    read = []
    for message in row[entry["field_messages"]]:
        turn = {key: message[name] for key, name in mapped.items() if message.get(name) is not None}
        turn["role"] = roles[turn["role"]]
        learnt = message.get(entry.get("message_field_training", ""))
        turn["learnt"] = turn["role"] in entry["roles_to_train"] if learnt is None else learnt
        for call in message.get("tool_calls", []):
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
        read.append(turn)
    return read


def test_chats_are_read_back_with_what_is_learnt(tmp_path: Path) -> None:
    odd = chat("a", "b", "c", "d")
    odd.messages[1]["weight"] = 0.0
    result = export(run_of(tmp_path, odd, chat("e", "f")), "axolotl")
    said = config(result)
    (entry,) = said["datasets"]
    assert set(entry) <= SFT_KEYS
    assert (entry["path"], entry["split"], entry["type"]) == ("axolotl", "train", "chat_template")
    rows = rows_in(result.folder / "data.jsonl")
    assert [[turn["learnt"] for turn in as_loaded(row, entry)] for row in rows] == [
        [False, False, False, True],
        [False, True],
    ]
    assert [turn["content"] for turn in as_loaded(rows[0], entry)] == list("abcd")


def test_nothing_is_marked_where_all_answers_are_learnt(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, chat("a", "b")), "axolotl")
    assert rows_in(result.folder / "data.jsonl") == [
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    ]
    assert "message_field_training" not in config(result)["datasets"][0]


def test_tools_are_a_column_and_arguments_are_text(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, tool_chat(), chat("a", "b")), "axolotl")
    tools, plain = rows_in(result.folder / "data.jsonl")
    assert config(result)["datasets"][0]["field_tools"] == "tools"
    assert (json.loads(tools["tools"]), plain["tools"]) == ([TOOL], "[]")
    assert tools["messages"][1]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "sum", "arguments": '{"a": 1}'}}
    ]


def test_the_largest_side_is_trained_on_and_the_next_watched(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    said = config(export(run, "axolotl", splits=MIXED, name="mine"))
    assert [entry["split"] for entry in said["datasets"] + said["test_datasets"]] == [
        "train",
        "validation",
    ]
    assert (said["val_set_size"], said["datasets"][0]["path"]) == (0, "mine")


def test_pairs_go_to_the_dpo_loader(tmp_path: Path) -> None:
    record = pair("a", "good", "bad")
    record.messages = [*turns(("system", "s")), *record.messages]
    result = export(run_of(tmp_path, record), "axolotl")
    said = config(result)
    assert (said["rl"], set(said["datasets"][0])) == ("dpo", DPO_KEYS)
    (row,) = rows_in(result.folder / "data.jsonl")
    assert row == {
        "messages": turns(("system", "s"), ("user", "a")),
        "chosen": {"role": "assistant", "content": "good"},
        "rejected": {"role": "assistant", "content": "bad"},
    }


def test_judged_answers_go_to_the_kto_loader(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, labelled("a", "1", label=False)), "axolotl")
    said = config(result)
    assert (said["rl"], said["remove_unused_columns"]) == ("kto", False)
    assert set(said["datasets"][0]) == KTO_KEYS
    assert rows_in(result.folder / "data.jsonl") == [
        {"completion": [*turns(("user", "a"), ("assistant", "1"))], "label": False}
    ]


@pytest.mark.parametrize(
    ("usual", "record", "why"),
    [
        (pair("a", "b", "c"), pair("a", "b", ""), "a chosen or rejected answer that is empty"),
        (
            pair("a", "b", "c"),
            Record(messages=tool_chat().messages, rejected=turns(("assistant", "2"))),
            "do not read",
        ),
        (chat("a", "b"), Record(messages=turns(("assistant", "b"))), "there is no user turn"),
    ],
)
def test_what_a_loader_drops_unasked_is_left_out(
    tmp_path: Path, usual: Record, record: Record, why: str
) -> None:
    assert why in reason(tmp_path, "axolotl", usual, usual, record)


def test_a_weight_of_a_half_is_left_out(tmp_path: Path) -> None:
    record = chat("a", "b")
    record.messages[1]["weight"] = 0.5
    assert "other than 0 and 1" in reason(tmp_path, "axolotl", chat("a", "b"), record)


def test_folders_of_hugging_face_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="axolotl reads JSON Lines and Parquet"):
        export(run_of(tmp_path, chat("a", "b")), "axolotl", **{"as": "hf"})


def test_a_pair_becomes_a_good_and_a_bad_answer_where_asked(tmp_path: Path) -> None:
    run = run_of(tmp_path, pair("a", "good", "bad"), labelled("c", "d", label=True))
    for to in ("kto", "trl", "llama_factory", "axolotl"):
        result = export(run, to, pairs="labelled")
        assert (result.counts, result.records, result.left_out) == ({"data": 3}, 2, {})
        rows = rows_in(result.folder / "data.jsonl")
        assert [row["label"] for row in rows] == [True, False, True]
        assert "bad" in json.dumps(rows[1])
        assert "good" not in json.dumps(rows[1])
    with pytest.raises(RecipeError, match="holds no labelled answers"):
        export(run, "messages", pairs="labelled")


def test_a_whole_pair_is_no_judged_answer(tmp_path: Path) -> None:
    run = run_of(tmp_path, pair("a", "b", "c"), labelled("c", "d", label=True))
    result = export(run, "trl")
    assert (result.layout, result.counts, sum(result.left_out.values())) == (
        "preference",
        {"data": 1},
        1,
    )


def test_a_config_of_nothing_is_not_written(tmp_path: Path) -> None:
    assert exported(tmp_path, "axolotl", chat("a", "b"))
    run = run_of(tmp_path, chat("a", "b"))
    run.dropped = {0: "length.too_short"}
    assert not (export(run, "axolotl").folder / "axolotl.yaml").exists()
