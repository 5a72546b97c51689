"""Methods: each way to select, from its settings to what it chose."""

from collections.abc import Callable
from typing import Any

import numpy as np

from curator.decide.candidates import Candidates
from curator.decide.classes import classes_of
from curator.decide.shares import fitted, mixed, quotas
from curator.diversity import (
    Picks,
    apart,
    cut,
    facility_location,
    farthest_first,
    in_rounds,
    k_means,
    toward,
)
from curator.diversity.picks import basis
from curator.recipe.shares import Balanced
from curator.recipe.spread import Deita

Chosen = tuple[Picks, list[str]]
"""What was chosen, and the names of the groups."""


def choose(found: Candidates) -> Chosen:
    """Choose by the method of the recipe."""
    settings = found.recipe.select
    assert settings is not None
    return _METHODS[settings.method](settings, found)


def _first(settings: Any, found: Candidates) -> Chosen:
    height = len(found.rows)
    return cut(np.arange(height), found.budget, found.held, height), []


def _balanced(settings: Balanced, found: Candidates) -> Chosen:
    if settings.by:
        classes = classes_of(found.columns, settings.by, settings.bins)
        codes, names = classes.codes, classes.names
    else:
        codes = k_means(found.points, settings.clusters, found.recipe.seed).labels
        names = [f"cluster {place}" for place in range(settings.clusters)]
    return in_rounds(codes, found.budget, found.held), names


def _deita(settings: Deita, found: Candidates) -> Chosen:
    return apart(found.points, settings.max_similarity, found.budget, found.held), []


def _rds(settings: Any, found: Candidates) -> Chosen:
    targets = found.targets
    names = [f"target {place}" for place in range(1, len(targets) + 1)]
    return toward(found.points, targets, found.budget, found.held), names


def _k_center(settings: Any, found: Candidates) -> Chosen:
    return _among_best(settings.pool, found, farthest_first), []


def _facility(settings: Any, found: Candidates) -> Chosen:
    return _among_best(settings.pool, found, facility_location), []


def _among_best(most: int | None, found: Candidates, method: Callable[..., Picks]) -> Picks:
    """Let a method look at the best only, and say of the others that they were not among them."""
    points, budget, height = found.points, found.budget, len(found.rows)
    end = height if most is None else min(height, max(most, found.held))
    part = method(points[:end], budget._replace(sizes=budget.sizes[:end]), found.held)
    picks = cut(np.arange(height), budget, found.held, height)
    picks.value[:end], picks.limit[:end], picks.basis[:end] = part.value, part.limit, part.basis
    picks.value[end:], picks.limit[end:] = np.arange(end + 1, height + 1), end
    picks.basis[end:] = basis("pool")
    return picks._replace(chosen=part.chosen)


_METHODS: dict[str, Callable[[Any, Candidates], Chosen]] = {
    "ranked": _first,
    "random": _first,
    "quotas": quotas,
    "balanced": _balanced,
    "mixture": mixed,
    "fitted": fitted,
    "deita": _deita,
    "rds": _rds,
    "k_center": _k_center,
    "facility_location": _facility,
}
