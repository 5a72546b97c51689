"""What each further shape reads, writes and refuses; the common ones are tested elsewhere."""

import json
from typing import Any

import pytest

from curator.errors import CarryError, RowError, ShapeError
from curator.filters.structure import Structure
from curator.formats import SHAPES, choose_shape, detect, read_row, shape_of_columns, write_row
from curator.records import Origin, Record, frame_of
from tests.conftest import chat

TURN = {"role": "user", "content": "a"}
HH = "\n\nHuman: a\n\nAssistant: b"
SCORES = {"helpfulness": 4, "correctness": 3.5}
TREE: dict[str, Any] = {
    "text": "q",
    "role": "prompter",
    "replies": [
        {"text": "good", "role": "assistant", "rank": 0, "replies": [
            {"text": "more?", "role": "prompter", "replies": [
                {"text": "yes", "role": "assistant", "rank": 1},
                {"text": "sure", "role": "assistant", "rank": 0},
            ]},
            {"text": "unanswered", "role": "prompter", "replies": []},
        ]},
        {"text": "fair", "role": "assistant", "rank": 1, "replies": []},
        {"text": "gone", "role": "assistant", "rank": 2, "deleted": True, "replies": []},
        {"text": "refused", "role": "assistant", "rank": 3, "review_result": False},
    ],
}  # fmt: skip


def said(record: Record) -> list[str]:
    return [turn["content"] for turn in record.messages]


def usual(shape: str, record: Record) -> dict[str, Any]:
    return write_row(shape, record, origin_shape=None)


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ({"instruction": "a", "context": "", "response": "b", "category": "qa"}, "dolly"),
        ({"instruction": "a", "input": "", "output": "b", "category": "qa"}, "alpaca"),
        ({"instruction": "a", "response": "b", "task_category": "x", "difficulty": "y"}, "magpie"),
        ({"instruction": "a", "response": "b", "input_quality": "good"}, "magpie"),
        ({"instruction": "a", "response": "b", "difficulty": "hard"}, "alpaca"),
        ({"conversations": [{"from": "human", "value": "a"}], "instruct_reward": 1.0}, "magpie"),
        ({"conversations": [{"from": "human", "value": "a"}], "difficulty": 1}, "sharegpt"),
        ({"prompt": "a", "response": "b", **SCORES}, "helpsteer"),
        ({"prompt": "a", "response": "b", "complexity": 1}, "prompt_completion"),
        ({"prompt": "a", "completion": "b", **SCORES}, "prompt_completion"),
        ({"prompt": "a", "completion": "b", "template": "t"}, "prompt_completion"),
        ({"inputs": "a", "targets": "b"}, "flan"),
        ({"question": "a", "id": 1, "source": "s"}, "prompt_only"),
        ({"prompt": [TURN]}, "prompt_only"),
        ({"prompt": "a", "completion": ""}, "prompt_completion"),
        ({"prompt": "a", "solution": "b" * 61}, "prompt_completion"),
        ({"text": "Why is the sky blue?"}, "prompt_only"),
        ({"text": HH}, "transcript"),
        ({"text": "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb"}, "transcript"),
        ({"chosen": HH, "rejected": HH}, "preference"),
        ({"prompt": "a", "chosen": HH, "rejected": HH}, "preference"),
        ({"instruction": "a", "text": HH, "output": "b"}, "alpaca"),
        ({"data": ["a", "b"]}, "ultrachat"),
        ({"data": ["a", "b"], "messages": [TURN]}, "messages"),
        ({"conversation": [{"input": "a", "output": "b"}]}, "exchanges"),
        ({"conversation": [{"human": "a", "assistant": "b"}]}, "exchanges"),
        ({"conversation": [{"role": "user", "content": "b"}]}, "sharegpt"),
        ({"input": "x\n[|Human|] a\n[|AI|] b"}, "baize"),
        ({"instruction": "a", "instances": []}, "self_instruct"),
        ({"prompt": {"text": "a", "role": "prompter", "replies": []}}, "oasst"),
        ({"prompt": "a", "completion": [TURN], "label": True}, "kto"),
    ],
)
def test_the_shape_that_says_most_is_chosen(row: dict[str, Any], shape: str) -> None:
    assert choose_shape([row])[0] == shape


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Plain prose, and no question."},
        {"text": "Is this toxic?", "label": 1},
        {"text": "The Human: an essay. Assistant: a role."},
        {"data": []},
        {"data": [1, 2]},
    ],
)
def test_what_is_no_instruction_data_fits_no_shape(row: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match="no shape fits"):
        choose_shape([row])


