"""A difference is as sure as its seeds and examples make it, and no surer."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ablation_statistics import WORLDS, Shape, any_of_many, claimed, naive
from curator.ablate.statistics import (
    Difference,
    Drawing,
    Paired,
    differences,
    effective,
    holm,
    paired,
    spread,
)
from curator.ablate.student import two_sided, within
from curator.ablate.trial import CURATED, RAW
from tests.ablations import ablation

DRAWING = Drawing(200, 7)


def one(pair: Paired) -> Difference:
    return differences([pair], DRAWING)[0]


@st.composite
def pairs(draw: st.DrawFn) -> Paired:
    chance = np.random.default_rng(draw(st.integers(0, 999)))
    size = draw(st.integers(2, 5)), draw(st.integers(2, 30))
    return Paired(chance.normal(0.3, 1, size), chance.integers(1, 50, size[1]))


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622)]
)
def test_quantiles_are_those_of_the_tables(freedom: int, t: float) -> None:
    assert two_sided(0.05, freedom) == pytest.approx(t, abs=1e-4)
    assert within(t, freedom) == pytest.approx(0.95, abs=1e-5)


@given(st.integers(1, 40), st.floats(1e-6, 0.9))
def test_a_quantile_is_exceeded_as_often_as_it_says(freedom: int, probability: float) -> None:
    assert 1 - within(two_sided(probability, freedom), freedom) == pytest.approx(
        probability, rel=1e-2
    )


@settings(deadline=None, max_examples=40)
@given(pairs())
def test_the_other_way_round_everything_is_mirrored(pair: Paired) -> None:
    there, back = one(pair), one(Paired(-pair.gaps, pair.tokens))
    assert back.change == pytest.approx(-there.change)
    assert (back.low, back.high) == (
        pytest.approx(-(there.high or 0.0)),
        pytest.approx(-(there.low or 0.0)),
    )
    assert back.p == pytest.approx(there.p, rel=1e-3)


def test_long_examples_count_as_fewer() -> None:
    assert effective(np.array([5, 5, 5, 5])) == pytest.approx(4)
    assert effective(np.array([100, 1, 1])) == pytest.approx(1.04, abs=0.01)


@settings(deadline=None, max_examples=40)
@given(pairs(), st.floats(-2, 2))
def test_what_is_added_to_every_token_moves_the_interval_and_nothing_else(
    pair: Paired, more: float
) -> None:
    there, moved = one(pair), one(Paired(pair.gaps + more * pair.tokens, pair.tokens))
    assert moved.change == pytest.approx(there.change + more, abs=1e-9)
    assert moved.low == pytest.approx((there.low or 0.0) + more, abs=1e-9)
    assert moved.high == pytest.approx((there.high or 0.0) + more, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(pairs())
def test_the_interval_leaves_out_zero_where_p_is_below_its_level(pair: Paired) -> None:
    found = one(pair)
    assert found.p is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.change <= found.high
    if abs(found.p - 0.05) > 1e-4:
        assert found.leaves_out_zero() == (found.p < 0.05)


@settings(deadline=None, max_examples=40)
@given(pairs())
def test_the_order_of_the_seeds_does_not_matter_to_the_change(pair: Paired) -> None:
    turned = one(Paired(pair.gaps[::-1], pair.tokens))
    assert turned.change == pytest.approx(one(pair).change)


def test_tokens_weigh_and_not_examples() -> None:
    found = one(Paired(np.array([[1.0, 10.0], [1.0, 10.0]]), np.array([1, 99])))
    assert found.change == pytest.approx(11 / 100)
    assert found.by_seed == pytest.approx((0.11, 0.11))


def test_errors_are_those_of_the_formulas_where_there_are_formulas() -> None:
    chance = np.random.default_rng(1)
    gaps = chance.normal(0, 1, (4, 400)) + chance.normal(0, 1, (4, 1))
    found = differences([Paired(gaps, np.full(400, 1))], Drawing(20_000, 0))[0]
    assert found.seeds_error == pytest.approx(gaps.mean(axis=1).std(ddof=1) / 2, rel=0.03)
    assert found.examples_error == pytest.approx(gaps.mean(axis=0).std(ddof=1) / 20, rel=0.03)
    half = math.hypot(
        two_sided(0.05, 3) * (found.seeds_error or 0.0),
        two_sided(0.05, 399) * (found.examples_error or 0.0),
    )
    assert (found.high or 0.0) - found.change == pytest.approx(half, rel=1e-4)


def test_the_same_losses_differ_by_nothing() -> None:
    found = one(Paired(np.zeros((3, 20)), np.full(20, 5)))
    assert (found.change, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert not found.leaves_out_zero()


def test_of_one_seed_or_one_example_nothing_is_sure() -> None:
    alone = one(Paired(np.ones((1, 20)), np.full(20, 5)))
    assert (alone.change, alone.seeds_error, alone.low, alone.p) == (0.2, None, None, None)
    single = one(Paired(np.ones((3, 1)), np.array([5])))
    assert (single.examples_error, single.low, single.p) == (None, None, None)
    assert not alone.leaves_out_zero()
    assert not single.leaves_out_zero()


def test_the_same_seed_draws_the_same() -> None:
    pair = Paired(np.random.default_rng(0).normal(size=(3, 50)), np.full(50, 3))
    assert differences([pair], DRAWING) == differences([pair], DRAWING)
    assert differences([pair], DRAWING) != differences([pair], Drawing(200, 8))
    assert differences([pair, pair], DRAWING)[1].p == pytest.approx(one(pair).p, rel=1e-3)
    assert differences([], DRAWING) == []


def test_arms_are_paired_by_the_seeds_that_both_have() -> None:
    raw = ablation({RAW: 0.0}, seeds=(1, 2, 3)).trials_of(RAW)
    curated = ablation({CURATED: -0.5}, seeds=(3, 2, 9)).trials_of(CURATED)
    found = paired(curated, raw, "clean")
    assert found is not None
    gaps = [curated[at].losses["clean"].nll - raw[at + 1].losses["clean"].nll for at in (0, 1)]
    assert (found.gaps == np.stack(gaps)).all()
    assert paired(curated, raw[:1], "clean") is None
    assert paired(curated, raw, "unheard of") is None


def test_holm_multiplies_the_smallest_most_and_never_turns_the_order_round() -> None:
    assert holm([0.01, 0.04, 0.03, None]) == pytest.approx([0.03, 0.06, 0.06, None])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_makes_nothing_surer_and_is_no_stricter_than_bonferroni(values: list[float]) -> None:
    for value, adjusted in zip(values, holm(list(values)), strict=True):
        assert adjusted is not None
        assert adjusted >= value
        assert adjusted <= 1
    if values:
        assert min(one or 0.0 for one in holm(list(values))) == pytest.approx(
            min(1.0, len(values) * min(values))
        )


def test_the_spread_of_one_seed_is_not_known() -> None:
    assert spread([0.5]) is None
    assert spread([1.0, 3.0]) == pytest.approx(2**0.5)


@pytest.mark.parametrize("seeds", [3, 5])
def test_where_there_is_no_effect_at_most_one_in_twenty_is_claimed(seeds: int) -> None:
    times, most = 200, 0.05
    chance = 2.6 * (most * (1 - most) / times) ** 0.5
    found = [claimed(world, Shape(seeds, 60, 100), 0.0, times) for world in WORLDS]
    assert max(missed for missed, _ in found) <= most + chance
    assert sum(false for _, false in found) / len(found) <= most / 2


def test_plain_percentiles_of_three_seeds_would_claim_far_too_much() -> None:
    assert naive(WORLDS[0], Shape(3, 60, 100), 300) > 0.15


def test_a_large_effect_is_found_with_three_seeds() -> None:
    assert claimed(WORLDS[3], Shape(3, 150, 100), -0.15, 100)[1] > 0.9


def test_of_twelve_idle_filters_few_show_only_after_holm() -> None:
    alone, adjusted = any_of_many(WORLDS[0], Shape(5, 60, 100), 12, 60)
    assert alone > 0.2
    assert adjusted <= 0.07
