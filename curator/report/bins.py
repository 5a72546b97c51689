"""Bins: how to cut a measure into bars that show its shape."""

import math
from typing import Literal

import numpy as np

BINS = 36
"""About this many bars are enough to see a shape and few enough to tell apart."""
SPREAD = 12.0
"""From this ratio of maximum to median (or to 1, if that is more) on, the scale is logarithmic."""

_TINY = 1e-9

Scale = Literal["linear", "log", "categories"]


def edges_of(values: np.ndarray, *, whole: bool) -> tuple[np.ndarray, Scale]:
    """Choose the edges of the bins: each holds what is at or above its edge, below the next.

    Whole numbers are never split: their edges are whole, and the last is beyond the maximum.
    """
    if not len(values):
        return np.array([0.0, 1.0]), "linear"
    low, high = float(values.min()), float(values.max())
    median = float(np.median(values))
    if low >= 0 and high > SPREAD * max(median, 1.0):
        return _log_edges(values, high, whole=whole), "log"
    return _linear_edges(low, high, whole=whole), "linear"


def place_on(edges: np.ndarray, value: float) -> float:
    """Return where a value stands on the axis, 0 to 1; every bin is drawn equally wide."""
    inside = float(np.clip(value, edges[0], edges[-1]))
    return float(np.interp(inside, edges, np.linspace(0.0, 1.0, len(edges))))


def _linear_edges(low: float, high: float, *, whole: bool) -> np.ndarray:
    step = _nice(max(high - low, _TINY) / BINS)
    if whole:
        step = max(1.0, math.ceil(step))
    elif high - low < _TINY:
        return np.array([low - 0.5, low + 0.5])
    first = math.floor(low / step + _TINY)
    last = math.floor(high / step + _TINY) + 1
    return np.round(np.arange(first, last + 1) * step, 9)


def _log_edges(values: np.ndarray, high: float, *, whole: bool) -> np.ndarray:
    positive = values[values > 0]
    floor = 1.0 if whole else max(float(positive.min()), high * 1e-6)
    edges = np.geomspace(floor, high + 1 if whole else high * (1 + _TINY), BINS)
    if whole:
        edges = np.unique(np.round(edges))
    return np.concatenate([[0.0], edges]) if values.min() < floor else edges


def _nice(step: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= step * (1 - _TINY))
