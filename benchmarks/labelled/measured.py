"""Measured: what the verdicts on one set are worth, with intervals."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from labelled.bootstrap import DRAWS, Estimate, Measure, Rate, estimates
from labelled.judge import Judged
from labelled.metrics import Flags, Floats, Ranking, auroc, average_precision, calibration_error

FEWEST = 20
"""Positives, and negatives, of a group from which on its curves are told."""

THRESHOLDS = (0.3, 0.5, 0.6, 0.75, 0.9)
"""What a probability is held against beside the default."""


class Measured(NamedTuple):
    """The measures of one set; `groups` has those of each group, the largest first.

    `thresholds` has precision, recall and the share of false positives above other thresholds than
    the default, where the measure is a probability.
    """

    name: str
    reason: str
    learnt_from: bool
    rows: int
    positives: int
    judged: int
    fired: int
    found: dict[str, Estimate]
    groups: list["Group"]
    thresholds: dict[float, tuple[float, float, float]]


class Group(NamedTuple):
    """The measures of the rows that are of one group."""

    name: str
    rows: int
    positives: int
    found: dict[str, Estimate]


def measured(one: Judged, draws: int = DRAWS) -> Measured:
    """Measure the verdicts on a set.

    What the filter did not judge counts as not fired, and is left out of curves and calibration.
    """
    known = ~np.isnan(one.scores) if len(one.scores) else np.ones(len(one.fired), np.bool_)
    found = estimates(_measures(one, known), one.together, draws)
    return Measured(
        one.entry.name,
        f"{one.entry.filter.label}.{one.entry.rule}",
        one.entry.learnt_from,
        len(one.fired),
        int(one.positive.sum()),
        int(known.sum()),
        int(one.fired.sum()),
        found,
        _groups(one, known, draws),
        _thresholds(one, known) if one.entry.probability and one.positive.any() else {},
    )


def _thresholds(one: Judged, known: Flags) -> dict[float, tuple[float, float, float]]:
    """Measure what other thresholds would be worth."""
    whole, found = np.ones(len(one.positive)), {}
    for limit in THRESHOLDS:
        fired = known & (np.where(known, one.scores, 0.0) > limit)
        rates = (
            Rate(one.positive, fired),
            Rate(fired, one.positive),
            Rate(fired, ~one.positive),
        )
        found[limit] = (rates[0](whole), rates[1](whole), rates[2](whole))
    return found


def _measures(one: Judged, known: Flags) -> dict[str, Measure]:
    """Name the measures that this set allows."""
    rates: dict[str, Measure] = {
        "precision": Rate(one.positive, one.fired),
        "recall": Rate(one.fired, one.positive),
        "false positives": Rate(one.fired, ~one.positive),
    }
    if not one.positive.any():
        return {"false positives": rates["false positives"]}
    if not len(one.scores):
        return rates
    curves = curves_of(one, known)
    if one.entry.probability:
        chances, positive = one.scores[known], one.positive[known]
        curves["calibration error"] = lambda weights: calibration_error(
            chances, positive, weights[known]
        )
    return curves | rates


def curves_of(one: Judged, among: Flags) -> dict[str, Measure]:
    """Return the area under the curve and the average precision among some rows."""
    ranking = Ranking.of(one.scores[among], one.positive[among])
    return {
        "AUROC": lambda weights: auroc(ranking, weights[among]),
        "average precision": lambda weights: average_precision(ranking, weights[among]),
    }


def _groups(one: Judged, known: Flags, draws: int) -> list[Group]:
    """Measure each group that is large enough, the largest first."""
    sizes = {name: int(own.sum()) for name, own in one.members.items()}
    large = sorted((name for name in sizes if sizes[name] >= FEWEST), key=lambda n: (-sizes[n], n))
    found = []
    for name in large:
        own = one.members[name]
        told = estimates(_group_measures(one, own, known), one.together, draws)
        found.append(Group(name, sizes[name], int((own & one.positive).sum()), told))
    return found


def _group_measures(one: Judged, own: Flags, known: Flags) -> Mapping[str, Measure]:
    """Name the measures of one group (Borkan et al. 2019).

    `subgroup`: positives and negatives of the group; `BPSN`: positives of the others and negatives
    of the group; `BNSP`: the other way round. Where either side has fewer than 20, none.
    """
    measures: dict[str, Measure] = {"false positives": Rate(one.fired, own & ~one.positive)}
    if not len(one.scores):
        return measures
    sides = {
        "subgroup": own,
        "BPSN": np.where(one.positive, ~own, own),
        "BNSP": np.where(one.positive, own, ~own),
    }
    for name, side in sides.items():
        among = side & known
        positives = int((among & one.positive).sum())
        if min(positives, int(among.sum()) - positives) >= FEWEST:
            measures[name] = _area(one, among)
    return measures


def _area(one: Judged, among: Flags) -> Measure:
    ranking = Ranking.of(one.scores[among], one.positive[among])

    def area(weights: Floats) -> float:
        return auroc(ranking, weights[among])

    return area
