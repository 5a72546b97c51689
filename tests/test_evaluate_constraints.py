"""Constraints are checked by counting: what follows them passes, what nearly does fails."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import InputError
from curator.tune.evaluate.constraints import (
    CHECKS,
    NEEDS,
    count_sentences,
    count_words,
    follows,
    wrong_in,
)
from curator.tune.evaluate.prompts import bundled_prompts, read_prompts

ASKED: dict[str, dict[str, Any]] = {
    "least_words": {"n": 3},
    "most_words": {"n": 3},
    "exact_words": {"n": 3},
    "bullets": {"n": 2},
    "keywords": {"words": ["river", "old mill"]},
    "forbidden": {"words": ["river", "cold"]},
    "ends_with": {"phrase": "That is all."},
    "paragraphs": {"n": 2},
    "placeholders": {"n": 2},
    "repeats_first": {"request": "What is the capital of Japan?"},
    "sentences": {"n": 2},
    "choice": {"choices": ["yes", "no"]},
}
FOLLOWED = {
    "no_comma": ["No pause here. None at all; none.", "1.000 trees – and más"],
    "json": ['{"a": [1, 2]}', "[1, 2]", '```json\n{"name": "Zoë"}\n```', ' [{"x": null}]\n'],
    "least_words": ["one two three", "well-known words – everywhere – here", "ein süßes Ä"],
    "most_words": ["one two three", "Two – words", "one"],
    "exact_words": ["one two three", "one – two – three", "naïve café 3"],
    "bullets": ["- a\n- b", "Two things:\n* **a**\n* b\n\nDone.", "• é\n  - b"],
    "keywords": ["The OLD\nmill by the River.", "river, old mill!"],
    "forbidden": ["Rivers are colder.", "A stream", "kalt, riverbank"],
    "title": ["<<A Title>>\nText", "Text <<été>> text"],
    "ends_with": ["Bees. That is all.", 'Bees. "that  is ALL."', "That is all.\n"],
    "lower_case": ["all of it is lower, 2 of it", "straße ñandú"],
    "upper_case": ["ALL OF IT IS UPPER, 2 OF IT", "ÜBER ALLES?"],
    "paragraphs": ["One.\n***\nTwo.", "One,\n\nstill one.\n  *** \nTwo."],
    "placeholders": ["Dear [name], on [date].", "[a][b][c]", "[prénom] [nom]"],
    "postscript": ["Dear Anna\n\nP.S. Bring cake.", "Hi\np. s.: one more thing"],
    "two_answers": ["One way.\n******\nAnother way.", "a\n\n ****** \n\nb"],
    "quoted": ['"All of it."', '"He said "no" to it."', "„Guten Tag“", "«Bonsoir»"],
    "repeats_first": [
        "What is the capital of Japan? Tokyo.",
        "what is the CAPITAL of japan?\n\nTokyo",
    ],
    "sentences": ["One is here. Two is there!", "He paid 3.50, e.g. at noon. Really?", "一。二。"],
    "choice": ["yes", "No.", " YES \n"],
}
NEARLY = {
    "no_comma": ["One, two.", "一，二", "أ، ب", "一、二"],
    "json": ['{"a": 1,}', 'Here it is: {"a": 1}', '"text"', "3", "{'a': 1}", '```\n{"a": 1}'],
    "least_words": ["one two", "one – two –", "one-two three"],
    "most_words": ["one two three four", "a b c d e"],
    "exact_words": ["one two", "one two three four", "one two three 4"],
    "bullets": ["- a", "- a\n- b\n- c", "-a\n-b", "1. a\n2. b", "**a**\n**b**", "- a\n* * *"],
    "keywords": ["The old mill.", "Rivers and an old mill", "river old windmill"],
    "forbidden": ["A RIVER.", "It is cold", "the river's edge"],
    "title": ["<A Title>", "<< >>", "<<A\nTitle>>", "«Title»"],
    "ends_with": ["That is all. Or not.", "That is al.", "That is all", "all."],
    "lower_case": ["all But one", "2 3 4", "É"],
    "upper_case": ["ALL BUt ONE", "2 3 4", "ß"],
    "paragraphs": ["One.\n\nTwo.", "One. *** Two.", "One.\n***\n", "One.\n***\nTwo.\n***\nThree."],
    "placeholders": ["Dear [name].", "[] [ ]", "[a](http://b) [c](d)", "(name) (date)"],
    "postscript": ["P.S. Only this.", "Dear Anna, P.S. cake", "Dear\nP.S.", "Dear\nPS Bring cake."],
    "two_answers": ["a\n***\nb", "a\n******\n", "a\n******\nA ", "a\n******\nb\n******\nc"],
    "quoted": ['"Open', 'He said "no"', "'single'", '""', '" "', '“mixed"', '"'],
    "repeats_first": [
        "Tokyo.",
        "What is the capital of Japan?",
        "What is the capital of China? Beijing",
    ],
    "sentences": ["Only one e.g. here.", "One. Two. Three.", "No end"],
    "choice": ["yes, it is", "maybe", "yes no", "yes!"],
}
LOOSELY = {
    "no_comma": "Sure, here it is:\nNo pause here.",
    "json": 'Here you are:\n{"a": 1}',
    "exact_words": "Of course:\none two three\nI hope that this helps you",
    "choice": "**Yes**",
    "ends_with": "Bees. That is all.\nAnything else I can do?",
    "upper_case": "Sure!\nALL OF IT",
    "quoted": 'My answer:\n"All of it."',
    "paragraphs": "One.\n***\nTwo.\n***",
}


def asked(kind: str) -> dict[str, Any]:
    return {"type": kind, **ASKED.get(kind, {})}


@pytest.mark.parametrize("kind", CHECKS)
def test_what_follows_a_constraint_passes_both_readings(kind: str) -> None:
    for answer in FOLLOWED[kind]:
        assert follows(answer, asked(kind)), answer
        assert follows(answer, asked(kind), loose=True), answer


@pytest.mark.parametrize("kind", CHECKS)
def test_what_nearly_follows_a_constraint_fails(kind: str) -> None:
    for answer in NEARLY[kind]:
        assert not follows(answer, asked(kind)), answer


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("answer", ["", "  \n\t ", "...", "…\n—", "***"])
def test_an_answer_that_says_nothing_follows_nothing(kind: str, answer: str) -> None:
    assert not follows(answer, asked(kind))
    assert not follows(answer, asked(kind), loose=True)


@pytest.mark.parametrize("kind", LOOSELY)
def test_a_preface_is_forgiven_in_the_loose_reading_only(kind: str) -> None:
    assert not follows(LOOSELY[kind], asked(kind))
    assert follows(LOOSELY[kind], asked(kind), loose=True)


def test_a_loose_reading_of_nothing_but_a_preface_is_none() -> None:
    assert not follows("One, two.", asked("no_comma"), loose=True)


@given(answer=st.text(max_size=60), kind=st.sampled_from(sorted(CHECKS)))
def test_the_loose_reading_forgives_and_never_demands(answer: str, kind: str) -> None:
    if follows(answer, asked(kind)):
        assert follows(answer, asked(kind), loose=True)


@given(words=st.lists(st.from_regex(r"[a-zé0-9]{1,6}", fullmatch=True), max_size=30))
def test_words_are_counted_between_spaces(words: list[str]) -> None:
    assert count_words("  ".join(words) + " – !") == len(words)


def test_sentences_end_with_marks_that_a_space_follows() -> None:
    assert count_sentences("Dr. Ito met Mr. Ray at 5.30. They ate (it was good.)") == 2
    assert count_sentences("Really?! Yes... No.") == 3
    assert count_sentences("你好！今天好吗？") == 2


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("no_comma", "has a `type`"),
        ({"type": "commas"}, "has a `type`, one of no_comma"),
        ({"type": "bullets"}, "needs `n`, of type int"),
        ({"type": "bullets", "n": True}, "needs `n`"),
        ({"type": "keywords", "words": "one"}, "needs `words`, of type list"),
    ],
)
def test_a_constraint_that_cannot_be_checked_is_explained(constraint: object, wrong: str) -> None:
    assert wrong in wrong_in(constraint)


def test_our_prompts_ask_for_what_is_checked() -> None:
    prompts = bundled_prompts("instructions")
    kinds = Counter(one["type"] for prompt in prompts for one in prompt.constraints)
    assert set(kinds) == set(CHECKS)
    assert min(kinds.values()) >= 8
    assert sum(len(prompt.constraints) == 2 for prompt in prompts) == 16
    for prompt in prompts:
        for one in prompt.constraints:
            assert not wrong_in(one), prompt.id
            named = one.get(NEEDS.get(one["type"], ("", str))[0])
            told = named if isinstance(named, list) else [named] if isinstance(named, str) else []
            if one["type"] != "choice":
                assert all(word.casefold() in prompt.text.casefold() for word in told), prompt.id
            if one["type"] not in {"bullets", "sentences"} and isinstance(named, int):
                said = re.findall(r"\d+|\btwo\b|\bthree\b|\bfive\b", prompt.text)
                numbers = {"two": 2, "three": 3, "five": 5}
                assert named in {numbers.get(word) or int(word) for word in said}, prompt.id


def test_all_our_prompts_have_their_own_id_and_words() -> None:
    for part, size in (("instructions", 176), ("neutral", 64), ("groups", 64)):
        prompts = bundled_prompts(part)  # type: ignore[arg-type]
        assert len({one.id for one in prompts}) == len({one.text for one in prompts}) == size
        assert len(bundled_prompts(part, 1)) == len(
            {one.kind.partition("+")[1] or one.kind for one in prompts}
        )  # type: ignore[arg-type]


def test_prompts_of_your_own_are_lines_or_objects(tmp_path: Path) -> None:
    plain, objects = tmp_path / "a.txt", tmp_path / "b.jsonl"
    plain.write_text("One thing?\n\nAnother, 要？\n", "utf-8")
    objects.write_text('{"id": "x", "prompt": "Say it.", "constraints": [{"type": "quoted"}]}\n')
    assert [(one.id, one.text) for one in read_prompts(plain)] == [
        ("1", "One thing?"),
        ("3", "Another, 要？"),
    ]
    (one,) = read_prompts(objects)
    assert (one.part, one.id, one.kind) == ("own", "x", "quoted")


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("a.txt", "\n \n", "a.txt has no prompt"),
        ("a.jsonl", "{", "a.jsonl:1: that is no JSON"),
        ("a.jsonl", '{"text": "x"}', 'a.jsonl:1: a prompt is an object with the text "prompt"'),
        ("a.jsonl", '{"prompt": "x", "constraints": {}}', '"constraints" is a list'),
        ("a.jsonl", '{"prompt": "x", "constraints": [{"type": "y"}]}', "a.jsonl:1: a constraint"),
        ("a.jsonl", '{"id": 1, "prompt": "x"}\n{"id": 1, "prompt": "y"}', "has the id '1' twice"),
    ],
)
def test_a_file_that_holds_no_prompts_is_explained(
    tmp_path: Path, name: str, text: str, wrong: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=re.escape(wrong)):
        read_prompts(tmp_path / name)


def test_a_file_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as prompts"):
        read_prompts(tmp_path / "none.txt")
