"""Projection: a map on which records that are like each other lie near each other.

Each point is pulled to its nearest neighbours and pushed from points drawn at random, beginning at
the first two principal components: the neighbour embedding of LargeVis (Tang et al. 2016) and UMAP
(McInnes et al. 2018), with all neighbours of one weight, which changes little (Böhm, Berens and
Kobak 2022), and begun as Kobak and Linderman 2021 advise.
"""

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 15
"""Neighbours that pull a point; 15 is UMAP's default."""
_ROUNDS = 200
_MOST_MOVES = 200_000_000
"""Of very many points, there are fewer rounds, and at least 50."""
_LEAST_ROUNDS = 50
_START = 10.0
_EDGE = 0.002
"""Share of the points beyond either edge of the frame, which are put on the edge."""
Points = NDArray[np.float32]
Places = NDArray[np.float64]


def project(points: Points, neighbours: NDArray[np.int32]) -> Places:
    """Return x and y of every point, from 0 to 1.

    `points` are all different and in an order that means nothing; row i of `neighbours` are rows of
    the points that are most like point i, itself among them or not. Distances on the map mean
    little where they are large, and the size of a cloud means nothing.
    """
    from curator.diversity._layout_kernel import settle

    places = _components(points)
    if neighbours.shape[1] > 1:
        moves = max(1, neighbours.size)
        rounds = max(_LEAST_ROUNDS, min(_ROUNDS, _MOST_MOVES // moves))
        settle(places, neighbours, rounds)
    return _framed(places)


def _components(points: Points) -> Places:
    """Return the ranks of the points along their first two principal components, around 0.

    Ranks leave no gap: a part of the data that is unlike the rest, such as another language, begins
    beside it and not far away. Components are rounded, so that no machine's last digits show, and
    each has its largest weight above zero.
    """
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    main = axes[:, :-3:-1]
    signs = np.sign(main[np.abs(main).argmax(axis=0), np.arange(main.shape[1])])
    along = np.round(centred @ (main * np.where(signs == 0, 1, signs)), 3)
    ranks = along.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    found = np.zeros((len(points), 2))
    found[:, : main.shape[1]] = _START * (2 * (ranks + 0.5) / max(1, len(points)) - 1)
    return found


def _framed(places: Places) -> Places:
    """Move and scale a map so that it fills the frame as far as its shape allows."""
    if not len(places):
        return places
    low, high = np.quantile(places, [_EDGE, 1 - _EDGE], axis=0)
    extent = float((high - low).max())
    middle = (places - (low + high) / 2) / extent if extent > 0 else np.zeros_like(places)
    return np.asarray(np.clip(0.5 + middle, 0, 1))
