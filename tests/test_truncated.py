"""Truncated finds texts that break off, and knows what needs no full stop."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest

from curator.filters.truncated import Truncated
from tests.conftest import Reasons, chat, fired, frame, make_records

CUT = [
    "Cats sleep a lot. They hunt at night, when the mice come out of the",
    "The three reasons are that it is cheap, that it is near, and",
    "I bought apples, pears, plums, grapes, a melon and two lemons,",
    "音色：爵士乐中，不同的音色之间的结合是十分重要的，萨克斯、小号、",
]
WHOLE = [
    "Paris",
    "The Lord of the",
    "- apples, pears, plums, grapes and a melon\n- bread, butter, and cheese",
    "1. First comes one\n2. Then comes two and then comes three and then four",
    "See https://example.com/the",
    "x = [1, 2, 3,",
    "Dear Ms Smith, dear Mr Brown, dear all of you here,",
    "Sincerely,",
    "Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you",
    "| a | b |\n| c | d and e and f and g and h and i and",
    "dog lazy the over jumped fox brown quick The",
    "三原色是红、蓝、黄",
    "E = m c^2 and the",
    "So good to see you all at the party tonight! #happy #party #friends #music",
]


@pytest.mark.parametrize("text", CUT)
def test_drops_what_breaks_off(text: str, reasons: Reasons) -> None:
    assert reasons(Truncated(), text) == ["truncated.cut_off"]


@pytest.mark.parametrize("text", WHOLE)
def test_keeps_what_needs_no_full_stop(text: str, reasons: Reasons) -> None:
    assert reasons(Truncated(), text) == [None]


def test_prose_without_its_full_stop_is_flagged(reasons: Reasons) -> None:
    text = "It rains today. I will stay at home and read the book that you gave me"
    assert reasons(Truncated(), text, text + ".", text + "<|endoftext|>") == [
        "truncated.no_end",
        None,
        "truncated.no_end",
    ]
    assert Truncated().action("no_end") == "flag"


def test_an_open_code_fence_is_flagged(reasons: Reasons) -> None:
    found = reasons(Truncated(), "```\nprint(1)", "```\nprint(1)\n```")
    assert found == ["truncated.open_fence", None]


def test_an_open_bracket_is_flagged(reasons: Reasons) -> None:
    text = "It rained. We went to the zoo (the one near the"
    assert reasons(Truncated(min_cut_words=99), text, text + " river)") == [
        "truncated.open_bracket",
        None,
    ]


@pytest.mark.parametrize(
    "text", ['{"user": {"name": "Ada", "city": "Lon', '["a", "b"', "[{'a': 1}, {'a':"]
)
def test_data_that_never_closes_is_flagged(text: str, reasons: Reasons) -> None:
    assert reasons(Truncated(), text) == ["truncated.open_bracket"]


def test_what_only_begins_with_a_bracket_is_no_data(reasons: Reasons) -> None:
    whole = ['{"a": [1, 2]}', "[0, 1) is a half-open interval", "[Verse 1]\nLa la", "[] and {}"]
    assert reasons(Truncated(), *whole) == [None] * 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Do this:\n1. Fill in the form.\n2. Pay.\n3.", "truncated.open_list"),
        ("- bread\n- milk\n-", "truncated.open_list"),
        ("The main parts of a flower are the following:", "truncated.open_list"),
        ("花的主要部分如下：", "truncated.open_list"),
        ("They are the following: root and leaf", None),
        ("1. One\n2. Two\n3. Three", None),
        ("The answer is\n3.", None),
        ("See below", None),
    ],
)
def test_a_list_that_does_not_come_is_flagged(
    text: str, reason: str | None, reasons: Reasons
) -> None:
    assert reasons(Truncated(), text) == [reason]


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("Summarize the following text:", "truncated.prompt_open"),
        ("总结以下文章：", "truncated.prompt_open"),
        ("Summarize the following text:\nIt rains.", None),
        ("What is the following number? 7\nAnswer:", None),
        ("Please write me a long poem about the sea and the", "truncated.prompt_cut"),
        ("Write a poem", None),
    ],
)
def test_flags_prompts_that_break_off(prompt: str, reason: str | None) -> None:
    assert fired(Truncated(), make_records("Yes.", prompt=prompt)) == [reason]


def test_reports_the_turn_that_breaks_off() -> None:
    records = frame(chat("One?", "We all went down to the sea, and then the", "Two?", "Three."))
    scores = Truncated().score(records)
    assert scores.select("cut_words", "cut_words_turn").rows() == [(10, 1)]


def test_points_at_the_last_line() -> None:
    text = "It rains.\nWe went down to the sea and saw the"
    assert Truncated().spans(text) == [(10, len(text), "cut_off")]
    assert Truncated().spans("```\nx") == [(0, 5, "open_fence")]
    assert Truncated().spans("All is well.") == []
