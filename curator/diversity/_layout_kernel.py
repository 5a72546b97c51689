"""The compiled passes of the map: affinities of neighbours, and the descent that lays them out."""

# mypy: disable-error-code="untyped-decorator"

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_TRIES = 50
_CLOSE = 1e-5


@njit(cache=True, nogil=True)
def affinities(distances: Floats, perplexity: float) -> Floats:
    """Return p of t-SNE for squared distances: each row knows `perplexity` neighbours, both ways.

    Every p is rounded to a float of half the size, so that the last digits of `exp`, which are not
    the same on every machine, do not tell.
    """
    count, wanted = len(distances), math.log(perplexity)
    found = np.zeros((count, count))
    for row in range(count):
        low, high, beta = 0.0, np.inf, 1.0
        least = np.inf
        for other in range(count):
            if other != row:
                least = min(least, distances[row, other])
        for _ in range(_TRIES):
            total, weighted = 0.0, 0.0
            for other in range(count):
                if other != row:
                    away = distances[row, other] - least
                    found[row, other] = math.exp(-beta * away)
                    total += found[row, other]
                    weighted += found[row, other] * away
            entropy = math.log(total) + beta * weighted / total
            if abs(entropy - wanted) < _CLOSE:
                break
            if entropy > wanted:
                low, beta = beta, beta * 2 if high == np.inf else (beta + high) / 2
            else:
                high, beta = beta, (beta + low) / 2
        for other in range(count):
            found[row, other] /= total
    for row in range(count):
        for other in range(row):
            both = np.float64(np.float32((found[row, other] + found[other, row]) / (2 * count)))
            found[row, other] = found[other, row] = both
    return found


@njit(cache=True, nogil=True)
def descend(near: Floats, start: Floats, rounds: int, early: int) -> Floats:
    """Move points until those that are near in `near` are near in the plane (t-SNE).

    Gradient descent with momentum and gains, as van der Maaten and Hinton 2008; attraction counts
    twelvefold for the first `early` rounds. No step has an order that could vary.
    """
    count = len(start)
    at, speed = start.copy(), np.zeros_like(start)
    gain, force = np.ones_like(start), np.zeros_like(start)
    rate = max(50.0, count / 12)
    for turn in range(rounds):
        pull = 12.0 if turn < early else 1.0
        momentum = 0.5 if turn < early else 0.8
        push_all(near, at, pull, force)
        for row in range(count):
            for axis in range(2):
                same = (force[row, axis] > 0) == (speed[row, axis] > 0)
                grown = gain[row, axis] * 0.8 if same else gain[row, axis] + 0.2
                gain[row, axis] = max(grown, 0.01)
                step = rate * gain[row, axis] * force[row, axis]
                speed[row, axis] = momentum * speed[row, axis] - step
                at[row, axis] += speed[row, axis]
    return at


@njit(cache=True, nogil=True)
def push_all(near: Floats, at: Floats, pull: float, force: Floats) -> None:
    """Write the gradient at every point to `force`; each pair is looked at once."""
    count = len(at)
    pushes, total = np.zeros_like(force), 0.0
    force[:] = 0.0
    for row in range(count):
        own_x, own_y = at[row, 0], at[row, 1]
        pull_x = pull_y = push_x = push_y = 0.0
        for other in range(row):
            x, y = own_x - at[other, 0], own_y - at[other, 1]
            weight = 1.0 / (1.0 + x * x + y * y)
            total += weight
            drawn, driven = pull * near[row, other] * weight, weight * weight
            pull_x += drawn * x
            pull_y += drawn * y
            push_x += driven * x
            push_y += driven * y
            force[other, 0] -= drawn * x
            force[other, 1] -= drawn * y
            pushes[other, 0] -= driven * x
            pushes[other, 1] -= driven * y
        force[row, 0] += pull_x
        force[row, 1] += pull_y
        pushes[row, 0] += push_x
        pushes[row, 1] += push_y
    for row in range(count):
        for axis in range(2):
            force[row, axis] = 4 * (force[row, axis] - pushes[row, axis] / (2 * total))
