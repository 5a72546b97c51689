"""Conflict finds closed answers that differ, and leaves several right answers alone."""

from dataclasses import replace

import polars as pl
import pytest

from curator.filters.conflict import Conflict
from curator.records import Record
from tests.conftest import chat, fired, frame

Pair = tuple[str, str, str, str]


def flagged(*records: Record) -> list[bool]:
    return [reason is not None for reason in fired(Conflict(), frame(*records))]


@pytest.mark.parametrize(
    ("prompt", "other_prompt", "answer", "other_answer"),
    [
        ("What is the capital of Peru?", "what is capital of Peru", "Lima", "Cusco"),
        ("What's the capital of Peru?", "What is the capital of Peru?", "Lima.", "Cusco."),
        ("What is the capital of Peru?",) * 2 + ("The capital of Peru is Lima.", "Cusco"),
        ("Is the earth flat?", "is the earth  flat", "No, it is round.", "Yes. Like a plate."),
        ("What is 5 + 3?", "What is 5 + 3?", "5 + 3 = 8", "The answer is 9."),
        ("In what year did it end?",) * 2 + ("1945", "It ended in 1946."),
        ("Solve it.", "Please solve it.", "First a, then b.\n#### 12", "Only b.\n#### 1,500"),
        ("Solve it.", "Solve it.", r"So \boxed{3}", "We get 4, so the answer is 4."),
        ("Which one? (a) red (b) blue",) * 2 + ("(a) red", "b"),
        ("Is it positive or negative: fine!",) * 2 + ("Positive", "negative"),
        ("Who wrote it?", "Who wrote it?", "Ada Lund", "Carl Berg"),
        ("中国的首都是哪里?", "中国的首都是哪里", "北京", "上海"),
        ("La Terre est plate ?", "La Terre est plate ?", "Oui", "Non, elle est ronde."),
    ],
)
def test_two_answers_of_which_one_is_wrong(
    prompt: str, other_prompt: str, answer: str, other_answer: str
) -> None:
    assert flagged(chat(prompt, answer), chat(other_prompt, other_answer)) == [True, True]


@pytest.mark.parametrize(
    ("prompt", "other_prompt", "answer", "other_answer"),
    [
        ("Who wrote it?", "Who wrote it?", "Ada Lund", "ada lund."),
        ("Who wrote it?", "Who wrote it?", "Ada Lund", "Lund"),
        ("What is 5 + 3?", "What is 5 - 3?", "8", "2"),
        ("Who is older, Ann or Bo?", "Who is younger, Ann or Bo?", "Ann", "Bo"),
        ("Name a fruit.", "Name a fruit.", "Apple", "Pear"),
        ("Pick a number from 1 to 9.", "Pick a number from 1 to 9.", "7", "3"),
        ("Write a poem.", "Write a poem.", "Rain on the roof", "Snow on the hill"),
        ("Tell me a joke.", "Tell me a joke.", "No.", "A horse walks into a bar."),
        ("How heavy is it?", "How heavy is it?", "1 kg", "1000 g"),
        ("What is a good name for a cat?",) * 2 + ("Tom", "Luna"),
        ("Ask about the text.", "Ask about the text.", "Who left?", "Who stayed?"),
        ("", "", "Yes", "No"),
    ],
)
def test_answers_that_can_both_be_right(
    prompt: str, other_prompt: str, answer: str, other_answer: str
) -> None:
    assert flagged(chat(prompt, answer), chat(other_prompt, other_answer)) == [False, False]


def test_other_instructions_or_a_bad_answer_are_no_conflict() -> None:
    yes, no = chat("Is it true?", "Yes"), chat("Is it true?", "No")
    system = Record(messages=[{"role": "system", "content": "Lie."}, *no.messages])
    assert flagged(yes, system) == [False, False]
    assert flagged(replace(yes, label=True), replace(no, label=False)) == [False, False]
    assert flagged(replace(yes, label=False), replace(no, label=False)) == [False, False]
    assert flagged(yes, no) == [True, True]


def test_later_turns_are_part_of_the_question() -> None:
    one = chat("Hello.", "Hello.", "Is it 3?", "Yes")
    other = chat("Hello.", "Hello.", "Is it 4?", "Yes")
    assert flagged(one, other) == [False, False]


def test_labels_are_short_answers_to_many_prompts() -> None:
    many = [chat(f"Article {n}: {n}", "Sports" if n % 2 else "World") for n in range(60)]
    twice = [chat("Article x", "Sports"), chat("Article x", "World")]
    assert flagged(*many, *twice)[60:] == [True, True]
    assert flagged(*many[:10], *twice)[10:] == [False, False]


def test_counts_who_disagrees_and_names_the_commonest() -> None:
    records = frame(*(chat("What is 2 + 2?", text) for text in ("4", "4", "4", "5", "six", "5")))
    scores = Conflict().score(records)
    assert scores["conflicts"].to_list() == [2, 2, 2, 3, 0, 3]
    assert scores["other"][3] == records["id"].gather([0, 1, 2]).min()
    assert set(scores["other"].gather([0, 1, 2])) == {records["id"].gather([3, 5]).min()}
    assert scores["other"][4] == "none"


def test_a_question_with_many_different_answers_is_open() -> None:
    records = [chat("How many?", str(number)) for number in range(6)]
    assert not any(flagged(*records))
    assert all(flagged(*records[:5]))


def test_the_order_of_the_records_changes_nothing() -> None:
    records = frame(
        *(chat(f"Is {n % 4} even?", "Yes" if n % 3 else "No") for n in range(40)),
        *(chat(f"What is {n % 5}?", str(n % 7)) for n in range(40)),
    )
    turned = records.sample(fraction=1.0, shuffle=True, seed=3)
    both = [
        frame_.select("id").with_columns(Conflict().score(frame_)).sort("id")
        for frame_ in (records, turned)
    ]
    assert both[0].equals(both[1])
    assert both[0].filter(pl.col("conflicts") > 0).height > 20


def test_the_threshold_is_the_similarity_of_the_prompts() -> None:
    records = frame(chat("Is the cat in the box?", "Yes"), chat("Is cat in box?", "No"))
    scores = Conflict().score(records)
    assert scores["similarity"].to_list() == [0.8, 0.8]
    assert fired(Conflict(min_similarity=0.9), records) == [None, None]
    assert Conflict(min_similarity=0.9).key() == Conflict().key()
