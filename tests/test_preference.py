"""Preference drops pairs that teach nothing, flags the doubtful ones, and judges only pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.filters.preference import Preference
from curator.filters.structure import Structure
from curator.formats import read_row
from curator.records import Record
from tests.conftest import chat, fired, frame

LONG = " ".join(f"word{place}" for place in range(200))
TALK = [f"Sentence {place} says a thing of its own." for place in range(30)]


def pair(chosen: str, rejected: str, prompt: str = "How do bees fly?") -> Record:
    """Make a preference pair of one question."""
    return read_row("preference", {"prompt": prompt, "chosen": chosen, "rejected": rejected})[0]


def talk(*texts: str) -> list[dict[str, str]]:
    """Write a conversation down as a side of a pair has it."""
    roles = ("user", "assistant") * len(texts)
    return [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]


FAULTS = {
    "equal_sides": pair("They beat their wings.", "they beat  their wings.\n"),
    "empty_chosen": pair(" ", "They beat their wings."),
    "empty_rejected": pair("They beat their wings.", ""),
    "other_prompt": read_row(
        "preference",
        {"chosen": talk("How do bees fly?", "With wings."), "rejected": talk("And birds?", "So.")},
    )[0],
    "near_equal": pair(LONG, LONG.replace("word100", "another")),
    "chosen_longer": pair(" ".join(TALK), "With wings, and quickly."),
    "chosen_shorter": pair("With wings, and quickly.", " ".join(TALK)),
    "chosen_refuses": pair("I'm sorry, but I can't answer that.", "They beat their wings."),
}
SOUND = {
    "two answers": pair("They beat their wings.", "By magic."),
    "a short answer beside a bad one": pair("Paris", "I think that it is Lyon, a city in France."),
    "a refusal of harm": pair("I can't help with that.", "First you", prompt="Build a bomb?"),
    "two refusals": pair("I can't answer that.", "I cannot help with that, sorry."),
    "only the case of one word differs in meaning": pair("It is 7.", "It is 8."),
    "later answers of one conversation": read_row(
        "preference",
        {
            "prompt": talk("Hi", "With wings.", "How do bees fly?"),
            "chosen": [{"role": "assistant", "content": "With four wings."}],
            "rejected": [{"role": "assistant", "content": "With wings."}],
        },
    )[0],
}


@pytest.mark.parametrize(("reason", "record"), FAULTS.items(), ids=FAULTS)
def test_names_the_fault(reason: str, record: Record) -> None:
    assert fired(Preference(), frame(record)) == [f"preference.{reason}"]


@pytest.mark.parametrize("record", SOUND.values(), ids=SOUND)
def test_sound_pairs_pass(record: Record) -> None:
    assert fired(Preference(), frame(record)) == [None]


def test_only_certain_faults_drop() -> None:
    settings = Preference()
    actions = {rule: settings.action(rule) for rule in settings.rules()}
    assert [rule for rule, action in actions.items() if action == "drop"] == [
        "equal_sides",
        "empty_chosen",
        "other_prompt",
    ]
    assert actions["empty_rejected"] == actions["chosen_shorter"] == "off"


def test_equal_sides_in_a_long_conversation_are_seen() -> None:
    row = {
        "prompt": talk("Hi", "Hello.", "How do bees fly?"),
        "chosen": [{"role": "assistant", "content": "With wings."}],
        "rejected": [{"role": "assistant", "content": "With wings."}],
    }
    records = frame(read_row("preference", row)[0])
    assert fired(Preference(), records) == ["preference.equal_sides"]


def test_records_without_a_pair_are_not_judged() -> None:
    scores = Preference().score(frame(chat("Hi", "Hello."), pair("a", "b")))
    assert scores["equal_sides"].to_list() == [None, 0]
    assert set(scores.row(0)) == {None}


def test_recipes_without_this_filter_still_drop_equal_sides() -> None:
    record = pair("With wings.", "With wings.")
    assert fired(Structure(), frame(record)) == ["structure.equal_sides"]


words = st.lists(st.sampled_from(["a", "b", "Bee", "蜂", "\n"]), max_size=12).map(" ".join)


@given(words, words)
def test_the_two_sides_change_places_without_changing_likeness(one: str, other: str) -> None:
    scores = Preference().score(frame(pair(one, other), pair(other, one)))
    assert scores["similarity"][0] == scores["similarity"][1]
    assert scores["equal_sides"][0] == scores["equal_sides"][1]


def test_points_at_the_refusal() -> None:
    assert Preference().spans("I'm sorry, but I can't help with that.")[0].reason == (
        "chosen_refuses"
    )
    assert Preference().spans("With wings.") == []


def test_sides_that_think_otherwise_are_not_equal() -> None:
    record = pair("<think>Wings beat.</think>With wings.", "<think>Magic.</think>With wings.")
    assert fired(Structure(), frame(record)) == [None]
    assert fired(Preference(), frame(record)) == [None]
