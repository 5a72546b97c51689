"""Semantic duplicates: the same in other words, and nothing that only looks alike."""

import json
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from curator.filters._guard_keys import numbers
from curator.filters._guard_words import lexicon, stem_of
from curator.filters._guarded import keeps_apart
from curator.filters.semantic_duplicate import SemanticDuplicate
from tests.conftest import ROOT, chat, frame

LABELS = ROOT / "benchmarks" / "labels" / "semantic.jsonl"
ALL = SemanticDuplicate().guards


def pairs(entry: SemanticDuplicate, *conversations: tuple[str, ...]) -> list[tuple[int, int]]:
    records = frame(*(chat(*turns) for turns in conversations))
    columns = [feature.compute(records) for feature in entry.features()]
    found = entry.pairs(records.with_columns(columns).lazy()).collect()
    assert (found["similarity"] >= entry.floor).all()
    return found.select("left", "right").rows()


BEES = "Bees find their way home by the sun and by landmarks that they remember."


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("How do bees find home?", BEES), ("Tell me how bees find home.", BEES), True),
        (("How do bees find home?", BEES), ("How do wasps find home?", BEES), False),
        (("How do bees find home?", BEES), ("How do bees find home?", "Nobody knows."), False),
        (("How do bees find home?", BEES), ("How do bees find home?", BEES), True),
        (("Is it true?", "Yes."), ("Is this true?", "No."), False),
        (("How far?", "It is 20 km."), ("How far?", "It is 30 km."), False),
        (
            ("How do bees find home?", f"{BEES} They leave on Monday."),
            ("Tell me how bees find home.", f"{BEES} They leave on Friday."),
            False,
        ),
        (("Rate it.", "★★★★★"), ("Rate it!", "★★★"), False),
        (("", ""), ("", ""), False),
        (("Say it.", ""), ("Say it", ""), True),
        (("+", "-"), ("-", "+"), False),
        (("Hi.", "Hello.", "Who?", BEES), ("Hi.", "Hello.", "When?", BEES), False),
    ],
)
def test_same_means_asked_and_answered_the_same(
    one: tuple[str, ...], other: tuple[str, ...], same: bool
) -> None:
    assert pairs(SemanticDuplicate(), one, other) == ([(0, 1)] if same else [])


@pytest.mark.parametrize(
    ("guard", "one", "other"),
    [
        ("numbers", "What is 15% of 80?", "What is 15% of 90?"),
        ("negation", "Which birds can fly?", "Which birds cannot fly?"),
        ("names", "What is the capital of France?", "What is the capital of Germany?"),
        ("contrasts", "Sort it in ascending order.", "Sort it in descending order."),
        ("identifiers", "What does os.path.join do?", "What does os.path.split do?"),
        ("direction", "Convert miles to km.", "Convert km to miles."),
        ("direction", "The dog chased the cat.", "A cat chased the dog."),
        ("direction", "Poe admired Dickens.", "Poe was admired by Dickens."),
        ("language", "How do I cook rice well at home?", "¿Cómo cocino bien el arroz en casa?"),
        ("content", "How do I bake bread?", "How do I store bread?"),
    ],
)
def test_each_guard_keeps_its_kind_apart_and_can_be_switched_off(
    guard: str, one: str, other: str
) -> None:
    assert keeps_apart(one, other, [guard])
    assert keeps_apart(other, one, [guard])
    assert not keeps_apart(one, other, [])
    assert not keeps_apart(one, one, ALL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 15% of 80?", "What is fifteen percent of 80?"),
        ("Compare cats and dogs.", "Compare dogs and cats."),
        ("How is gold different from lead?", "How is lead different from gold?"),
        ("In Python, how do I sort a list?", "How do I sort a list in Python?"),
        ("What are the advantages of tea?", "What are the benefits of tea?"),
        ("Analyse the data quickly.", "Please analyze the data quick."),
        ("Why do leaves fall?", "Can you tell me why leaves fall?"),
    ],
)
def test_guards_let_the_same_request_through(one: str, other: str) -> None:
    assert not keeps_apart(one, other, ALL)
    assert not keeps_apart(other, one, ALL)


def test_a_question_counts_although_its_words_are_in_the_passage() -> None:
    passage = "The Danube rises in the Black Forest and ends in the Black Sea after 2,850 km. " * 5
    one, other = f"{passage}Where does it rise?", f"{passage}Where does it end?"
    assert keeps_apart(one, other, ["content"])
    assert keeps_apart(f"Where does it rise? {passage}", other, ["content"])


def test_most_written_contrasts_stay_apart_and_most_paraphrases_do_not() -> None:
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in LABELS.read_text("utf-8").splitlines()
    ]
    apart = {(row["a"], row["b"]): keeps_apart(row["a"], row["b"], ALL) for row in rows}
    contrasts = [apart[row["a"], row["b"]] for row in rows if not row["same"]]
    paraphrases = [not apart[row["a"], row["b"]] for row in rows if row["same"]]
    assert len(contrasts) >= 240
    assert len(paraphrases) >= 80
    assert sum(contrasts) >= 0.99 * len(contrasts)
    assert sum(paraphrases) >= 0.8 * len(paraphrases)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("forty-two, Forty two and 42", "42 42 42"),
        ("1,000,000 people on the 3rd at 10:30", "1000000 3rd 10:30"),
        ("1. one\n2. two", "2"),
        ("3 + 4 is not 3 * 4; a third of $5", "3 + 4 3 * 4 3rd $ 5"),
        ("none", ""),
    ],
)
def test_numbers_are_read_in_one_spelling(text: str, said: str) -> None:
    assert pl.DataFrame({"text": [text]}).select(numbers()).item() == said


def test_forms_of_a_word_have_one_stem() -> None:
    for forms in (("bake", "baking", "baked", "bakes"), ("city", "cities"), ("colour", "color")):
        assert len(set(map(stem_of, forms))) == 1, forms
    assert stem_of("string") == "string"


def test_no_words_are_alike_and_apart_at_once() -> None:
    known = lexicon()
    assert known.are_apart("increas", "decreas")
    assert not known.are_alike("increas", "decreas")
    assert known.are_alike(stem_of("tips"), stem_of("advice"))


def test_the_order_of_records_does_not_matter() -> None:
    conversations = [("How do bees find home?", BEES), ("Tell me how bees find home.", BEES)]
    assert pairs(SemanticDuplicate(), *conversations) == [(0, 1)]
    assert pairs(SemanticDuplicate(), *reversed(conversations)) == [(0, 1)]


def test_a_threshold_below_the_floor_is_refused() -> None:
    with pytest.raises(ValidationError, match="below floor"):
        SemanticDuplicate(min_similarity=0.55)


def test_switching_a_guard_off_finds_more() -> None:
    one = ("What is 15% of 80?", "The answer follows from the rule of three.")
    other = ("What is 15% of 90?", "The answer follows from the rule of three.")
    without = tuple(guard for guard in ALL if guard != "numbers")
    assert pairs(SemanticDuplicate(), one, other) == []
    assert pairs(SemanticDuplicate(guards=without), one, other) == [(0, 1)]