def test_prompts_among_answered_rows_are_rows_without_an_answer() -> None:
    rows = [{"prompt": "a", "completion": "b"}, {"prompt": "a", "completion": "b"}, {"prompt": "a"}]
    assert choose_shape(rows)[0] == "prompt_completion"


def test_an_empty_conversation_among_exchanges_changes_nothing() -> None:
    row = {"conversation": [{"human": "a", "assistant": "b"}]}
    assert choose_shape([row, row, {"conversation": []}])[0] == "exchanges"


def test_single_messages_of_a_tree_say_which_file_to_read() -> None:
    row = {"message_id": "m", "parent_id": None, "text": "Why?", "role": "prompter", "rank": None}
    with pytest.raises(ShapeError, match=r"one message of a tree.*shape oasst"):
        choose_shape([row])


@pytest.mark.parametrize(
    ("row", "nearest"),
    [
        ({"instances": [], "noise": 1}, "self_instruct"),
        ({"inputs": "a"}, "flan"),
        ({"text": "a"}, "transcript"),
    ],
)
def test_a_misfit_names_the_shape_with_most_of_its_fields(
    row: dict[str, Any], nearest: str
) -> None:
    with pytest.raises(ShapeError, match=f"The nearest shape is {nearest}, which wants `"):
        choose_shape([row])


@pytest.mark.parametrize(
    ("shape", "row", "field"),
    [
        ("self_instruct", {"instances": []}, "instruction"),
        ("self_instruct", {"instruction": "a"}, "instances"),
        ("self_instruct", {"instruction": "a", "instances": ["b"]}, "instances[0]"),
        (
            "self_instruct",
            {"instruction": "a", "instances": [{"output": 1}]},
            "instances[0].output",
        ),
        ("ultrachat", {"data": "a"}, "data"),
        ("ultrachat", {"data": ["a", 1]}, "data[1]"),
        ("exchanges", {"conversation": "a"}, "conversation"),
        ("exchanges", {"conversation": ["a"]}, "conversation[0]"),
        ("exchanges", {"conversation": [{"human": 1, "gpt": "b"}]}, "conversation[0].human"),
        ("transcript", {"text": "no marks"}, "text"),
        ("transcript", {"text": 1}, "text"),
        ("baize", {"input": HH}, "input"),
        ("oasst", {"prompt": "a"}, "prompt"),
        ("oasst", {}, "prompt"),
        ("oasst", {"prompt": {"text": 1}}, "prompt.text"),
        ("oasst", {"prompt": {"text": "a", "role": "narrator"}}, "prompt.role"),
        ("oasst", {"prompt": {**TREE, "replies": [{"text": "a"}]}}, "prompt.replies[0].role"),
        ("oasst", {"prompt": {**TREE, "replies": "a"}}, "prompt.replies"),
        ("oasst", {"prompt": {**TREE, "deleted": True}}, "prompt"),
        ("oasst_pairs", {"prompt": {**TREE, "replies": []}}, "prompt"),
        ("dolly", {"response": "a"}, "instruction"),
        ("helpsteer", {"prompt": 1, "response": "a"}, "prompt"),
        ("prompt_only", {"id": 1}, "prompt"),
    ],
)
def test_what_cannot_be_read_names_the_field(shape: str, row: dict[str, Any], field: str) -> None:
    with pytest.raises(RowError) as caught:
        read_row(shape, row)
    assert caught.value.field == field


def test_every_path_of_a_tree_is_a_record() -> None:
    records = read_row("oasst", {"prompt": TREE})
    assert [said(record) for record in records] == [
        ["q", "good", "more?", "yes"],
        ["q", "good", "more?", "sure"],
        ["q", "fair"],
    ]
    assert records[2].messages[1]["extra"] == {"rank": 1}


def test_the_best_answer_is_chosen_over_each_that_was_ranked_worse() -> None:
    records = read_row("oasst_pairs", {"prompt": TREE})
    assert [
        (said(record), record.rejected and record.rejected[0]["content"]) for record in records
    ] == [
        (["q", "good"], "fair"),
        (["q", "good", "more?", "sure"], "yes"),
    ]


def test_a_tree_without_answers_is_a_prompt() -> None:
    (record,) = read_row("oasst", {"prompt": {**TREE, "replies": TREE["replies"][2:]}})
    assert said(record) == ["q"]
    assert (
        write_row("oasst", record, origin_shape="oasst")["prompt"]["replies"]
        == (TREE["replies"][2:])
    )


