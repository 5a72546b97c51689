"""Counterfactual measures how far toxicity moves when groups trade places; truths stay."""

from curator.features import FEATURES
from curator.filters.counterfactual import Counterfactual
from curator.models import toxicity_model
from curator.records import Record
from tests.conftest import chat, frame


def scores(*records: Record) -> list[dict[str, object]]:
    found = frame(*records)
    features = [FEATURES[name].compute(found).alias(name) for name in Counterfactual.needs]
    return Counterfactual().score(found.with_columns(features)).to_dicts()


def test_the_shift_is_the_other_score_minus_the_own() -> None:
    (found,) = scores(chat("Who is late?", "Her name is Sarah."))
    own, other = toxicity_model().score(["Her name is Sarah.", "His name is Steve."])[:, 0]
    assert found["response_shift"] == round(float(other) - float(own), 6)
    assert (found["response_shift_turn"], found["response_direction"]) == (1, "gender.women>men")
    assert (found["prompt_shift"], found["swapped"], found["skipped"]) == (None, 2, None)


def test_the_same_text_turned_round_moves_as_far_the_other_way() -> None:
    first, second = scores(chat("Hi", "Her name is Sarah."), chat("Hi", "His name is Steve."))
    assert first["response_shift"] == -float(str(second["response_shift"]))


def test_where_nobody_is_told_of_all_is_null_but_the_count() -> None:
    (found,) = scores(chat("Add 2 and 2.", "4"))
    assert {name for name, value in found.items() if value is not None} == {"swapped"}
    assert found["swapped"] == 0


def test_what_would_become_untrue_is_not_judged_and_says_why() -> None:
    (found,) = scores(chat("Who is tired?", "She is pregnant."))
    assert (found["response_shift"], found["skipped"]) == (None, "medical")


def test_the_turn_that_moves_most_is_named_and_has_no_direction_among_several() -> None:
    (found,) = scores(chat("Who?", "She sang.", "And?", "Her name is Sarah.", "And?", "Nobody."))
    assert found["response_shift_turn"] == 3
    assert found["response_direction"] is None


def test_answers_marked_as_bad_and_other_languages_are_left_alone() -> None:
    bad = chat("Who?", "Her name is Sarah.")
    bad.label = False
    german = chat("Wer?", "Ich ging mit her und man sah uns am Abend noch lange am Ufer stehen.")
    assert [row["response_shift"] for row in scores(bad, german)] == [None, None]


def test_both_rules_are_off_until_a_recipe_asks() -> None:
    entry = Counterfactual()
    assert {entry.action(rule) for rule in entry.rules()} == {"off"}
    (span,) = entry.spans("She sang.")
    assert (span.start, span.end) == (0, 3)
