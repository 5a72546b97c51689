"""Figures of a quality model: how well its order agrees with labels, length apart."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]

STRATA = 10
"""Strata of equal size by length, within which answers are compared."""
_BINS = 10


class Figures(NamedTuple):
    """What cross-validation found; AUROC is the share of pairs, one good and one not, in order."""

    rows: int
    good: int
    auroc: float
    matched: float
    """AUROC over pairs of about the same length."""
    length: float
    """AUROC of the number of words alone; below 0.5 short answers are preferred."""
    calibration_error: float
    """By how much scores and shares of good answers differ, on average over ten bins."""


def figures_of(good: Marks, raw: Numbers, scores: Numbers, words: Numbers) -> Figures:
    """Compare what a model says of answers with what people or judges said of them."""
    return Figures(
        rows=len(good),
        good=int(good.sum()),
        auroc=auroc(good, raw),
        matched=matched_auroc(good, raw, words),
        length=auroc(good, words),
        calibration_error=calibration_error(good, scores),
    )


def auroc(good: Marks, scores: Numbers) -> float:
    """Return the share of pairs in which the good one scores higher; ties count half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    many, few = int(good.sum()), int((~good).sum())
    if not many or not few:
        return float("nan")
    return float((ranks[good].sum() - many * (many + 1) / 2) / (many * few))


def matched_auroc(good: Marks, scores: Numbers, words: Numbers) -> float:
    """Return the same share over the pairs whose lengths lie in one tenth of all lengths."""
    edges = np.unique(np.quantile(words, np.linspace(0, 1, STRATA + 1)[1:-1]))
    strata = np.digitize(words, edges)
    right = pairs = 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        count = float(good[inside].sum() * (~good[inside]).sum())
        if count:
            right += count * auroc(good[inside], scores[inside])
            pairs += count
    return right / pairs if pairs else float("nan")


def calibration_error(good: Marks, scores: Numbers) -> float:
    """Return the expected calibration error over ten bins of equal size (Naeini et al. 2015)."""
    order = np.argsort(scores, kind="stable")
    gaps = [
        abs(scores[part].mean() - good[part].mean()) * len(part)
        for part in np.array_split(order, _BINS)
        if len(part)
    ]
    return float(sum(gaps) / len(good))