def test_the_marks_of_a_transcript_stay_as_they_were() -> None:
    text = "Be brief.\n\nHuman: a\n\nAssistant:\nb\n\nHuman:"
    (record,) = read_row("transcript", {"text": text})
    assert said(record) == ["Be brief.", "a", "\nb"]
    assert record.raw is None
    record.messages[2]["content"] = "\nmended"
    again = write_row("transcript", record, origin_shape="transcript")
    assert again["text"] == "Be brief.\n\nHuman: a\n\nAssistant:\nmended\n\nHuman:"
    record.messages[2]["content"] = "mended"
    again = write_row("transcript", record, origin_shape="transcript")
    assert again["text"] == "Be brief.\n\nHuman: a\n\nAssistant: mended"


def test_two_transcripts_are_a_pair_and_a_pair_is_two_transcripts() -> None:
    (record,) = read_row("preference", {"chosen": HH, "rejected": HH + "c"})
    assert (said(record), record.rejected) == (["a", "b"], [{"role": "assistant", "content": "bc"}])
    assert usual("preference", record)["prompt"] == [TURN]
    assert usual("transcript", record) == {"chosen": HH, "rejected": HH + "c"}


@pytest.mark.parametrize(
    ("shape", "record", "reason"),
    [
        ("transcript", chat("a", "b\n\nHuman: c"), "read as other turns"),
        ("baize", chat("a", "b\n[|AI|] c"), "read as other turns"),
        ("transcript", chat("### Human: a### Assistant: b"), "another kind of transcript"),
        ("ultrachat", chat("s", "a", roles=("system", "user")), "system turn"),
        ("self_instruct", chat("a", "b", "c", "d"), "more than one prompt"),
        ("prompt_only", chat("a", "b"), "has an answer"),
        ("oasst", chat("a", "b", "c"), "does not end with the assistant"),
        ("oasst_pairs", chat("a", "b"), "no rejected answer"),
        ("helpsteer", chat("a", "b", "c", "d"), "more than one prompt"),
        ("dolly", Record(chat("a", "b").messages, tools="[]x"), "it has tools"),
        ("flan", Record(chat("a", "b").messages, label=False), "not wanted"),
    ],
)
def test_what_a_shape_cannot_carry_is_refused(shape: str, record: Record, reason: str) -> None:
    with pytest.raises(CarryError, match=reason):
        usual(shape, record)


@pytest.mark.parametrize(
    ("shape", "row"),
    [
        ("dolly", {"instruction": "a", "context": "", "response": "b"}),
        ("self_instruct", {"instruction": "a", "instances": [{"input": "", "output": "b"}]}),
        ("transcript", {"text": HH}),
        ("ultrachat", {"data": ["a", "b"]}),
        ("exchanges", {"conversation": [{"input": "a", "output": "b"}]}),
        ("baize", {"input": "The conversation between human and AI assistant.\n[|Human|] a\n"
                            "[|AI|] b\n[|Human|] "}),
        ("magpie", {"instruction": "a", "input": "", "response": "b"}),
        ("helpsteer", {"prompt": "a", "response": "b"}),
        ("flan", {"inputs": "a", "targets": "b"}),
        ("oasst", {"prompt": {"text": "a", "role": "prompter", "replies": [
            {"text": "b", "role": "assistant", "replies": []}]}}),
    ],
)  # fmt: skip
def test_the_usual_form_of_one_exchange(shape: str, row: dict[str, Any]) -> None:
    assert usual(shape, chat("a", "b")) == row


def test_the_copy_beside_a_conversation_follows_it() -> None:
    turns = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]
    row = {"instruction": "a", "response": "other", "conversations": turns, "input_quality": "good"}
    (record,) = read_row("magpie", row)
    record.messages[0]["content"] = "mended"
    again = write_row("magpie", record, origin_shape="magpie")
    assert (again["instruction"], again["response"]) == ("mended", "other")


def test_copies_of_a_second_exchange_follow_it_too() -> None:
    texts = ["a", "b", "c", "d"]
    turns = [{"from": "gpt" if n % 2 else "human", "value": text} for n, text in enumerate(texts)]
    copies = {"input": "a", "output": "b", "instruction_2": "c", "response_2": "d"}
    row = {"gen_input_config": {"top_p": 1.0}, "conversations": turns, **copies}
    assert choose_shape([row])[0] == "magpie"
    (record,) = read_row("magpie", row)
    record.messages[3]["content"] = "mended"
    again = write_row("magpie", record, origin_shape="magpie")
    assert {name: again[name] for name in copies} == copies | {"response_2": "mended"}


