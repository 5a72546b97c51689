"""The verdict says what the trials show, in words that claim no more."""

import json
from dataclasses import replace

import numpy as np
import pytest

from curator.ablate.comparisons import compare, margin_of
from curator.ablate.facts import as_json
from curator.ablate.trial import (
    CURATED,
    DROPPED,
    LONGEST,
    RANDOM,
    RAW,
    Ablation,
    without,
)
from curator.ablate.verdict import Verdict, verdict_of
from tests.ablations import ablation

HELPED = ablation(
    {RAW: 0.0, RANDOM: 0.05, LONGEST: 0.03, CURATED: -0.13, DROPPED: 0.2},
    filters={"conflict": 0.08, "length": 0.0, "near_duplicate": -0.05},
    on_raw=0.06,
)


def said(verdict: Verdict, about: str) -> str:
    return next(one.text for one in verdict.said if one.about == about)


def claims(found: Ablation) -> dict[str, str]:
    return {one.about: one.claim for one in verdict_of(found).said}


def test_a_gain_is_told_with_its_interval_its_seeds_and_its_filter() -> None:
    verdict = verdict_of(HELPED)
    assert verdict.outcome == "helped"
    assert verdict.sentence == (
        "Curation helped: on the clean held-out set the loss fell by 0.129 nats per token "
        "(95%: 0.120 to 0.138; 5 seeds), at equal training tokens; most of it comes from "
        "`conflict`."
    )


def test_every_comparison_gets_its_claim() -> None:
    assert claims(HELPED) == {
        "CURATED against RAW": "helped",
        "CURATED against RANDOM@k": "helped",
        "CURATED against LONGEST@k": "helped",
        "RAW against DROPPED": "helped",
        "conflict": "helped",
        "length": "none",
        "near_duplicate": "hurt",
        "CURATED against RAW, raw": "hurt",
        "CURATED against RAW, other": "none",
    }


def test_sentences_of_filters_say_what_goes_without_them() -> None:
    verdict = verdict_of(HELPED)
    assert said(verdict, "conflict").startswith("`conflict` paid off: without it the loss is 0.0")
    assert said(verdict, "conflict").endswith(" higher. Records that only it drops: 120.")
    assert said(verdict, "length").startswith("`length`: no measurable effect, ")
    assert said(verdict, "near_duplicate").startswith("`near_duplicate` hurt: without it")
    assert "lower" in said(verdict, "near_duplicate")


def test_the_price_on_raw_data_is_told() -> None:
    assert "rose by 0.061" in said(verdict_of(HELPED), "CURATED against RAW, raw")
    assert "price" in said(verdict_of(HELPED), "CURATED against RAW, raw")


def test_a_price_on_another_kind_of_records_stands_in_the_sentence() -> None:
    verdict = verdict_of(ablation({RAW: 0.0, RANDOM: 0.0, CURATED: -0.1}, on_other=0.2))
    assert "; but on the held-out set of another kind it rose by 0." in verdict.sentence
    assert "another kind" not in verdict_of(HELPED).sentence


def test_without_an_effect_nothing_is_claimed() -> None:
    verdict = verdict_of(ablation({RAW: 0.0, RANDOM: 0.0, CURATED: 0.0}))
    assert verdict.outcome == "none"
    assert verdict.sentence.startswith("No measurable effect: on the clean held-out set")
    assert {one.claim for one in verdict.said} == {"none"}


def test_harm_is_told_as_plainly_as_help() -> None:
    verdict = verdict_of(ablation({RAW: 0.0, RANDOM: 0.0, CURATED: 0.1}))
    assert verdict.outcome == "hurt"
    assert verdict.sentence.startswith(
        "Curation hurt: on the clean held-out set the loss rose by 0.1"
    )


@pytest.mark.parametrize(
    ("random", "words"), [(-0.1, "as many random records do as well"), (-0.2, "do better, by ")]
)
def test_what_random_records_do_as_well_is_not_the_filters_doing(random: float, words: str) -> None:
    verdict = verdict_of(ablation({RAW: 0.0, RANDOM: random, CURATED: -0.1}))
    assert verdict.outcome == "no better than random"
    assert words in verdict.sentence


