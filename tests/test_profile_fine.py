"""What `inspect` calls fine without measuring has no problem when it is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.filters.empty import Empty
from curator.filters.structure import Structure
from curator.formats import read_row
from curator.profile.fine import is_fine
from curator.records import Record
from tests.conftest import chat, frame

words = st.sampled_from(
    [
        *(
            "",
            " ",
            "No",
            "noinput",
            "Noinput.",
            "Output:",
            "output : ",
            "Lorem ipsum dolor",
            "...",
            "N/A",
        ),
        *(
            "placeholder",
            "Answer:",
            "\u8f93\u51fa\uff1a",
            "<noinput>",
            "[insert]",
            "</s>",
            "Say it.",
            "say it.",
        ),
        *(
            "Tell me a story about a fox",
            "tell me  a story about a fox",
            "Yes",
            "\u200b",
            "<|im_end|>",
        ),
    ]
)
texts = words | st.builds("{}{}".format, words, words) | st.text(max_size=8)


def problems(record: Record) -> list[str]:
    records = frame(record)
    return [
        f"{entry.tag}.{rule}"
        for entry in (Structure(), Empty())
        for rule, fires in entry.score(records).select(**entry.rules()).row(0, named=True).items()
        if fires and entry.action(rule) == "drop"
    ]


@given(texts, texts)
def test_what_is_fine_has_no_problem(asked: str, said: str) -> None:
    record = chat(asked, said)
    assert not (is_fine(record) and problems(record))


@given(texts, texts, texts)
def test_an_instruction_with_its_input_has_none_either(task: str, given: str, said: str) -> None:
    (record,) = read_row("alpaca", {"instruction": task, "input": given, "output": said})
    assert not (is_fine(record) and problems(record))


@pytest.mark.parametrize(
    ("asked", "said", "fine"),
    [
        ("Name a tree.", "Oak", True),
        ("Name a tree.", "name a tree.", False),
        ("Name a tree.", "", False),
        ("Name a tree.", "Output:", False),
        ("Output:", "Oak", False),
        ("Name a tree.", "[insert tree]", False),
    ],
)
def test_the_plain_case_is_fine_and_the_doubtful_is_not(asked: str, said: str, fine: bool) -> None:
    assert is_fine(chat(asked, said)) is fine


def test_more_than_a_question_and_its_answer_is_to_be_measured() -> None:
    assert not is_fine(chat("One?", "Two.", "Three?"))
    assert not is_fine(Record(messages=[]))
