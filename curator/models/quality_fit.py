"""Learn a quality model from graded answers, and score what it has not seen."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.models.quality import Floats, Places, QualityModel, located_at

_CENTRES = 1_500
"""Known exchanges that a model keeps at most, so that it is small and quick."""
_RIDGE = 10.0
"""How strongly weights are held small; found with `_SIGN_NEARNESS`."""
_JITTER = 1e-6
_ROUNDS = 50
FOLDS = 10
_ALIKE = 0.9
"""Cosine from which on two prompts are near-identical and stay on one side of a fold."""
_BLOCK = 1_000


class Graded(NamedTuple):
    """Exchanges with what they are worth."""

    places: Places
    grades: NDArray[np.float64]
    """From 0, poor, to 1, excellent."""
    weights: NDArray[np.float64]
    """How much each counts."""

    def taken(self, rows: NDArray[np.int64]) -> "Graded":
        """Return some of the rows."""
        return Graded(self.places.taken(rows), self.grades[rows], self.weights[rows])


def balanced(good: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Let good and other answers count the same in sum, where one kind is rare."""
    share = good.mean()
    return np.where(good, (1 - share) / share, 1.0)


def fit_quality(graded: Graded, most: int = _CENTRES) -> QualityModel:
    """Learn the weights of the known exchanges; scores are not calibrated yet.

    The same rows in the same order give the same model. Beyond `most` rows those that count for
    more, the rarer kind, and an even choice of the others are kept (Williams and Seeger 2001).
    """
    middle = graded.places.signs.mean(axis=0)
    spread = graded.places.signs.std(axis=0) + 1e-3
    at = located_at(graded.places, middle, spread)
    kept = at[_centres(graded.weights, most)].astype(np.float16)
    near = _nearness(at, kept.astype(np.float32))
    among = _nearness(kept.astype(np.float32), kept.astype(np.float32))
    scaled = near * graded.weights[:, None]
    left = near.T @ scaled + _RIDGE * among + _JITTER * np.eye(len(kept))
    weights = np.linalg.solve(left, scaled.T @ (2 * graded.grades - 1))
    return QualityModel(
        {
            "middle": middle.astype(np.float32),
            "spread": spread.astype(np.float32),
            "centres": kept,
            "weights": weights.astype(np.float32),
            "calibration": np.array([1, 0], np.float32),
        }
    )


def cross_validate(graded: Graded, most: int = _CENTRES) -> NDArray[np.float64]:
    """Return what models say of exchanges whose near-identical prompts they have not seen."""
    found = np.zeros(len(graded.grades))
    for known, held in _folds(graded.places.asked):
        found[held] = fit_quality(graded.taken(known), most).raw(graded.places.taken(held))
    return found


def calibrated(
    model: QualityModel, raw: NDArray[np.float64], grades: NDArray[np.float64]
) -> QualityModel:
    """Return the model with its scale set so that scores are shares of good answers."""
    slope, constant = fit_scale(raw, grades)
    return QualityModel(model.tensors | {"calibration": np.array([slope, constant], np.float32)})


def fit_scale(raw: NDArray[np.float64], grades: NDArray[np.float64]) -> tuple[float, float]:
    """Fit a logistic curve of one variable by Newton's method (Platt 1999)."""
    columns = np.column_stack([raw, np.ones_like(raw)])
    point = np.zeros(2)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ point, -30, 30)))
        slope = columns.T @ (chance - grades) + 1e-3 * point
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns + 1e-3 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        point = point - np.clip(step, -2, 2)
    return float(point[0]), float(point[1])


def groups_of(vectors: Floats) -> NDArray[np.int64]:
    """Number prompts so that near-identical ones, also by way of others, have one number."""
    groups = np.arange(len(vectors))
    while True:
        before = groups.copy()
        for first in range(0, len(vectors), _BLOCK):
            near = vectors[first : first + _BLOCK] @ vectors.T >= _ALIKE
            near[np.arange(len(near)), first + np.arange(len(near))] = True
            least = np.where(near, groups[None, :], len(vectors)).min(axis=1)
            groups[first : first + _BLOCK] = np.minimum(groups[first : first + _BLOCK], least)
        if (groups == before).all():
            return groups


def _folds(
    vectors: Floats,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give for each fold the rows to learn from and the rows held back."""
    _, groups = np.unique(groups_of(vectors), return_inverse=True)
    turns = np.random.default_rng(0).permutation(groups.max() + 1) % FOLDS
    for fold in range(FOLDS):
        held = turns[groups] == fold
        yield np.flatnonzero(~held), np.flatnonzero(held)


def _centres(weights: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Choose the rows that are kept: up to two thirds that count for more, the others evenly."""
    if len(weights) <= most:
        return np.arange(len(weights))
    more = weights > weights.min()
    heavy = _evenly(np.flatnonzero(more), most * 2 // 3)
    return np.sort(np.concatenate([heavy, _evenly(np.flatnonzero(~more), most - len(heavy))]))


def _evenly(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(np.int64)]


def _nearness(left: Floats, right: Floats) -> NDArray[np.float64]:
    apart = (left * left).sum(1)[:, None] + (right * right).sum(1)[None] - 2 * left @ right.T
    found: NDArray[np.float64] = np.exp(-np.maximum(apart, 0)).astype(np.float64)
    return found
