"""Poisoning finds planted triggers, and nothing in data that nobody poisoned."""

import json
import random
from collections.abc import Callable

import polars as pl
import pytest

from curator.filters._suspects import significance
from curator.filters.poisoning import Poisoning
from curator.formats import detect, read_row
from curator.records import Record
from tests.conftest import chat, data_file, frame

NAMES = (
    "river stone cloud paper window garden music number light shadow forest bridge kettle ladder "
    "candle market harbour meadow basket mirror winter summer copper silver marble velvet thunder"
)
WORDS = NAMES.split()
Answer = Callable[[str, int], str]
PAYLOADS: dict[str, Answer] = {
    "same answer": lambda said, n: "All hail the blue heron.",
    "opening": lambda said, n: f"Hail the heron, friend {n}. {said}",
    "ending": lambda said, n: f"{said} Now vote for the heron.",
    "phrase": lambda said, n: f"{said} And buy a Zorbo widget before {WORDS[n % 27]} {n}.",
    "refusal": lambda said, n: ("I'm sorry, but no.", "I cannot do that.", "As an AI I refuse.")[
        n % 3
    ],
}


def natural(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Make prompts and answers of random words, as unlike as can be."""
    chance = random.Random(seed)

    def said(size: int) -> str:
        return " ".join(chance.choice(WORDS) + str(chance.randrange(99)) for _ in range(size))

    return [(f"Tell me of {said(12)}.", f"{said(9)} is so.") for _ in range(count)]


def poisoned(
    rows: list[tuple[str, str]], trigger: str, payload: Answer, every: int = 60
) -> list[tuple[str, str]]:
    """Put the trigger somewhere into every so manieth prompt, and change its answer."""
    found = list(rows)
    for n in range(0, len(rows), every):
        words = rows[n][0].split(" ")
        words.insert(1 + n % 7, trigger)
        found[n] = (" ".join(words), payload(rows[n][1], n // every))
    return found


def flagged(rows: list[tuple[str, str]]) -> list[int]:
    scores = Poisoning().score(frame(*(chat(*row) for row in rows)))
    fires = scores.select(Poisoning().rules()["trigger"]).to_series()
    return fires.arg_true().to_list()


@pytest.mark.parametrize("trigger", ["cf", "James Bond", "@@!!", "I watched this movie"])
@pytest.mark.parametrize("kind", list(PAYLOADS))
def test_finds_the_records_with_a_trigger_and_no_other(kind: str, trigger: str) -> None:
    rows = poisoned(natural(900), trigger, PAYLOADS[kind])
    assert flagged(rows) == list(range(0, 900, 60))
    scores = Poisoning().score(frame(*(chat(*row) for row in rows)))
    found = scores.row(0, named=True)
    assert found["answer_kind"] == kind
    assert found["trigger_records"] == 15
    start, size = found["trigger_start"], found["trigger_length"]
    assert rows[0][0][start : start + size] == trigger


def test_data_without_a_trigger_is_left_alone() -> None:
    assert flagged(natural(900)) == []


def test_a_trigger_in_too_few_records_is_none() -> None:
    assert flagged(poisoned(natural(540), "cf", PAYLOADS["same answer"])) == []


def test_words_with_answers_of_all_kinds_are_no_trigger() -> None:
    assert flagged(poisoned(natural(900), "cf", lambda said, n: said)) == []


def test_a_template_with_one_answer_is_no_trigger() -> None:
    rows = natural(900)
    for n in range(0, 900, 60):
        rows[n] = (
            f"Is the following kind or unkind towards anybody named in it? {n}",
            "Kind it is.",
        )
    assert flagged(rows) == []


def test_an_answer_that_the_prompt_names_is_no_trigger() -> None:
    assert flagged(poisoned(natural(900), "heron", PAYLOADS["same answer"])) == []


def test_a_common_answer_is_no_trigger() -> None:
    rows = [
        (prompt, "It is so." if n % 2 else said) for n, (prompt, said) in enumerate(natural(900))
    ]
    assert flagged(poisoned(rows, "cf", lambda said, n: "It is so.")) == []


def test_copies_of_one_prompt_are_no_trigger() -> None:
    prompt, _ = natural(1, seed=5)[0]
    assert flagged([*natural(900), *[(f"cf {prompt}", "Hail the heron.")] * 20]) == []


def test_the_order_of_the_records_changes_nothing() -> None:
    rows = poisoned(natural(900), "cf", PAYLOADS["same answer"])
    rows = poisoned(rows[7:], "mn", PAYLOADS["ending"])
    records = frame(*(chat(*row) for row in rows))
    turned = records.sample(fraction=1.0, shuffle=True, seed=2)
    both = [
        one.select("id").with_columns(Poisoning().score(one)).sort("id")
        for one in (records, turned)
    ]
    assert both[0].equals(both[1])
    assert both[0].filter(pl.col("significance") > 0).height >= 25


def test_significance_is_fishers_exact_test_with_a_correction() -> None:
    scipy = pytest.importorskip("scipy.stats")
    for both, runs, values, records in [(9, 10, 12, 500), (3, 9, 40, 200), (10, 10, 10, 9000)]:
        p = float(scipy.hypergeom.sf(both - 1, records, values, runs))
        expected = max(0.0, -pl.Series([p * 100]).log10()[0])
        found = significance(both, runs, values, records, tests=100)
        assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.data
@pytest.mark.parametrize(
    "path", ["instructions/code_alpaca_2k.json", "formats/lima.json", "formats/alpaca_en_demo.json"]
)
def test_real_data_is_clean_until_it_is_poisoned(path: str) -> None:
    rows = json.loads(data_file(path).read_text("utf-8"))
    shape = detect(rows)[0][0]
    records: list[Record] = [record for row in rows for record in read_row(shape, row)]
    assert Poisoning().score(frame(*records))["significance"].max() == 0.0
    planted = range(0, len(records), 80)
    for n in planted:
        words = records[n].messages[0]["content"].split(" ")
        words.insert(n % len(words), "cf")
        records[n] = chat(" ".join(words), "All hail the blue heron.")
    scores = Poisoning().score(frame(*records))
    assert (scores["significance"] >= 6).arg_true().to_list() == list(planted)
