"""LLaMA-Factory gets the files and the declaration that it reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.errors import RecipeError
from curator.records import Record
from tests.conftest import chat
from tests.test_export import export, pair, rows_in, run_of
from tests.test_export_trainers import (
    TOOL,
    exported,
    labelled,
    reason,
    tool_chat,
    turns,
    with_system,
)

TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


def dataset_info(folder: Path) -> Any:
    return json.loads((folder / "dataset_info.json").read_text("utf-8"))


def test_llama_factory_gets_alpaca_rows_of_single_answers(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), with_system(chat("b", "2"), "Be short."))
    result = export(run, "llama_factory")
    assert rows_in(result.folder / "data.jsonl") == [
        {"instruction": "a", "input": "", "output": "1", "system": ""},
        {"instruction": "b", "input": "", "output": "2", "system": "Be short."},
    ]
    columns = {"prompt": "instruction", "query": "input", "response": "output", "system": "system"}
    assert dataset_info(result.folder) == {
        "tiny": {"file_name": "data.jsonl", "formatting": "alpaca", "columns": columns}
    }


def test_llama_factory_gets_sharegpt_rows_of_conversations(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, chat("a", "1", "b", "2"), chat("c", "3")), "llama_factory")
    assert rows_in(result.folder / "data.jsonl") == [
        {
            "conversations": [
                {"from": "human", "value": "a"},
                {"from": "gpt", "value": "1"},
                {"from": "human", "value": "b"},
                {"from": "gpt", "value": "2"},
            ]
        },
        {"conversations": [{"from": "human", "value": "c"}, {"from": "gpt", "value": "3"}]},
    ]
    assert dataset_info(result.folder) == {
        "tiny": {
            "file_name": "data.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "conversations"},
            "tags": TAGS,
        }
    }


def test_llama_factory_gets_tools_as_text(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, tool_chat(), chat("b", "2")), "llama_factory")
    tools, plain = rows_in(result.folder / "data.jsonl")
    assert tools == {
        "conversations": [
            {"from": "human", "value": "a?"},
            {"from": "function_call", "value": '{"name": "sum", "arguments": {"a": 1}}'},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "1."},
        ],
        "tools": json.dumps([TOOL]),
    }
    assert plain["tools"] == ""
    assert dataset_info(result.folder)["tiny"]["columns"] == {
        "messages": "conversations",
        "tools": "tools",
    }


def test_llama_factory_gets_its_ranking_layout_of_pairs(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, pair("a", "good", "bad")), "llama_factory")
    assert rows_in(result.folder / "data.jsonl") == [
        {
            "conversations": [{"from": "human", "value": "a"}],
            "chosen": {"from": "gpt", "value": "good"},
            "rejected": {"from": "gpt", "value": "bad"},
        }
    ]
    assert dataset_info(result.folder) == {
        "tiny": {
            "file_name": "data.jsonl",
            "formatting": "sharegpt",
            "ranking": True,
            "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
            "tags": TAGS,
        }
    }


def test_llama_factory_gets_labels_of_judged_answers(tmp_path: Path) -> None:
    run = run_of(tmp_path, labelled("a", "1", label=True), labelled("b", "2", label=False))
    result = export(run, "llama_factory")
    rows = rows_in(result.folder / "data.jsonl")
    assert [row["label"] for row in rows] == [True, False]
    assert dataset_info(result.folder)["tiny"]["columns"] == {
        "messages": "conversations",
        "kto_tag": "label",
    }


def test_llama_factory_gets_one_data_set_a_split(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    shares = {"train": 80, "validation": 20}
    result = export(run, "llama_factory", splits=shares, **{"as": "parquet"})
    files = {name: said["file_name"] for name, said in dataset_info(result.folder).items()}
    assert files == {"tiny_train": "train.parquet", "tiny_validation": "validation.parquet"}
    card = (result.folder / "README.md").read_text()
    assert "dataset: tiny_train\neval_dataset: tiny_validation" in card


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (
            Record(messages=turns(("assistant", "a"), ("user", "b"))),
            "an assistant turn where human",
        ),
        (chat("a", "b", "c"), "no answer after the last question"),
        (Record(messages=turns(("user", "a"), ("user", "b"))), "do not alternate"),
        (Record(messages=turns(("system", "a"))), "no turns but a system turn"),
        (Record(messages=turns(("user", "a"), ("system", "b"))), "a later system turn"),
        (tool_chat(content="Let me see."), "both text and tool calls"),
        (tool_chat("a = 1"), "arguments of a tool call are not a JSON object"),
        (Record(messages=chat("a", "b").messages, tools="sum()"), "the tools are not JSON"),
        (pair("a", "good", "bad"), "a preference pair, while this data set"),
        (labelled("a", "b", label=False), "an answer labelled good or bad, while"),
    ],
)
def test_llama_factory_never_drops_without_a_word(tmp_path: Path, record: Record, why: str) -> None:
    others = (chat("q", "a", "r", "b"), tool_chat())
    assert why in reason(tmp_path, "llama_factory", *others, record)


def test_a_pair_of_longer_answers_is_left_out_of_the_ranking_layout(tmp_path: Path) -> None:
    longer = Record(messages=tool_chat().messages, rejected=turns(("assistant", "?")))
    assert "more than one turn" in reason(tmp_path, "llama_factory", pair("a", "b", "c"), longer)


def test_llama_factory_reads_no_hf_folders(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="say `as: jsonl` or `as: parquet`"):
        export(run_of(tmp_path, chat("a", "b")), "llama_factory", **{"as": "hf"})


def test_thinking_stays_before_the_tool_call_it_led_to(tmp_path: Path) -> None:
    record = tool_chat()
    record.messages[1]["reasoning"] = "Add."
    (row,) = exported(tmp_path, "llama_factory", record)
    call = '{"name": "sum", "arguments": {"a": 1}}'
    assert row["conversations"][1]["value"] == f"<think>\nAdd.\n</think>\n\n{call}"
