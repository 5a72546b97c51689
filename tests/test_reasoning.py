"""Reasoning drops thinking that cannot teach, flags what is odd, and judges nothing else."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest

from curator.filters.reasoning import Reasoning
from curator.formats import read_row
from curator.records import Record
from tests.conftest import chat, fired, frame

EASY = "Let me add the two numbers. Two and two make four."


def _row(answer: str, prompt: str = "What is 2 + 2?") -> Record:
    return read_row("alpaca", {"instruction": prompt, "output": answer})[0]


def _thought(reasoning: str, answer: str = "4", prompt: str = "What is 2 + 2?") -> Record:
    return _row(f"<think>\n{reasoning}\n</think>\n\n{answer}", prompt)


LOOP = "I should check the sum once more. " * 40
CHINESE = "用户想知道二加二等于多少,我先算一算,答案是四,这是正确的结果。"
FAULTS = {
    "unclosed": _row("<think>\nOkay, two and two make"),
    "no_answer": _row("<think>\nTwo and two make four.\n</think>"),
    "loop": _thought(LOOP),
    "sentence_run": _thought("Hmm, wait a moment. " * 22),
    "left_open": _row("<think>a</think>It is 4.\n<think>\nOr is it"),
    "empty": _row("<think>\n\n</think>\n\n4"),
    "script_switch": _thought(CHINESE),
    "latin_switch": _thought(EASY, answer="答案是四。", prompt="请问二加二等于多少?"),
    "contradiction": _thought("So it is \\boxed{5}.", answer="The result is \\boxed{4}."),
}
SOUND = {
    "thinks and answers": _thought(EASY),
    "thinks and calls a tool": Record(
        [
            {"role": "user", "content": "Add."},
            {
                "role": "assistant",
                "content": "",
                "reasoning": EASY,
                "tool_calls": [{"id": None, "name": "add", "arguments": "{}"}],
            },
        ]
    ),
    "thinks in one turn and answers in the next": Record(
        [
            {"role": "user", "content": "Add."},
            {"role": "assistant", "content": "", "reasoning": EASY},
            {"role": "assistant", "content": "4"},
        ]
    ),
    "thinks of a Chinese word that was asked for": _thought(
        "The user wants the word for hello. It is 你好, said nihao.", answer="你好 (nǐ hǎo)"
    ),
    "thinks in Chinese about a Chinese question, with formulas": _thought(
        "设 x = 2, 则 x + x = 4, 所以答案是四。", answer="答案是四。", prompt="请问 x + x 等于多少?"
    ),
    "thinks in Greek letters": _thought(
        "Let α and β be the angles, then α + β = π and γ = π - α - β.", answer="γ"
    ),
    "ends with the number of its thinking": _thought(
        "First \\boxed{5}, no: \\boxed{4}.", answer="\\boxed{4}"
    ),
    "ends with the number written otherwise": _thought(
        "\\boxed{1,200.0}", answer="The final answer is 1200."
    ),
    "counts to ten twice": _thought("one two three four five six seven eight nine ten. " * 3),
}


@pytest.mark.parametrize(("reason", "record"), FAULTS.items(), ids=FAULTS)
def test_names_the_fault(reason: str, record: Record) -> None:
    assert fired(Reasoning(), frame(record)) == [f"reasoning.{reason}"]


@pytest.mark.parametrize("record", SOUND.values(), ids=SOUND)
def test_sound_thinking_passes(record: Record) -> None:
    assert fired(Reasoning(), frame(record)) == [None]


def test_records_without_thinking_are_not_judged() -> None:
    scores = Reasoning().score(frame(chat("What is 2 + 2?", "4"), _thought(EASY)))
    assert scores["unclosed"].to_list() == [None, 0]
    assert all(value is None for value in scores.row(0))


def test_thinking_that_is_labelled_as_bad_is_not_judged() -> None:
    bad = Record(_row("<think>open").messages, label=False)
    assert fired(Reasoning(), frame(bad)) == [None]


def test_the_worst_turn_is_named() -> None:
    turns = [*_thought(EASY).messages, *_row("<think>\nHm").messages]
    scores = Reasoning().score(frame(Record(turns)))
    assert scores["unclosed_turn"].to_list() == [3]


def test_a_limit_of_tokens_is_off_until_it_is_set() -> None:
    assert fired(Reasoning(), frame(_thought("so " * 5 + EASY))) == [None]
    assert fired(Reasoning(max_tokens=5), frame(_thought(EASY))) == ["reasoning.too_long"]


def test_points_at_the_loop() -> None:
    spans = Reasoning().spans(f"First. {LOOP}")
    assert {span.reason for span in spans} == {"loop"}
    assert spans[0].start < 10
    assert Reasoning().spans(EASY) == []
