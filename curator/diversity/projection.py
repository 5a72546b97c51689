"""Projection: a map on which records that are like each other lie near each other.

t-SNE (van der Maaten and Hinton 2008) of some landmarks, begun at their first two principal
components (Kobak and Berens 2019), and every other point between the landmarks most like it. It is
worth more than the principal components alone, which show two directions out of hundreds.
"""

import numpy as np
from numpy.typing import NDArray

from curator.diversity.points import SQUARE

LANDMARKS = 1_200
"""Points that are laid out by comparing all of them; the first ones, so rows stand in a drawn
order."""
PERPLEXITY = 30.0
_ROUNDS, _EARLY = 500, 150
_BETWEEN = 4
"""Landmarks between which a point is put."""
_BLOCK = 4_096
_FEWEST = 8
Points = NDArray[np.float32]
Places = NDArray[np.float64]


def project(points: Points, most: int = LANDMARKS) -> Places:
    """Return x and y of every point, from 0 to 1; equal points lie on one place.

    `points` are different from each other, none is zero, and their first are the landmarks. The
    distances on the map mean little where they are large, and the size of a cloud means nothing.
    """
    landmarks = points[:most]
    laid = _lay_out(landmarks)
    placed = np.concatenate([laid, _between(points[most:], landmarks, laid)])
    return _framed(placed)


def _lay_out(landmarks: Points) -> Places:
    from curator.diversity._layout_kernel import affinities, descend

    start = _components(landmarks)
    if len(landmarks) < _FEWEST:
        return start
    products = (landmarks @ landmarks.T).astype(np.float64) / SQUARE
    distances = np.maximum(2 - 2 * products, 0)
    near = affinities(distances, min(PERPLEXITY, (len(landmarks) - 1) / 3))
    return np.asarray(descend(near, start * 1e-2, _ROUNDS, _EARLY))


def _components(points: Points) -> Places:
    """Return the first two principal components, each with its largest weight above zero.

    They are rounded, so that no machine's last digits show.
    """
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    main = axes[:, :-3:-1]
    signs = np.sign(main[np.abs(main).argmax(axis=0), np.arange(main.shape[1])])
    found = np.zeros((len(points), 2))
    found[:, : main.shape[1]] = centred @ (main * np.where(signs == 0, 1, signs))
    spread = np.abs(found).max(initial=0.0)
    return np.round(found / spread, 6) if spread > 0 else found


def _between(points: Points, landmarks: Points, laid: Places) -> Places:
    """Put each point between the landmarks most like it, nearest to the likest of them."""
    blocks = [np.zeros((0, 2))]
    for start in range(0, len(points), _BLOCK):
        products = points[start : start + _BLOCK] @ landmarks.T
        best = np.argsort(-products, axis=1, kind="stable")[:, :_BETWEEN]
        away = 1 - np.take_along_axis(products, best, axis=1).astype(np.float64) / SQUARE
        weights = 1 / np.maximum(away, 1e-3) ** 2
        weights /= weights.sum(axis=1, keepdims=True)
        blocks.append((laid[best] * weights[:, :, None]).sum(axis=1))
    return np.concatenate(blocks)


def _framed(placed: Places) -> Places:
    """Move and scale a map so that it fills the frame as far as its shape allows."""
    if not len(placed):
        return placed
    low, high = placed.min(axis=0), placed.max(axis=0)
    extent = float((high - low).max())
    middle = (placed - (low + high) / 2) / extent if extent > 0 else np.zeros_like(placed)
    return np.asarray(np.clip(0.5 + middle, 0, 1))
