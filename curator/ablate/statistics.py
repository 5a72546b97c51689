"""Statistics: how sure a difference of two arms is, over seeds and over held-out examples."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.ablate.student import two_sided
from curator.ablate.trial import Trial

Numbers = NDArray[np.float64]
LEVEL = 0.05
"""How often an interval may miss the truth, and a claim be wrong where there is no effect."""
_AT_ONCE = 100
"""Draws whose counts are held in memory at once."""
_TWO = 2
_SMALLEST = 1e-9
_HALVINGS = 20


class Paired(NamedTuple):
    """The losses of one arm less those of another, by seed and by example."""

    gaps: Numbers
    """(seeds, examples), nats, summed over the tokens of an example."""
    tokens: NDArray[np.int64]
    """(examples,)"""

    @property
    def by_seed(self) -> Numbers:
        """Return nats a token, (seeds,)."""
        found: Numbers = self.gaps.sum(axis=1) / self.tokens.sum()
        return found


class Drawing(NamedTuple):
    """How often seeds and examples are drawn anew, and from which seed on."""

    draws: int = 2000
    seed: int = 0


@dataclass(frozen=True)
class Difference:
    """By how much one arm's loss lies above another's, in nats a token; below 0 is better."""

    change: float
    by_seed: tuple[float, ...]
    seeds_error: float | None
    """Standard error from the seeds; of one seed it is not known."""
    examples_error: float | None
    """Standard error from the examples; of one example it is not known."""
    low: float | None
    high: float | None
    p: float | None

    def leaves_out_zero(self) -> bool:
        """Say whether the interval is known, and wholly on one side of zero."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


def paired(arm: Sequence[Trial], other: Sequence[Trial], held_out: str) -> Paired | None:
    """Pair two arms by the seeds that both have; without one there is nothing to pair."""
    losses, others = (
        {trial.seed: trial.losses[held_out] for trial in trials if held_out in trial.losses}
        for trials in (arm, other)
    )
    seeds = sorted(losses.keys() & others.keys())
    if not seeds:
        return None
    gaps = np.stack([losses[seed].nll - others[seed].nll for seed in seeds])
    return Paired(gaps, losses[seeds[0]].tokens) if losses[seeds[0]].tokens.sum() else None


def differences(pairs: Sequence[Paired], drawing: Drawing) -> list[Difference]:
    """Return the difference of each pair with its interval; all pairs have the same examples.

    Seeds and examples are crossed: every seed meets every example. Each of the two is drawn anew,
    an example whole with all its tokens, as in the pigeonhole bootstrap (Owen 2007, Ann. Appl.
    Stat. 1:386), and the variance that each brings is kept by itself. Drawn variances are too small
    by (n - 1) / n, which is made good, and few tell little of their own variance: the half-width
    is sqrt(t^2 V + u^2 W), with Student's t for the part V of the seeds, and for the part W of the
    examples, which count as many as their lengths let them (Kish 1965). It covers at least what it
    says, whatever the mix of the two (Banerjee 1960, Sankhya 22:357); what chance does in each
    training is counted in both parts.
    """
    if not pairs:
        return []
    columns = np.stack([pair.gaps.mean(axis=0) for pair in pairs], axis=1)
    size = effective(pairs[0].tokens)
    examples = _examples_error(columns, pairs[0].tokens, drawing)
    return [
        _difference(pair.by_seed, (_seeds_error(pair.by_seed, drawing), error), size)
        for pair, error in zip(pairs, examples, strict=True)
    ]


def effective(tokens: NDArray[np.int64]) -> float:
    """Return how many examples of equal length would say as much (Kish 1965, Survey Sampling)."""
    return float(tokens.sum() ** 2 / (tokens.astype(float) ** 2).sum())


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Adjust probabilities for how many they are (Holm 1979, Scand. J. Stat. 6:65).

    Valid however the comparisons depend on each other, as those do that share an arm.
    """
    known = sorted((value, at) for at, value in enumerate(values) if value is not None)
    found: list[float | None] = [None] * len(values)
    largest = 0.0
    for rank, (value, at) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - rank)))
        found[at] = largest
    return found


def spread(values: Sequence[float]) -> float | None:
    """Return the standard deviation over seeds; of one seed it is not known."""
    return float(np.std(values, ddof=1)) if len(values) >= _TWO else None


def _examples_error(columns: Numbers, tokens: NDArray[np.int64], drawing: Drawing) -> list[float]:
    """Return the standard error of each column's mean a token; not a number for one example."""
    size, many = len(tokens), effective(tokens)
    if many <= 1:
        return [math.nan] * columns.shape[1]
    chance, drawn = np.random.default_rng((drawing.seed, size)), []
    for start in range(0, drawing.draws, _AT_ONCE):
        draws = min(_AT_ONCE, drawing.draws - start)
        picked = chance.integers(size, size=(draws, size)) + size * np.arange(draws)[:, None]
        counts = np.bincount(picked.ravel(), minlength=draws * size).reshape(draws, size)
        drawn.append((counts @ columns) / np.maximum(counts @ tokens, 1)[:, None])
    errors = np.concatenate(drawn).std(axis=0) * math.sqrt(many / (many - 1))
    return [float(error) for error in errors]


def _seeds_error(by_seed: Numbers, drawing: Drawing) -> float | None:
    size = len(by_seed)
    if size < _TWO:
        return None
    chance = np.random.default_rng((drawing.seed, size))
    means = by_seed[chance.integers(size, size=(drawing.draws, size))].mean(axis=1)
    return float(means.std() * math.sqrt(size / (size - 1)))


def _difference(
    by_seed: Numbers, errors: tuple[float | None, float], examples: float
) -> Difference:
    change, values = float(by_seed.mean()), tuple(float(value) for value in by_seed)
    seeds, other = errors
    if seeds is None or math.isnan(other):
        known = None if math.isnan(other) else other
        return Difference(change, values, seeds, known, None, None, None)
    parts = ((seeds, len(by_seed) - 1), (other, max(1, int(examples - 1))))
    half = _half_width(LEVEL, parts)
    p = _probability(abs(change), parts)
    return Difference(change, values, seeds, other, change - half, change + half, p)


Parts = tuple[tuple[float, int], tuple[float, int]]
"""The standard error of each part, and its degrees of freedom."""


def _half_width(probability: float, parts: Parts) -> float:
    return math.hypot(*(two_sided(probability, freedom) * error for error, freedom in parts))


def _probability(change: float, parts: Parts) -> float:
    """Return the probability at which an interval of so sure a kind just reaches zero."""
    if all(error == 0 for error, _ in parts):
        return 1.0 if change == 0 else _SMALLEST
    low, high = math.log(_SMALLEST), 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _half_width(math.exp(middle), parts) > change:
            low = middle
        else:
            high = middle
    return math.exp(high)
