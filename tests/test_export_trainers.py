"""The trainers' layouts are exactly what those trainers read."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.formats import SHAPES
from curator.records import Record, Turn
from tests.conftest import chat
from tests.test_export import export, pair, rows_in, run_of

TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
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


def test_a_turn_weighted_by_hand_is_left_out(tmp_path: Path) -> None:
    usual, odd = chat("a", "b"), chat("a", "c")
    usual.messages[0]["weight"], usual.messages[1]["weight"] = 0.0, 1.0
    odd.messages[1]["weight"] = 0.5
    for to in ("trl", "llama_factory"):
        assert "a loss weight of its own" in reason(tmp_path, to, usual, odd)


def test_a_pair_of_longer_answers_is_left_out_of_the_ranking_layout(tmp_path: Path) -> None:
    longer = Record(messages=tool_chat().messages, rejected=turns(("assistant", "?")))
    assert "more than one turn" in reason(tmp_path, "llama_factory", pair("a", "b", "c"), longer)


def test_llama_factory_reads_no_hf_folders(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="say `as: jsonl` or `as: parquet`"):
        export(run_of(tmp_path, chat("a", "b")), "llama_factory", **{"as": "hf"})


def test_thinking_goes_into_tags(tmp_path: Path) -> None:
    record = chat("a", "42")
    record.messages[1]["reasoning"] = "Hm.\n"
    said = "<think>\nHm.\n</think>\n\n42"
    (alpaca,) = exported(tmp_path, "llama_factory", record)
    assert alpaca["output"] == said
    (row,) = exported(tmp_path, "trl", record)
    assert row["messages"][1] == {"role": "assistant", "content": said}


def test_thinking_stays_before_the_tool_call_it_led_to(tmp_path: Path) -> None:
    record = tool_chat()
    record.messages[1]["reasoning"] = "Add."
    (row,) = exported(tmp_path, "llama_factory", record)
    call = '{"name": "sum", "arguments": {"a": 1}}'
    assert row["conversations"][1]["value"] == f"<think>\nAdd.\n</think>\n\n{call}"


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


def test_a_conversation_without_question_or_answer_is_left_out(tmp_path: Path) -> None:
    mute = Record(messages=turns(("assistant", "a")))
    assert "there is no user turn" in reason(tmp_path, "trl", chat("a", "b"), mute)
    assert "no answer after" in reason(tmp_path, "trl", chat("a", "b"), chat("a", "b", "c"))


def test_the_kind_that_most_records_are_of_is_written(tmp_path: Path) -> None:
    run = run_of(tmp_path, pair("a", "b", "c"), pair("d", "e", "f"), chat("g", "h"))
    result = export(run, "trl")
    assert (result.layout, result.counts, sum(result.left_out.values())) == (
        "preference",
        {"data": 2},
        1,
    )
