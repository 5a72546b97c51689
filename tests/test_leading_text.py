"""Leading text finds what many prompts or answers begin with, however long it is."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.dedup import shared_openings
from curator.filters.leading_text import LeadingText
from curator.profile import Look, start_recipe
from curator.profile.preambles import shared_preambles
from curator.recipe import load_recipe
from tests.conftest import chat, fired, frame

PREAMBLE = (
    "You are a clerk of the town archive. Quote the file, and never guess what is missing.\n\n"
)
WORDS = ("Where", "Who", "Why", "When", "Whose", "Which", "How", "What")


def asked(count: int, opening: str = PREAMBLE) -> list[str]:
    return [f"{opening}{WORDS[n % 8]} about the file {n * 7919}?" for n in range(count)]


def openings(texts: list[str], characters: int = 64, least: int = 20) -> list[tuple[int, int]]:
    found = shared_openings(pl.Series("text", texts, dtype=pl.String), characters, least)
    return [(records or 0, size or 0) for records, size in found.rows()]


def test_an_opening_ends_where_the_prompts_part() -> None:
    found = openings([*asked(40), "Something else entirely, and long enough to be looked at too."])
    assert found == [(40, len(PREAMBLE))] * 40 + [(0, 0)]


def test_the_opening_of_most_characters_in_all_is_taken() -> None:
    longer = PREAMBLE + "The reading room is closed, so send people to the annex. " * 4
    found = openings([*asked(60), *asked(40, longer)])
    assert found[0] == (100, len(PREAMBLE))
    assert found[-1] == (40, len(longer))
    little = PREAMBLE + "The room is shut. "
    assert set(openings([*asked(60), *asked(40, little)])) == {(100, len(PREAMBLE))}


def test_a_long_preamble_beyond_the_first_characters() -> None:
    long = " ".join(f"Rule {n}: keep line {n}." for n in range(400)) + " "
    assert set(openings(asked(30, long))) == {(30, len(long))}


def test_equal_prompts_are_duplicates_and_no_preamble() -> None:
    same = PREAMBLE + "Where is the file of the year 1921?"
    assert set(openings([same] * 50)) == {(0, 0)}
    assert openings([*asked(25), *asked(25)])[0] == (50, len(PREAMBLE))


def test_an_opening_is_cut_at_a_word_and_counts_code_points() -> None:
    opening = "Grüße aus dem Archiv, bitte nur mit Aktenzeichen antworten, danke schön für alles: "
    texts = [opening + f"wort{chr(97 + n)}" for n in range(26)]
    assert set(openings(texts)) == {(26, len(opening))}
    signs = "请根据以下材料回答问题。" * 6
    assert set(openings([signs + chr(0x4E00 + n) for n in range(25)])) == {(25, len(signs))}


def test_odd_texts_have_no_opening() -> None:
    assert openings([]) == []
    assert openings(["", "short"]) == [(0, 0)] * 2
    assert shared_openings(pl.Series("t", [None, "x"], dtype=pl.String), 8, 2).height == 2


@given(st.lists(st.text("-+ ", max_size=8), max_size=30))
def test_every_opening_is_shared_by_so_many(texts: list[str]) -> None:
    found = openings(texts, characters=2, least=2)
    for text, (records, size) in zip(texts, found, strict=True):
        if records:
            sharing = [other for other in texts if other.startswith(text[:size])]
            assert len(sharing) == records
            assert len(set(sharing)) >= 2
            assert size >= 2


def test_flags_prompts_and_answers_that_open_alike() -> None:
    prompts = [chat(text, f"File {n} is {n}.") for n, text in enumerate(asked(30))]
    others = [chat(f"{n * 31} is what?", f"Sure, happy to help with that! {n}") for n in range(30)]
    assert fired(LeadingText(), frame(*prompts, *others)) == (
        ["leading_text.prompt"] * 30 + ["leading_text.response"] * 30
    )
    assert set(fired(LeadingText(max_prompt_share=0.6), frame(*prompts))) == {"leading_text.prompt"}
    assert set(fired(LeadingText(max_response_share=0.6), frame(*others, *prompts))) == {
        "leading_text.prompt",
        None,
    }


def test_measures_the_share_of_all_records() -> None:
    scores = LeadingText().score(frame(*(chat(text, str(n)) for n, text in enumerate(asked(40)))))
    assert scores["prompt_share"].unique().to_list() == [1.0]
    assert scores["prompt_characters"].unique().to_list() == [len(PREAMBLE)]
    assert scores["response_share"].unique().to_list() == [0.0]


@pytest.mark.parametrize("count", [19, 20])
def test_init_sees_what_the_filter_sees(count: int) -> None:
    found = shared_preambles(asked(count))
    assert [(one.records, one.chars, one.words) for one in found] == (
        [(count, len(PREAMBLE), 17)] if count == 20 else []
    )


def test_init_proposes_what_suits_prompts_that_begin_alike(tmp_path: Path) -> None:
    rows = [{"instruction": text, "output": f"File {n}."} for n, text in enumerate(asked(60))]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    start_recipe(Look([str(tmp_path / "data.jsonl")]), tmp_path / "recipe.yaml")
    told = (tmp_path / "recipe.yaml").read_text("utf-8")
    assert "100% of the prompts share an opening (60 with 87 characters)" in told
    filters = {entry.label: entry for entry in load_recipe(tmp_path / "recipe.yaml").filters}
    assert filters["near_duplicate"].model_dump()["view"] == "pair"
    assert filters["near_duplicate"].model_dump()["min_similarity"] == 0.95
    assert filters["prompt_length"].model_dump()["min_words"] == 18
    assert "leading_text" in filters
