"""Toxicity judges each turn by itself, the answer apart from the prompt, English alone."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from curator.features import Language
from curator.filters.toxicity import Toxicity
from curator.records import Record
from tests.conftest import chat, frame

ABUSE = "You are a worthless piece of trash."
HARMLESS = "The committee met on Tuesday to discuss the budget of the library."
GERMAN = "Du bist ein wertloses Stück Dreck, und ich hoffe, dass du heute noch verschwindest."


def scores(*records: Record) -> pl.DataFrame:
    made = frame(*records)
    return Toxicity().score(made.with_columns(Language().compute(made)))


def fired(*records: Record) -> list[list[str]]:
    rows = scores(*records).select(**Toxicity().rules()).to_dicts()
    return [[name for name, fires in row.items() if fires] for row in rows]


def test_the_answer_and_the_prompt_are_judged_apart() -> None:
    assert fired(
        chat(HARMLESS, HARMLESS), chat(HARMLESS, ABUSE), chat(ABUSE, HARMLESS), chat(ABUSE, ABUSE)
    ) == [[], ["response"], ["prompt"], ["response", "prompt"]]


def test_a_toxic_answer_drops_and_a_toxic_prompt_flags() -> None:
    assert {rule: Toxicity().action(rule) for rule in Toxicity().rules()} == {
        "response": "drop",
        "prompt": "flag",
    }


def test_the_worst_turn_is_named() -> None:
    found = scores(chat("Hi", HARMLESS, "More", ABUSE, "Thanks", HARMLESS)).row(0, named=True)
    assert found["response_toxicity_turn"] == 3
    assert found["response_toxicity"] > 0.75 > found["prompt_toxicity"]


def test_another_language_is_not_judged() -> None:
    found = scores(chat("Hi", GERMAN), chat("Hi", "Ja.")).to_dicts()
    assert found[0]["response_toxicity"] is None
    assert found[0]["prompt_toxicity"] is not None
    assert found[1]["response_toxicity"] is not None


def test_what_people_do_not_say_is_not_judged() -> None:
    bad = chat("Hi", ABUSE)
    bad.label = False
    tool = chat(ABUSE, "Hi", ABUSE, roles=["system", "user", "tool"])
    found = scores(bad, tool)
    assert found["response_toxicity"].to_list() == [None, None]
    assert (found["prompt_toxicity"] < 0.75).all()


def test_scores_are_probabilities_and_do_not_depend_on_the_others() -> None:
    records = [chat("Hi", text) for text in (HARMLESS, ABUSE, "", HARMLESS * 300)]
    together = scores(*records)
    alone = pl.concat([scores(record) for record in records])
    assert together.equals(alone)
    assert together["response_toxicity"].is_between(0, 1).all()


def test_the_words_that_tell_are_pointed_at() -> None:
    text = f"{HARMLESS} {ABUSE} {HARMLESS}"
    found = {text[span.start : span.end] for span in Toxicity().spans(text)}
    assert found
    assert found <= set(ABUSE.rstrip(".").split())
    assert Toxicity().spans(HARMLESS) == []


@given(st.text(max_size=80))
def test_spans_stand_in_any_text(text: str) -> None:
    for span in Toxicity().spans(text):
        assert 0 <= span.start < span.end <= len(text)
