"""Settle: decide in survivor order which records fall to a kept neighbour, and to which."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curator.dedup.layers import Layer

MAX_LAYERS = 64
"""A fired layer is a bit of 64."""


class Settlement(NamedTuple):
    """What became of each record.

    `fired`: bit `i` is set when layer `i` has a kept neighbour. `witness` and `similarity`: the
    most similar kept neighbour, ties to the smaller rank, in the first fired layer that drops, or
    else the first fired; -1 and 0 when none fired.
    """

    fired: NDArray[np.uint64]
    witness: NDArray[np.int64]
    similarity: NDArray[np.float64]
    dropped: NDArray[np.bool_]


class _Graph(NamedTuple):
    """All layers in one: layer `i` has row `i`, and its edges begin at `starts[i]`."""

    classes: NDArray[np.int32]
    bounds: NDArray[np.int64]
    starts: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    similarities: NDArray[np.float64]
    thresholds: NDArray[np.float64]


class _Kept(NamedTuple):
    """The kept members of each class, as a chain in survivor order, and what they reach.

    `best` and `nearest` hold the most similar kept neighbour of each class outside the class.
    """

    rank: NDArray[np.int64]
    head: NDArray[np.int32]
    tail: NDArray[np.int32]
    after: NDArray[np.int32]
    best: NDArray[np.float64]
    nearest: NDArray[np.int32]


class _Apart(NamedTuple):
    """Declared distinct: the records apart from record `r` are `others[bounds[r]:bounds[r + 1]]`."""

    bounds: NDArray[np.int64]
    others: NDArray[np.int64]


def settle(  # noqa: PLR0913 (each is one fact of the settlement)
    rank: NDArray[np.int64],
    protected: NDArray[np.bool_],
    layers: Sequence[Layer],
    thresholds: Sequence[float],
    drops: Sequence[bool],
    distinct: NDArray[np.int64],
) -> Settlement:
    """Keep, in rank order, each record without a kept neighbour in a layer that drops.

    `rank` is the survivor order, unique and below `len(rank)`; -1 takes no part. Protected records
    rank first and never fall. Two records of a row of `distinct` `[m, 2]` are no neighbours.
    """
    if len(layers) > MAX_LAYERS:
        raise ValueError(f"at most {MAX_LAYERS} duplicate filters can be settled: {len(layers)}")
    rank = np.array(rank, np.int64)
    height = len(rank)
    settlement = Settlement(
        np.zeros(height, np.uint64),
        np.full(height, -1, np.int64),
        np.zeros(height),
        np.zeros(height, np.bool_),
    )
    if not layers:
        return settlement
    graph = _stack(layers, thresholds)
    kept = _none_kept(rank, len(layers))
    order = _survivor_order(rank)
    apart = _set_apart(np.asarray(distinct, np.int64).reshape(-1, 2), height)
    _pass(order, np.array(protected, np.bool_), graph, np.asarray(drops, np.bool_), (kept, apart), settlement)
    return settlement


def _survivor_order(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows that take part, in rank order."""
    order = np.full(len(rank), -1, np.int64)
    alive = np.flatnonzero(rank >= 0)
    order[rank[alive]] = alive
    return order[order >= 0]


def _stack(layers: Sequence[Layer], thresholds: Sequence[float]) -> _Graph:
    ends = np.cumsum([0] + [len(layer.neighbours) for layer in layers])
    single = len(layers) == 1
    first = layers[0]
    return _Graph(
        np.stack([layer.classes for layer in layers]),
        np.stack([layer.bounds for layer in layers]),
        ends[:-1].astype(np.int64),
        first.neighbours if single else np.concatenate([layer.neighbours for layer in layers]),
        first.similarities if single else np.concatenate([layer.similarities for layer in layers]),
        np.asarray(thresholds, np.float64),
    )


def _none_kept(rank: NDArray[np.int64], layers: int) -> _Kept:
    shape = (layers, len(rank))
    head, tail, after, nearest = (np.full(shape, -1, np.int32) for _ in range(4))
    return _Kept(rank, head, tail, after, np.zeros(shape), nearest)


