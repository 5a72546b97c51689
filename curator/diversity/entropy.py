"""Entropy: how many classes there effectively are, however uneven their sizes."""

import numpy as np
from numpy.typing import ArrayLike


def effective_number(weights: ArrayLike) -> float:
    """Return the exponential of the entropy of some weights: the Hill number of order 1.

    So many classes of one size would be as uncertain as these (Hill 1973, Ecology 54:427; Jost
    2006, Oikos 113:363). Without any weight there is no class, and it is 0.
    """
    sizes = np.asarray(weights, np.float64)
    sizes = sizes[sizes > 0]
    if not len(sizes):
        return 0.0
    shares = sizes / sizes.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
