"""Length control: how often an answer would be preferred if both were of one length.

The idea is that of length-controlled AlpacaEval (Dubois et al. 2024): a logistic model of the
preference on tanh of the difference in length, read where that difference is nothing. The fit here
is our own: two numbers by Newton's method with a weak prior, its interval by drawing prompts anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.tune.evaluate.intervals import DRAWS, NOTHING, Interval, mean_a_token, percentiles

Floats = NDArray[np.float64]

FEWEST_A_SIDE = 5
"""Of so many pairs at least each answer must be the longer one; else what length does and what the
model does are one and the same."""
_PRIOR = 0.1
"""The precision of a normal prior around 0 on both numbers: as much as a tenth of a pair says."""
_STEPS = 30
_LONGEST_STEP = 2.0


class Wins(NamedTuple):
    """How often the second of two answers is preferred, a tie being half, and how sure that is."""

    share: float
    low: float | None
    high: float | None

    @property
    def ends(self) -> Interval:
        """The interval."""
        return Interval(self.low, self.high)


def wins(preferred: Floats, seed: int) -> Wins:
    """Return the plain share; `preferred` is how surely the second answer was, from 0 to 1."""
    if not len(preferred):
        return Wins(0.5, *NOTHING)
    ends = mean_a_token(preferred, np.ones(len(preferred)), seed)
    return Wins(float(preferred.mean()), *ends)


def controlled_wins(preferred: Floats, lengths: Floats, seed: int) -> Wins | None:
    """Return the share at equal length; `lengths` are those of the second answer less the first's.

    None where nearly all answers of one model are the longer ones.
    """
    if min((lengths > 0).sum(), (lengths < 0).sum()) < FEWEST_A_SIDE:
        return None
    length = np.tanh(lengths / lengths.std())
    size = len(preferred)
    chance = np.random.default_rng(seed)
    counts = chance.multinomial(size, np.full(size, 1 / size), size=DRAWS).astype(np.float64)
    whole = _fit(preferred, length, np.ones((1, size)))
    drawn = _fit(preferred, length, counts)
    return Wins(float(_chance(whole)[0]), *percentiles(_chance(drawn)))


def _fit(preferred: Floats, length: Floats, counts: Floats) -> Floats:
    """Fit level and slope for each row of `counts`, (fits, pairs); return the levels, (fits,)."""
    level, slope = np.zeros(len(counts)), np.zeros(len(counts))
    for _ in range(_STEPS):
        chances = _chance(level[:, None] + slope[:, None] * length)
        off = counts * (preferred - chances)
        spread = counts * chances * (1 - chances)
        pulls = off.sum(1) - _PRIOR * level, off @ length - _PRIOR * slope
        a, b, c = spread.sum(1) + _PRIOR, spread @ length, spread @ length**2 + _PRIOR
        det = a * c - b * b
        level += np.clip((c * pulls[0] - b * pulls[1]) / det, -_LONGEST_STEP, _LONGEST_STEP)
        slope += np.clip((a * pulls[1] - b * pulls[0]) / det, -_LONGEST_STEP, _LONGEST_STEP)
    return level


def _chance(logits: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-logits))
    return found