def _set_apart(distinct: NDArray[np.int64], height: int) -> _Apart:
    both = np.concatenate((distinct, distinct[:, ::-1]))
    both = both[np.argsort(both[:, 0], kind="stable")]
    bounds = np.zeros(height + 1, np.int64)
    if len(both):
        np.cumsum(np.bincount(both[:, 0], minlength=height), out=bounds[1:])
    return _Apart(bounds, np.ascontiguousarray(both[:, 1]))


@njit(cache=True, nogil=True)
def _pass(  # noqa: PLR0913
    order: NDArray[np.int64],
    protected: NDArray[np.bool_],
    graph: _Graph,
    drops: NDArray[np.bool_],
    state: tuple[_Kept, _Apart],
    settlement: Settlement,
) -> None:
    kept, apart = state
    for row in order:
        falls = False
        for layer in range(len(drops)):
            nearest, similarity = _nearest(graph, kept, apart, layer, row)
            if nearest < 0:
                continue
            if settlement.fired[row] == 0 or (drops[layer] and not falls):
                settlement.witness[row] = nearest
                settlement.similarity[row] = similarity
            settlement.fired[row] |= np.uint64(1) << np.uint64(layer)
            falls = falls or drops[layer]
        if falls and not protected[row]:
            settlement.dropped[row] = True
            continue
        for layer in range(len(drops)):
            _keep(graph, kept, layer, row)


@njit(cache=True, nogil=True)
def _nearest(
    graph: _Graph, kept: _Kept, apart: _Apart, layer: int, row: int
) -> tuple[int, float]:
    """Return the most similar kept neighbour of a record in a layer, -1 if none."""
    kind = graph.classes[layer, row]
    if apart.bounds[row + 1] > apart.bounds[row]:
        return _nearest_but(graph, kept, apart, layer, row)
    if kept.head[layer, kind] >= 0:
        return kept.head[layer, kind], 1.0
    return kept.nearest[layer, kind], kept.best[layer, kind]


@njit(cache=True, nogil=True)
def _nearest_but(
    graph: _Graph, kept: _Kept, apart: _Apart, layer: int, row: int
) -> tuple[int, float]:
    """Do the same for a record with others set apart from it: look at every kept neighbour."""
    kind = graph.classes[layer, row]
    twin = _first_but(kept, apart, layer, kind, row)
    if twin >= 0:
        return twin, 1.0
    nearest, best = -1, 0.0
    start = graph.starts[layer]
    for edge in range(start + graph.bounds[layer, kind], start + graph.bounds[layer, kind + 1]):
        similarity = graph.similarities[edge]
        if similarity < graph.thresholds[layer] or similarity < best:
            continue
        other = _first_but(kept, apart, layer, graph.neighbours[edge], row)
        if other < 0:
            continue
        if similarity > best or kept.rank[other] < kept.rank[nearest]:
            nearest, best = other, similarity
    return nearest, best


@njit(cache=True, nogil=True)
def _first_but(kept: _Kept, apart: _Apart, layer: int, kind: int, row: int) -> int:
    """Return the first kept member of a class that is not set apart from the record."""
    member = kept.head[layer, kind]
    while member >= 0 and _are_apart(apart, row, member):
        member = kept.after[layer, member]
    return member


@njit(cache=True, nogil=True)
def _are_apart(apart: _Apart, row: int, member: int) -> bool:
    for at in range(apart.bounds[row], apart.bounds[row + 1]):
        if apart.others[at] == member:
            return True
    return False


@njit(cache=True, nogil=True)
def _keep(graph: _Graph, kept: _Kept, layer: int, row: int) -> None:
    """Append the record to its class; the first of a class tells the classes beside it."""
    kind = graph.classes[layer, row]
    if kept.head[layer, kind] >= 0:
        kept.after[layer, kept.tail[layer, kind]] = row
        kept.tail[layer, kind] = row
        return
    kept.head[layer, kind] = kept.tail[layer, kind] = row
    start = graph.starts[layer]
    for edge in range(start + graph.bounds[layer, kind], start + graph.bounds[layer, kind + 1]):
        similarity = graph.similarities[edge]
        beside = graph.neighbours[edge]
        if similarity >= graph.thresholds[layer] and similarity > kept.best[layer, beside]:
            kept.best[layer, beside] = similarity
            kept.nearest[layer, beside] = row
