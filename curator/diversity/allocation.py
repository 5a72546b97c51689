"""Allocation: a budget divided over classes by weight, within what each has and may give."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Caps = Sequence[tuple[NDArray[np.bool_], float]]
"""Sets of classes, as masks, and how much each set may give together."""
_CLOSE = 1e-9
_TINY = 1e-12
"""The part of the largest weight below which a weight is none."""


def allocate(
    weights: NDArray[np.float64], sizes: NDArray[np.float64], total: float, caps: Caps = ()
) -> NDArray[np.float64]:
    """Give every class a part that grows with its weight, until it is whole or a cap is reached.

    All parts grow together; where a class, or a set of them, is full, its members stop and the
    others go on (progressive filling: Bertsekas and Gallager 1992, Data Networks, 6.5.2).
    """
    parts = np.zeros(len(weights))
    weights = weights / max(float(weights.max(initial=0)), _TINY)
    growing = (weights > _TINY) & (sizes > 0)
    sets = [(np.ones(len(weights), np.bool_), total), *caps]
    while growing.any():
        steps = [float(((sizes - parts)[growing] / weights[growing]).min())]
        for members, most in sets:
            if (members & growing).any():
                steps.append((most - parts[members].sum()) / weights[members & growing].sum())
        parts[growing] += max(0.0, min(steps)) * weights[growing]
        growing &= parts < sizes * (1 - _CLOSE)
        for members, most in sets:
            if parts[members].sum() >= most * (1 - _CLOSE):
                growing &= ~members
    return parts


def in_whole_numbers(
    parts: NDArray[np.float64], sizes: NDArray[np.float64], caps: Caps = ()
) -> NDArray[np.int64]:
    """Round, with the largest remainders up (Hamilton): the sum stays, and nothing is overdrawn.

    Equal remainders go up in the order of the classes.
    """
    near = np.rint(parts)
    settled = np.abs(parts - near) < _CLOSE * (1 + near)
    whole = np.where(settled, near, np.floor(parts)).astype(np.int64)
    left = int(np.rint(parts.sum())) - int(whole.sum())
    remainders = np.round(parts - whole, 9)
    for place in np.lexsort((np.arange(len(parts)), -remainders)):
        if left <= 0 or remainders[place] <= 0:
            break
        sets = [(whole[members].sum(), most) for members, most in caps if members[place]]
        if all(taken < most for taken, most in [(whole[place], sizes[place]), *sets]):
            whole[place] += 1
            left -= 1
    return whole
