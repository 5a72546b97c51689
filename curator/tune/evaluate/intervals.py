"""Intervals: how sure a mean, a share and a difference of two of them are, all at 95%."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.report.wilson import quantile

CONFIDENCE = 0.95
Z = quantile(CONFIDENCE)
DRAWS = 2_000
_AT_ONCE = 100
"""Draws whose counts are held in memory at once."""

Numbers = NDArray[np.float64] | NDArray[np.int64]


class Interval(NamedTuple):
    """The ends of an interval; both none where there is too little to say."""

    low: float | None
    high: float | None

    def leaves_out(self, value: float) -> bool:
        """Say whether a value is surely outside."""
        if self.low is None or self.high is None:
            return False
        return value < self.low or value > self.high


NOTHING = Interval(None, None)


def mean_a_token(sums: Numbers, tokens: Numbers, seed: int) -> Interval:
    """Return the interval of sum over tokens (Efron 1979; percentiles of `drawn_means`)."""
    means = drawn_means(sums, tokens, seed)
    return percentiles(means) if len(means) else NOTHING


def drawn_means(sums: Numbers, tokens: Numbers, seed: int) -> NDArray[np.float64]:
    """Draw records anew, and return the sum over the tokens of each draw; of one record, nothing.

    Records are drawn whole and weigh by their tokens: tokens of one record are not independent.
    `sums` may be differences of two models, record by record; that is the paired bootstrap.
    """
    size = len(sums)
    if size < 2:  # noqa: PLR2004 (one record says nothing of others)
        return np.zeros(0)
    chance = np.random.default_rng(seed)
    means = []
    for _ in range(DRAWS // _AT_ONCE):
        counts = chance.multinomial(size, np.full(size, 1 / size), size=_AT_ONCE)
        means.append((counts @ sums) / np.maximum(counts @ tokens, 1))
    return np.concatenate(means)


def percentiles(values: NDArray[np.float64]) -> Interval:
    """Return the ends between which the middle 95% of values lie."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))


def chance_of(mean: float, means: NDArray[np.float64], size: int) -> float:
    """Return the two-sided probability of so large a mean by chance, from `drawn_means` of it.

    Student's t with the error that was drawn, turned into a normal by Wallace 1959 (Ann. Math.
    Stat. 30:1121).
    """
    freedom = size - 1
    error = float(means.std()) * math.sqrt(size / freedom)
    if not error:
        return float(mean == 0)
    t = mean / error
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
    return math.erfc(z / math.sqrt(2))


def paired_share(gained: int, lost: int, total: int) -> Interval:
    """Return the interval of a difference of two shares over the same prompts.

    `gained` prompts hold only after, `lost` only before. Wald's interval with a pseudo-count in
    both cells (Bonett and Price 2012, *J. Educ. Behav. Stat.* 37:479), which keeps its 95% for few
    prompts and where nothing changed.
    """
    if total == 0:
        return NOTHING
    up, down = (gained + 1) / (total + 2), (lost + 1) / (total + 2)
    half = Z * math.sqrt((up + down - (up - down) ** 2) / (total + 2))
    return Interval(max(-1.0, up - down - half), min(1.0, up - down + half))


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided probability of so uneven a change by chance (McNemar 1947)."""
    total = gained + lost
    tail = sum(math.comb(total, count) for count in range(min(gained, lost) + 1))
    return float(min(1.0, 2 * tail / 2**total))
