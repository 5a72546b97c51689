"""Bootstrap: how sure a measure is, by drawing the rows again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.report.wilson import quantile, wilson
from labelled.metrics import Flags, Floats, rate

DRAWS = 1_000
SEED = 7
CONFIDENCE = 0.95
MOST_EMPTY = 0.1
"""Where more draws than this leave a measure undefined, there is no interval."""
Measure = Callable[[Floats], float]


class Estimate(NamedTuple):
    """A measure with its 95% interval; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Rate:
    """The share of the rows `among` that are `found`, as a measure of weights."""

    found: Flags
    among: Flags

    def __call__(self, weights: Floats) -> float:
        """Return the share."""
        return rate(self.found, self.among, weights)

    def wilson(self) -> tuple[float, float]:
        """Return Wilson's interval, for shares of none or all: draws would all be alike."""
        counts = {"found": [int((self.found & self.among).sum())], "all": [int(self.among.sum())]}
        limits = wilson(pl.col("found"), pl.col("all"), quantile(CONFIDENCE))
        low, high = pl.DataFrame(counts).select(low=limits[0], high=limits[1]).row(0)
        return low, high


def estimates(
    measures: Mapping[str, Measure], together: NDArray[np.intp], draws: int = DRAWS
) -> dict[str, Estimate]:
    """Measure once as it is, and over draws of the rows (percentile bootstrap, Efron 1979).

    `together` numbers the rows that are only drawn as a whole. A rate of 0 or 1 gets Wilson's
    interval instead.
    """
    drawn = [
        [measure(weights) for measure in measures.values()]
        for weights in weightings(together, draws)
    ]
    table = np.array(drawn).reshape(draws, len(measures))
    whole = np.ones(len(together))
    return {
        name: _estimate(measure, measure(whole), table[:, place])
        for place, (name, measure) in enumerate(measures.items())
    }


def weightings(together: NDArray[np.intp], draws: int) -> Iterator[Floats]:
    """Yield how often each row is drawn; seeded, so the same every time."""
    rng = np.random.default_rng(SEED)
    _, owner = np.unique(together, return_inverse=True)
    groups = int(owner.max()) + 1 if len(owner) else 0
    for _ in range(draws):
        drawn = np.bincount(rng.integers(0, groups, groups), minlength=groups)
        yield drawn[owner].astype(np.float64)


def _estimate(measure: Measure, value: float, drawn: Floats) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    if isinstance(measure, Rate) and value in {0.0, 1.0}:
        return Estimate(value, *measure.wilson())
    if np.isnan(drawn).mean() > MOST_EMPTY:
        return Estimate(value)
    low, high = np.nanquantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(value, float(low), float(high))
