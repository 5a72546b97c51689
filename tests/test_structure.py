"""Structure tells what is wrong with the turns, each fault by its own name."""

import pytest

from curator.filters.structure import Structure
from curator.records import Record, Turn
from tests.conftest import chat, fired, frame

TOOLS = '[{"type": "function", "function": {"name": "add", "parameters": {}}}]'


def _call(name: str = "add", arguments: str = "{}", call_id: str | None = None) -> Turn:
    call = {"id": call_id, "name": name, "arguments": arguments}
    return {"role": "assistant", "content": "", "tool_calls": [call]}  # type: ignore[list-item]


def _tools(*turns: Turn, tools: str | None = TOOLS) -> Record:
    return Record(messages=[{"role": "user", "content": "Add 1 and 2."}, *turns], tools=tools)


RESULT: Turn = {"role": "tool", "content": "3"}
ANSWER: Turn = {"role": "assistant", "content": "It is 3."}

FAULTS = {
    "no_prompt": chat("Paris.", roles=["assistant"]),
    "no_answer": chat("Hello?", roles=["user"]),
    "open_end": chat("Hello?", "Hi.", "And?"),
    "starts_with_answer": chat("Hi.", "Hello?", "Yes?", roles=["assistant", "user", "assistant"]),
    "repeated_user": chat("One?", "Two?", "Three.", roles=["user", "user", "assistant"]),
    "repeated_assistant": chat("One?", "Two.", "Three.", roles=["user", "assistant", "assistant"]),
    "late_system": chat("Hi.", "Be kind.", "Yes.", roles=["user", "system", "assistant"]),
    "empty_user": chat("One?", "Two.", " \n", "Four."),
    "empty_result": _tools(_call(), {"role": "tool", "content": ""}, ANSWER),
    "nothing_trained": Record(
        messages=[
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two.", "weight": 0.0},
        ]
    ),
    "result_without_call": _tools(RESULT, ANSWER),
    "call_without_result": _tools(_call(), {"role": "user", "content": "Well?"}, ANSWER),
    "nameless_call": _tools(_call(name=" "), RESULT, ANSWER),
    "bad_arguments": _tools(_call(arguments='{"a": 1'), RESULT, ANSWER),
    "undefined_tool": _tools(_call(name="multiply"), RESULT, ANSWER),
    "unknown_call_id": _tools(
        _call(call_id="a"), {"role": "tool", "content": "3", "tool_call_id": "b"}, ANSWER
    ),
    "equal_sides": Record(
        messages=chat("Which?", "This.").messages,
        rejected=[{"role": "assistant", "content": "This. "}],
    ),
}


@pytest.mark.parametrize(("reason", "record"), FAULTS.items(), ids=FAULTS)
def test_names_the_fault(reason: str, record: Record) -> None:
    assert fired(Structure(), frame(record)) == [f"structure.{reason}"]


SOUND = {
    "one turn": chat("One?", "Two."),
    "a system turn first": chat("Be kind.", "One?", "Two.", roles=["system", "user", "assistant"]),
    "a call at the end": _tools(_call()),
    "a call and its result": _tools(_call(arguments=""), RESULT, ANSWER),
    "two results of one turn": _tools(_call(), RESULT, RESULT, ANSWER),
    "a call written out": _tools(
        {"role": "assistant", "content": '<tool_call>{"name": "add"}</tool_call>'}, RESULT, ANSWER
    ),
    "a tool that only the prompt defines": _tools(_call(name="Add"), RESULT, ANSWER, tools=None),
    "a call that is answered by a call": _tools(_call(), RESULT, _call(), RESULT, ANSWER),
}


@pytest.mark.parametrize("record", SOUND.values(), ids=SOUND)
def test_leaves_sound_conversations_alone(record: Record) -> None:
    assert fired(Structure(), frame(record)) == [None]


def test_drops_only_what_cannot_teach() -> None:
    dropping = {rule for rule in Structure().rules() if Structure().action(rule) == "drop"}
    assert dropping == {
        "no_prompt",
        "no_answer",
        "empty_user",
        "result_without_call",
        "nameless_call",
        "bad_arguments",
        "equal_sides",
    }


def test_a_record_without_turns_has_neither_prompt_nor_answer() -> None:
    scores = Structure().score(frame(Record(messages=[])))
    assert scores.select("prompts", "answers", "trailing_turns").rows() == [(0, 0, None)]