def test_of_one_seed_nothing_is_claimed() -> None:
    verdict = verdict_of(ablation({RAW: 0.0, CURATED: -0.3}, seeds=(1,)))
    assert verdict.outcome == "untold"
    assert verdict.sentence == (
        "Nothing can be claimed: one seed tells nothing of chance. From RAW to CURATED the loss "
        "fell by 0.297 nats per token."
    )


def test_without_a_seed_in_common_nothing_is_compared() -> None:
    found = ablation({RAW: 0.0, CURATED: -0.3}, seeds=(1, 2))
    kept = tuple(one for one in found.trials if (one.arm == RAW) == (one.seed == 1))
    verdict = verdict_of(replace(found, trials=kept))
    assert verdict.outcome == "untold"
    assert verdict.said == ()
    assert "2 of 4 planned trials are missing (RAW, CURATED)" in verdict.remarks[-1]


def test_a_difference_within_what_the_seed_does_is_not_claimed() -> None:
    found = ablation({RAW: 0.0, CURATED: -0.1})
    sure = compare(found).primary
    strict = compare(replace(found, planned=replace(found.planned, margin=50.0))).primary
    assert sure is not None
    assert strict is not None
    assert (sure.claim, strict.claim) == ("helped", "none")
    assert strict.difference.leaves_out_zero()
    assert strict.held_back == "no larger than what the seed alone does"


def test_the_margin_is_two_standard_deviations_of_raw() -> None:
    found = ablation({RAW: 0.0, CURATED: -0.1})
    means = [
        one.losses["clean"].nll.sum() / one.losses["clean"].tokens.sum()
        for one in found.trials_of(RAW)
    ]
    assert margin_of(found, "clean") == pytest.approx(2 * np.std(means, ddof=1))


def test_filters_are_judged_together() -> None:
    one = ablation({RAW: 0.0, CURATED: -0.1}, filters={"a": 0.01})
    many = ablation({RAW: 0.0, CURATED: -0.1}, filters={"a": 0.01} | dict.fromkeys("bcdefgh", 0.0))
    alone, among = (compare(found).filters[0] for found in (one, many))
    assert alone.difference.p == among.difference.p == alone.adjusted
    assert (among.adjusted or 0.0) > (alone.adjusted or 1.0)


def test_longer_answers_and_more_epochs_are_told() -> None:
    found = ablation({RAW: 0.0, CURATED: -0.1})
    arms = tuple(
        replace(one, mean_answer=27.0) if one.name == CURATED else one for one in found.arms
    )
    remarks = " ".join(verdict_of(replace(found, arms=arms)).remarks)
    assert "50% longer: 27.0 tokens on average instead of 18.0." in remarks
    assert "LONGEST@k, which would tell length from quality, was not run." in remarks
    assert "each kept record was seen 1.8 times, each record of RAW 0.9 times: part of" in remarks


def test_what_is_not_shown_is_said() -> None:
    limits = " ".join(verdict_of(HELPED).limits)
    assert "A model this small (338,000 parameters)" in limits
    large = replace(HELPED, parameters=8_000_000_000)
    assert "Another model may" in " ".join(verdict_of(large).limits)


def test_facts_are_json_and_the_same_each_time() -> None:
    facts = as_json(HELPED)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts == as_json(HELPED)
    first = facts["comparisons"][0]
    assert (first["arm"], first["other"], first["claim"]) == (CURATED, RAW, "helped")
    assert first["low"] < first["change"] < first["high"] < 0
    assert len(first["by_seed"]) == 5
    curated = next(one for one in facts["arms"] if one["name"] == CURATED)
    assert curated["losses"]["clean"]["mean"] == pytest.approx(0.345, abs=0.001)
    assert next(one for one in facts["arms"] if one["name"] == without("length"))["filter"] == (
        "length"
    )