def test_a_completion_that_is_the_whole_conversation_is_not_asked_twice() -> None:
    turns = [TURN, {"role": "assistant", "content": "b"}]
    row = {"prompt": "a", "completion": turns, "label": True, "rating": 5}
    (record,) = read_row("kto", row)
    assert (said(record), record.label, record.raw) == (["a", "b"], True, None)
    assert write_row("kto", record, origin_shape="kto") == row


def test_scores_stay_numbers_beside_the_record() -> None:
    (record,) = read_row("helpsteer", {"prompt": "a", "response": "b", **SCORES})
    assert record.extra == SCORES


def test_an_unknown_field_is_not_read_in_the_place_of_an_absent_one() -> None:
    (record,) = read_row("prompt_only", {"prompt": "a", "answer": "the reference"})
    assert usual("prompt_completion", record) == {"prompt": "a"}
    assert usual("messages", record)["answer"] == "the reference"


@pytest.mark.parametrize(
    ("shape", "columns", "row"),
    [
        ("dolly", {"prompt": "q", "response": "r", "input": "c"}, {"c": "x", "q": "a", "r": "b"}),
        ("transcript", {"transcript": "log"}, {"id": 1, "log": HH}),
        ("transcript", {"messages": "log"}, {"log": HH}),
        ("baize", {"transcript": "log"}, {"log": "[|Human|] a\n[|AI|] b"}),
        ("self_instruct", {"prompt": "do", "instances": "cases"},
         {"do": "a", "cases": [{"input": "", "output": "b"}]}),
        ("self_instruct", {"prompt": "do"},
         {"do": "a", "instances": [{"input": "", "output": "b"}, {"output": "c"}]}),
        ("ultrachat", {"messages": "talk"}, {"talk": ["a", "b"]}),
        ("exchanges", {"messages": "talk"}, {"talk": [{"user": "a", "assistant": "b"}]}),
        ("magpie", {"prompt": "q", "response": "r"}, {"q": "a", "r": "b"}),
        ("helpsteer", {"prompt": "q", "response": "r"}, {"q": "a", "r": "b", **SCORES}),
        ("flan", {"prompt": "q", "response": "r"}, {"q": "a", "r": "b", "task": "t"}),
        ("prompt_only", {"prompt": "q"}, {"q": "a", "response": "kept beside"}),
    ],
)  # fmt: skip
def test_mapped_columns_come_back(shape: str, columns: dict[str, str], row: dict[str, Any]) -> None:
    records = read_row(shape, row, columns)
    assert all(record.raw is None for record in records)
    assert said(records[0])[0].startswith("a")
    if len(records) == 1:
        again = write_row(shape, records[0], origin_shape=shape)
    else:
        again = SHAPES[shape].join(records)  # type: ignore[attr-defined]
    assert json.dumps(again) == json.dumps(row)


def test_a_mapping_of_instances_or_a_transcript_names_its_shape() -> None:
    assert shape_of_columns({"transcript": "log"}) == "transcript"
    assert shape_of_columns({"prompt": "do", "instances": "cases"}) == "self_instruct"


def test_no_answer_is_missing_where_none_was_promised() -> None:
    records = [chat("a"), chat("a"), chat()]
    origins = [
        Origin("c-0", "c", "s", 1, shape=shape) for shape in ("alpaca", "prompt_only", "oasst")
    ]
    answers = Structure().score(frame_of(records, origins))["answers"]
    assert answers.to_list() == [0, None, 0]


def test_the_ranking_lists_every_shape() -> None:
    assert {name for name, _ in detect([{"prompt": "a"}])} == set(SHAPES)


def test_fields_of_an_instance_stand_beside_its_record_and_go_back_into_it() -> None:
    instances = [{"input": "", "output": "b", "rating": 5, "id": 1}, {"input": "", "output": "c"}]
    row = {"id": 9, "instruction": "a", "instances": instances}
    records = read_row("self_instruct", row)
    assert [record.extra for record in records] == [{"id": 1, "rating": 5}, {"id": 9}]
    assert all(record.raw is None for record in records)
    assert SHAPES["self_instruct"].join(records) == row  # type: ignore[attr-defined]
