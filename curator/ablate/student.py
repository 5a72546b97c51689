"""Student: the distribution of Student's t, right for very few degrees of freedom."""

import math

from curator.report.significance import student

_MANY = 30
"""From so many degrees of freedom on, an expansion is as good and quicker."""
_HALVINGS = 45


def within(t: float, freedom: int) -> float:
    """Return the probability that |T| is at most t (Abramowitz and Stegun 1964, 26.7.3 and 4)."""
    angle = math.atan(t / math.sqrt(freedom))
    return _within(angle, freedom)


def two_sided(probability: float, freedom: int) -> float:
    """Return the t that |T| exceeds with a probability, such as 4.303 for 0.05 and 2."""
    if freedom > _MANY:
        return student(1 - probability, freedom)
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if 1 - _within(middle, freedom) > probability:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan((low + high) / 2)


def _within(angle: float, freedom: int) -> float:
    odd = freedom % 2
    square = math.cos(angle) ** 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for factor in range(1 + odd, freedom, 2):
        total += term
        term *= square * factor / (factor + 1)
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total
