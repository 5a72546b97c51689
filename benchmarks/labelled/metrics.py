"""Metrics: how well scores and verdicts agree with labels, weighted so that rows can be redrawn."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BINS = 15
"""Bins of the calibration error (Guo et al. 2017)."""


class Ranking(NamedTuple):
    """Scores put in order once, so that each weighting costs one pass.

    `order` goes from the lowest score to the highest; `ends` are the places in it where a run of
    equal scores ends; `positive` says in that order which rows are positive.
    """

    order: NDArray[np.intp]
    ends: NDArray[np.intp]
    positive: Flags

    @classmethod
    def of(cls, scores: Floats, positive: Flags) -> Self:
        """Put rows in order; scores must not be NaN."""
        order = np.argsort(scores, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
        return cls(order, ends, positive[order])

    def steps(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the weight of positives and of negatives at each score, the lowest first."""
        ordered = weights[self.order]
        sums = (
            np.cumsum(np.where(side, ordered, 0.0))[self.ends]
            for side in (self.positive, ~self.positive)
        )
        positives, negatives = (np.diff(total, prepend=0.0) for total in sums)
        return positives, negatives


def auroc(ranking: Ranking, weights: Floats) -> float:
    """Return the chance that a positive scores above a negative, ties counting half.

    The area under the ROC curve (Hanley and McNeil 1982); NaN where either side has no weight.
    """
    positives, negatives = ranking.steps(weights)
    below = np.cumsum(negatives) - negatives
    pairs = positives.sum() * negatives.sum()
    return float((positives * (below + negatives / 2)).sum() / pairs) if pairs else np.nan


def average_precision(ranking: Ranking, weights: Floats) -> float:
    """Return the mean of the precisions at each score, weighted by the recall gained there.

    No interpolation between scores, which would be too kind (Davis and Goadrich 2006).
    """
    positives, negatives = (side[::-1] for side in ranking.steps(weights))
    total = positives.sum()
    if not total:
        return np.nan
    found, flagged = np.cumsum(positives), np.cumsum(positives + negatives)
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    return float((precision * positives).sum() / total)


def calibration_error(chances: Floats, positive: Flags, weights: Floats) -> float:
    """Return the mean gap between probability and share of positives over equal bins.

    The expected calibration error (Naeini et al. 2015); probabilities from 0 to 1.
    """
    place = np.minimum((chances * BINS).astype(np.intp), BINS - 1)
    gaps = np.bincount(place, weights * (chances - positive), BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def rate(found: Flags, among: Flags, weights: Floats) -> float:
    """Return the share of `among` that is `found`; NaN where nothing is among it."""
    total = weights[among].sum()
    return float(weights[among & found].sum() / total) if total else np.nan
