"""Figures have intervals that hold what they say, and claims are made of what these allow."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from curator.tune.evaluate.intervals import (
    Interval,
    mcnemar,
    mean_a_token,
    paired_share,
)
from curator.tune.evaluate.judge import Judged
from curator.tune.evaluate.length_control import Wins
from curator.tune.evaluate.losses import FEW, LOSSES, loss_changes, loss_table
from curator.tune.evaluate.marks import MARKS, changes_of, shares_of
from curator.tune.evaluate.verdict import Claim, claims_of, description, sentence

Record = tuple[str, str, float, int]


def losses(records: Sequence[Record]) -> pl.DataFrame:
    return pl.DataFrame(records, LOSSES, orient="row")


def some_losses(size: int, seed: int, mean: float, group: str = "code") -> pl.DataFrame:
    chance = np.random.default_rng(seed)
    tokens = chance.integers(5, 60, size)
    nll = tokens * chance.normal(mean, 0.3, size)
    rows = zip(map(str, range(size)), [group] * size, nll.tolist(), tokens.tolist(), strict=True)
    return losses(list(rows))


def test_a_loss_weighs_records_by_their_tokens() -> None:
    table = loss_table(losses([("a", "code", 10.0, 10), ("b", "chat", 6.0, 2)]), 0)
    rows = table.select("group", "records", "tokens", "loss", "few").rows()
    assert rows == [
        ("all", 2, 12, pytest.approx(16 / 12), True),
        ("chat", 1, 2, 3.0, True),
        ("code", 1, 10, 1.0, True),
    ]
    assert table["low"].to_list()[1:] == [None, None]


def test_the_interval_of_a_loss_is_that_of_the_ratio_estimate() -> None:
    found = some_losses(400, 1, 2.0)
    nll, tokens = found["nll"].to_numpy(), found["tokens"].to_numpy()
    mean = nll.sum() / tokens.sum()
    error = math.sqrt(((nll - mean * tokens) ** 2).sum()) / tokens.sum()
    low, high = mean_a_token(nll, tokens, 0)
    assert low == pytest.approx(mean - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(mean + 1.96 * error, abs=0.15 * error)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(200):
        found = some_losses(60, seed, 2.0)
        low, high = mean_a_token(found["nll"].to_numpy(), found["tokens"].to_numpy(), 0)
        inside += low is not None and high is not None and low <= 2.0 <= high
    assert 0.90 <= inside / 200 <= 0.99


def test_the_same_seed_draws_the_same_interval() -> None:
    found = some_losses(30, 3, 2.0)
    assert loss_table(found, 7).equals(loss_table(found, 7))
    assert not loss_table(found, 7).equals(loss_table(found, 8))


def test_a_paired_change_is_surer_than_two_intervals() -> None:
    before = some_losses(100, 4, 2.0)
    after = before.with_columns(pl.col("nll") - 0.1 * pl.col("tokens"))
    (whole, *_) = loss_changes(before, after, 0).to_dicts()  # type: ignore[union-attr]
    assert whole["change"] == pytest.approx(-0.1)
    assert whole["high"] - whole["low"] < 0.01
    assert whole["certain"]
    both = [loss_table(frame, 0)[0] for frame in (before, after)]
    assert both[0]["low"].item() < both[1]["high"].item()  # unpaired, they would overlap


def test_no_change_is_claimed_of_noise_or_of_few_records() -> None:
    before = some_losses(100, 5, 2.0)
    noise = np.random.default_rng(6).normal(0, 3, 100)
    (whole, *_) = loss_changes(before, before.with_columns(nll=before["nll"] + noise), 0).to_dicts()  # type: ignore[union-attr]
    assert not whole["certain"]
    few = before.head(FEW - 1)
    moved = loss_changes(few, few.with_columns(pl.col("nll") - pl.col("tokens")), 0)
    assert moved is not None
    assert not moved["certain"].any()


def test_one_lucky_task_among_many_is_not_claimed() -> None:
    chance = np.random.default_rng(3)
    groups = [f"task {number}" for number in range(20)]
    before = pl.concat([some_losses(25, 9, 2.0, group) for group in groups])
    before = before.with_columns(id=pl.int_range(pl.len()).cast(pl.String))
    after = before.with_columns(nll=before["nll"] + chance.normal(0, 5, before.height))
    found = loss_changes(before, after, 0)
    assert found is not None
    outside = found.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    assert outside.height > 0  # some interval leaves out 0 by chance
    assert not found["certain"].any()


def test_other_tokens_are_not_compared() -> None:
    before = some_losses(30, 7, 2.0)
    after = before.with_columns(pl.col("tokens") + 1)
    assert loss_changes(before, after, 0) is None
    assert loss_changes(before.clear(), before.clear(), 0) is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_exact_binomial_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_interval_of_paired_shares_is_fair_to_both(gained: int, lost: int, same: int) -> None:
    total = gained + lost + same
    ends, turned = paired_share(gained, lost, total), paired_share(lost, gained, total)
    if not total:
        assert ends == Interval(None, None)
        return
    assert ends.low is not None
    assert ends.high is not None
    assert -1 <= ends.low <= ends.high <= 1
    assert (ends.low, ends.high) == (-turned.high, -turned.low)  # type: ignore[operator]
    assert not paired_share(0, 0, total).leaves_out(0)


def test_paired_shares_are_covered_as_often_as_they_say() -> None:
    chance = np.random.default_rng(11)
    inside = 0
    for _ in range(2000):
        gained, lost, _ = chance.multinomial(40, [0.25, 0.10, 0.65])
        ends = paired_share(int(gained), int(lost), 40)
        inside += not ends.leaves_out(0.15)
    assert 0.93 <= inside / 2000 <= 0.985


def marks(part: str, measure: str, hits: Sequence[bool | None]) -> pl.DataFrame:
    rows = [(part, measure, str(place), 0, hit) for place, hit in enumerate(hits)]
    return pl.DataFrame(rows, MARKS, orient="row")


def test_shares_count_what_was_judged() -> None:
    (row,) = shares_of(marks("groups", "toxic", [True, False, None, False, False])).to_dicts()
    assert (row["found"], row["total"], row["share"]) == (1, 4, 0.25)
    assert row["low"] == pytest.approx(0.0456, abs=1e-3)
    assert row["high"] == pytest.approx(0.6994, abs=1e-3)


def test_changes_are_counted_prompt_by_prompt() -> None:
    before = marks("neutral", "all", [True, True, False, None, *[True] * 30])
    after = marks("neutral", "all", [False, True, True, True, *[False] * 30])
    (row,) = changes_of(before, after).to_dicts()
    assert (row["total"], row["gained"], row["lost"]) == (33, 1, 31)
    assert row["change"] == pytest.approx(-30 / 33)
    assert row["certain"]


def test_five_of_five_are_not_enough_to_claim() -> None:
    before, after = marks("neutral", "all", [False] * 5), marks("neutral", "all", [True] * 5)
    (row,) = changes_of(before, after).to_dicts()
    assert row["p"] == pytest.approx(0.0625)
    assert not row["certain"]


def test_many_measures_are_adjusted_for_and_the_whole_is_not() -> None:
    quiet = [marks("neutral", f"m{number}", [False] * 20) for number in range(30)]
    before = pl.concat(
        [marks("neutral", "all", [False] * 6), marks("neutral", "loop", [False] * 6), *quiet]
    )
    after = pl.concat(
        [marks("neutral", "all", [True] * 6), marks("neutral", "loop", [True] * 6), *quiet]
    )
    found = {row["measure"]: row for row in changes_of(before, after).to_dicts()}
    assert found["all"]["p"] == pytest.approx(0.03125)
    assert found["all"]["certain"]
    assert not found["loop"]["certain"]


def judged(controlled: Wins | None) -> Judged:
    return Judged("a judge", 40, 0, 0, 12.0, Wins(0.9, 0.8, 0.95), controlled)


def test_a_verdict_claims_only_what_the_intervals_allow() -> None:
    changes = changes_of(
        pl.concat(
            [marks("instructions", "all", [False] * 40), marks("neutral", "all", [False] * 40)]
        ),
        pl.concat(
            [marks("instructions", "all", [True] * 40), marks("neutral", "all", [True] * 40)]
        ),
    )
    before = some_losses(100, 8, 2.0)
    moved = loss_changes(before, before, 0)
    claims = claims_of(moved, changes, judged(Wins(0.52, 0.45, 0.6)))
    assert [(one.about, one.direction) for one in claims] == [
        ("held-out loss", "open"),
        ("constraints followed", "better"),
        ("faults in ordinary answers", "worse"),
        ("a judge's preference", "open"),
    ]
    assert sentence("new", "old", claims, numbers=False) == (
        "Against old, new is better in constraints followed and worse in faults in ordinary "
        "answers; no difference is shown in held-out loss and a judge's preference."
    )
    assert "+100.0 points" in sentence("new", "old", claims)


def test_a_preference_that_length_may_explain_is_no_claim() -> None:
    (claim,) = claims_of(None, changes_of(MARKS.to_frame(), MARKS.to_frame()), judged(None))
    assert claim.direction == "open"
    won = claims_of(
        None, changes_of(MARKS.to_frame(), MARKS.to_frame()), judged(Wins(0.7, 0.6, 0.8))
    )
    lost = claims_of(
        None, changes_of(MARKS.to_frame(), MARKS.to_frame()), judged(Wins(0.3, 0.2, 0.4))
    )
    assert [one.direction for one in (*won, *lost)] == ["better", "worse"]


def test_where_nothing_is_sure_nothing_is_said() -> None:
    claims = [Claim("held-out loss", "open", "-0.001")]
    assert sentence("b", "a", claims) == "Between a and b no difference is shown by what was asked."


def test_a_model_alone_is_described_by_its_figures() -> None:
    shares = shares_of(marks("instructions", "all", [True, False]))
    said = description(shares, loss_table(losses([("a", "", 2.0, 1), ("b", "", 2.0, 1)]), 0))
    assert said == (
        "2.000 nats a held-out token, 95%: 2.000 to 2.000; "
        "constraints followed: 50.0% of 2 (95%: 9.5% to 90.5%)."
    )
    assert description(shares.clear(), loss_table(LOSSES.to_frame(), 0)) == "Nothing was asked."
