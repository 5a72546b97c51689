"""Thinking is told from the answer however it is marked, and written back as it was found."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.export.turns import text_of
from curator.formats import is_same, read_row, write_row
from curator.formats.think import join_think, split_think
from curator.records import Record, Turn
from curator.repairs import REPAIRS, repair

SPLIT = {
    "<think>why</think>so": ("why", "so"),
    " <think>\nwhy\n</think>\n\nso\n": ("why", "so\n"),
    "<think>\n\n</think>\n\nso": ("", "so"),
    "<think>\nOkay, so": ("Okay, so", ""),
    "<think>why</think>": ("why", ""),
    "Okay, so 4.\n</think>\n\n4": ("Okay, so 4.", "4"),
    "Okay, so 4.</think>4": ("Okay, so 4.", "4"),
    "<THINK>why</THINK>so": ("why", "so"),
    "<thinking>why</thinking>so": ("why", "so"),
    "<thought>why</thought>so": ("why", "so"),
    "<reasoning>\nwhy\n</reasoning>\n<answer>so</answer>": ("why", "<answer>so</answer>"),
    "<thinking>a</thinking>\n<reflection>b</reflection>\nso": ("a\n\nb", "so"),
    "[THINK]why[/THINK]so": ("why", "so"),
    "◁think▷why◁/think▷so": ("why", "so"),
    "<|begin_of_thought|>\nwhy\n<|end_of_thought|>\n\n<|begin_of_solution|>\nso\n"
    "<|end_of_solution|>": ("why", "so"),
    "<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>so"
    "<|return|>": ("why", "so"),
    "<think>a</think>\n\nx\n\n<think>b</think>\n\ny": ("a\n\nb", "x\n\ny"),
    "<think>a</think> x <think>b</think> y": ("a\n\nb", "x\n\ny"),
    "Let me see.\n<think>\nwhy\n</think>\nso": ("why", "Let me see.\n\nso"),
    "<think>a</think>x\n<think>\nb": ("a\n\nb", "x"),
    "<think>a\n</think>\nb\n</think>\nso": ("a\n\nb", "so"),
    "<think>I write </think> when I am\ndone.\n</think>\nso": (
        "I write </think> when I am\ndone.",
        "so",
    ),
    "<think>The mark is `</think>`.</think>so": ("The mark is `</think>`.", "so"),
}
SPOKEN_OF = [
    "The `</think>` tag ends it.\nReally.",
    "Models close their thinking with </think> and then answer.",
    "a <think>b</think>",
    "<think> and </think> are tags.",
    "<think> is the tag that opens.",
    "<think>: opens the thinking.\n</think>: closes it.",
    'text = re.sub("<think>.*?</think>", "", text)',
    "text.split('</think>')[1]",
    "Use this format:\n<think>\nwhy\n</think>\nso",
    "```xml\n<think>why</think>\n```\n",
    "Here:\n```\nwhy\n</think>\nso\n```\n",
    "<reflection>All of it.</reflection>",
    "<thought>open",
    'Split at "</think>" to part them.',
    "</think>",
    "<thead><th>a</th></thead>",
    "1 < 2 and 3 > 2",
]


def turn_of(text: str) -> Turn:
    """Read one answer."""
    row = {"instruction": "q", "output": text}
    return read_row("alpaca", row)[0].messages[-1]


@pytest.mark.parametrize(("text", "expected"), SPLIT.items())
def test_thinking_is_split_off_and_comes_back(text: str, expected: tuple[str, str]) -> None:
    turn = turn_of(text)
    assert (turn["reasoning"], turn["content"]) == expected
    assert join_think(turn) == text


@pytest.mark.parametrize("text", SPOKEN_OF)
def test_tags_that_are_spoken_of_stay_in_the_answer(text: str) -> None:
    assert turn_of(text) == {"role": "assistant", "content": text}


marks = "<think> </think> <reasoning> </reasoning> </thinking> [THINK] <|begin_of_thought|>"
marks += " <|end_of_thought|> <|begin_of_solution|> ` ``` a so."
pieces = st.sampled_from([*marks.split(), "\n", " "])
tagged = st.lists(pieces, max_size=12).map("".join)


@given(tagged)
def test_any_mix_of_tags_comes_back_letter_for_letter(text: str) -> None:
    thought = split_think(text)
    if thought is not None:
        layout = {"think": json.loads(json.dumps(thought.marks))}
        turn: Turn = {
            "role": "assistant",
            "content": thought.content,
            "reasoning": thought.reasoning,
            "layout": layout,
        }
        assert join_think(turn) == text


@given(tagged, st.sampled_from(sorted(REPAIRS)))
def test_a_repaired_answer_reads_as_it_was_mended(text: str, name: str) -> None:
    row = {"messages": [{"role": "assistant", "content": text}]}
    mended, changes = repair(read_row("messages", row)[0], [name])
    again = write_row("messages", mended, origin_shape="messages", unchanged=not changes)
    if not changes:
        assert is_same(again, row)
    elif "reasoning" in mended.messages[0]:
        turn = read_row("messages", again)[0].messages[0]
        assert turn["content"] == mended.messages[0]["content"]
        assert turn["reasoning"] == mended.messages[0]["reasoning"]


def test_thinking_between_answers_keeps_its_places_through_a_repair() -> None:
    text = "<think>a \nb</think>\nx \ny\n<think>c</think>\nz"
    row = {"messages": [{"role": "assistant", "content": text}]}
    mended, _ = repair(read_row("messages", row)[0], ["whitespace"])
    again = write_row("messages", mended, origin_shape="messages")
    assert again["messages"][0]["content"] == "<think>a\nb</think>\nx\ny\n<think>c</think>\nz"


def test_thinking_whose_places_are_lost_goes_in_front() -> None:
    turn = turn_of("<think>a</think>\nx\n<think>b</think>\ny")
    turn["content"] = "x and y"
    assert join_think(turn) == "<think>\na\n\nb\n</think>\n\nx and y"


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning", "thinking", "analysis"])
def test_thinking_under_a_key_comes_back_under_it(key: str) -> None:
    row = {"messages": [{"role": "assistant", "content": "so", key: "why"}]}
    record = read_row("messages", row)[0]
    assert record.messages[0]["reasoning"] == "why"
    assert record.raw is None
    assert write_row("messages", record, origin_shape="messages") == row


def test_thinking_under_a_key_and_in_tags_is_read_once() -> None:
    said = {"role": "assistant", "content": "<think>why</think>so", "reasoning_content": "why"}
    record = read_row("messages", {"messages": [said]})[0]
    assert (record.messages[0]["reasoning"], record.messages[0]["content"]) == ("why", "so")
    again = write_row("messages", record, origin_shape="messages", unchanged=True)
    assert again == {"messages": [said]}


def test_content_parts_that_think_are_no_answer() -> None:
    parts = [{"type": "thinking", "thinking": "why"}, {"type": "text", "text": "so"}]
    row = {"messages": [{"role": "assistant", "content": parts}]}
    record = read_row("messages", row)[0]
    assert (record.messages[0]["reasoning"], record.messages[0]["content"]) == ("why", "so")
    assert write_row("messages", record, origin_shape="messages", unchanged=True) == row


def test_other_shapes_and_trainers_get_the_thinking_in_front() -> None:
    text = "<|begin_of_thought|>why<|end_of_thought|><|begin_of_solution|>so<|end_of_solution|>"
    record = Record([{"role": "user", "content": "q"}, turn_of(text)])
    row = write_row("sharegpt", record, origin_shape="alpaca")
    assert row["conversations"][1]["value"] == text
    assert text_of(record.messages[1]) == "<think>\nwhy\n</think>\n\nso"
    assert text_of(turn_of("<think>\n\n</think>\n\nso")) == "<think>\n\n</think>\n\nso"
    assert text_of(turn_of("<think>why")) == "<think>\nwhy"
