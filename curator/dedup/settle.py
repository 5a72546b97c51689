"""Settle: decide in survivor order which records fall to a kept neighbour, and to which."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel
from curator.dedup.layers import MICRO, Layer

MAX_LAYERS: Final = 64
"""A fired layer is a bit of 64."""
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_TWIN: Final = np.uint64(MICRO)


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
    """All layers in one: row `i` is layer `i`, and its edges begin at `starts[i]`.

    `classes` stands in survivor order, so that the pass reads it from front to back.
    """

    classes: NDArray[np.int32]
    bounds: NDArray[np.int64]
    starts: NDArray[np.int64]
    edges: NDArray[np.uint64]
    least: NDArray[np.uint64]
    drops: NDArray[np.bool_]


class _Chains(NamedTuple):
    """The kept members of each class in survivor order, followed only where records are apart.

    The places apart from place `p` are `others[bounds[p]:bounds[p + 1]]`; nobody is apart when
    `bounds` is empty, and then no chain is kept.
    """

    bounds: NDArray[np.int64]
    others: NDArray[np.int64]
    head: NDArray[np.int32]
    tail: NDArray[np.int32]
    after: NDArray[np.int32]


def settle(
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
    height = len(rank)
    order = _survivor_order(rank)
    fired, near = np.zeros(len(order), np.uint64), np.zeros(len(order), np.uint64)
    dropped = np.zeros(len(order), np.bool_)
    if layers:
        graph = _stack(layers, thresholds, drops, order)
        chains = _chain(distinct, order, len(layers), height)
        safe = np.asarray(protected, np.bool_)[order]
        _pass(graph, chains, safe, fired, near, dropped)
    settlement = Settlement(
        np.zeros(height, np.uint64),
        np.full(height, -1, np.int64),
        np.zeros(height),
        np.zeros(height, np.bool_),
    )
    settlement.fired[order] = fired
    settlement.dropped[order] = dropped
    places = np.flatnonzero(fired)
    settlement.witness[order[places]] = order[(_LOW - (near[places] & _LOW)).astype(np.int64)]
    settlement.similarity[order[places]] = (near[places] >> _HALF) / MICRO
    return settlement


def _survivor_order(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows that take part, in rank order; a row's index here is its place."""
    order = np.full(len(rank), -1, np.int64)
    alive = np.flatnonzero(rank >= 0)
    order[rank[alive]] = alive
    return order[order >= 0]


def _stack(
    layers: Sequence[Layer],
    thresholds: Sequence[float],
    drops: Sequence[bool],
    order: NDArray[np.int64],
) -> _Graph:
    ends = np.cumsum([0] + [len(layer.edges) for layer in layers])
    alone = len(layers) == 1
    least = np.ceil(np.array(thresholds, np.float64) * MICRO - 1e-3)  # 0.7 is not quite 0.7
    return _Graph(
        np.stack([layer.classes[order] for layer in layers]),
        np.stack([layer.bounds for layer in layers]),
        ends[:-1].astype(np.int64),
        layers[0].edges if alone else np.concatenate([layer.edges for layer in layers]),
        least.astype(np.uint64),
        np.array(drops, np.bool_),
    )


def _chain(
    distinct: NDArray[np.int64], order: NDArray[np.int64], layers: int, height: int
) -> _Chains:
    """Make empty chains, and list for each place the places apart from it."""
    if len(distinct) == 0:
        none, no_chain = np.zeros(0, np.int64), np.zeros((layers, 0), np.int32)
        return _Chains(none, none, no_chain, no_chain, no_chain)
    place = np.full(height, -1, np.int64)
    place[order] = np.arange(len(order))
    apart = place[np.asarray(distinct, np.int64).reshape(-1, 2)]
    apart = apart[(apart >= 0).all(axis=1)]
    both = np.concatenate((apart, apart[:, ::-1]))
    both = both[np.argsort(both[:, 0], kind="stable")]
    counts = np.bincount(both[:, 0], minlength=len(order))
    bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    shape = (layers, height if len(both) else 0)
    head, tail, after = (np.full(shape, -1, np.int32) for _ in range(3))
    others = np.ascontiguousarray(both[:, 1])
    return _Chains(bounds if len(both) else bounds[:0], others, head, tail, after)


@kernel
def _pass(
    graph: _Graph,
    chains: _Chains,
    safe: NDArray[np.bool_],
    fired: NDArray[np.uint64],
    near: NDArray[np.uint64],
    dropped: NDArray[np.bool_],
) -> None:
    """Settle the places in order.

    `best` holds, for each layer and class, its most similar kept neighbour: the similarity in the
    upper half, the place counted from the end in the lower, so that the greater number is the
    better witness. A kept member of the class itself is a neighbour at 1.
    """
    best = np.zeros(graph.bounds.shape, np.uint64)
    layers = len(graph.drops)
    for place in range(len(fired)):
        falls = False
        for layer in range(layers):
            found = best[layer, graph.classes[layer, place]]
            if _has_apart(chains, place):
                found = _nearest_but(graph, chains, layer, place)
            if found == 0:
                continue
            if fired[place] == 0 or (graph.drops[layer] and not falls):
                near[place] = found
            fired[place] |= np.uint64(1) << np.uint64(layer)
            falls = falls or graph.drops[layer]
        dropped[place] = falls and not safe[place]
        if not dropped[place]:
            for layer in range(layers):
                _link(chains, layer, graph.classes[layer, place], place)
                _tell(graph, layer, place, best[layer])


@kernel
def _tell(graph: _Graph, layer: int, place: int, best: NDArray[np.uint64]) -> None:
    """Note a kept record with its class and the classes beside it; a second twin is no nearer."""
    kind = graph.classes[layer, place]
    if best[kind] >> _HALF == _TWIN:
        return
    mark = _LOW - np.uint64(place)
    best[kind] = (_TWIN << _HALF) | mark
    start = graph.starts[layer]
    for at in range(start + graph.bounds[layer, kind], start + graph.bounds[layer, kind + 1]):
        edge = graph.edges[at]
        if edge >> _HALF >= graph.least[layer]:
            beside = edge & _LOW
            best[beside] = max(best[beside], (edge & ~_LOW) | mark)


@kernel
def _link(chains: _Chains, layer: int, kind: int, place: int) -> None:
    """Append a kept record to the chain of its class."""
    if len(chains.bounds) == 0:
        return
    if chains.head[layer, kind] < 0:
        chains.head[layer, kind] = place
    else:
        chains.after[layer, chains.tail[layer, kind]] = place
    chains.tail[layer, kind] = place


@kernel
def _has_apart(chains: _Chains, place: int) -> bool:
    return len(chains.bounds) > 0 and chains.bounds[place + 1] > chains.bounds[place]


@kernel
def _nearest_but(graph: _Graph, chains: _Chains, layer: int, place: int) -> np.uint64:
    """Return the best kept neighbour of a record that others are apart from, by looking at all."""
    kind = graph.classes[layer, place]
    twin = _first_but(chains, layer, kind, place)
    if twin >= 0:
        return (_TWIN << _HALF) | (_LOW - np.uint64(twin))
    found = np.uint64(0)
    start = graph.starts[layer]
    for at in range(start + graph.bounds[layer, kind], start + graph.bounds[layer, kind + 1]):
        edge = graph.edges[at]
        if edge >> _HALF >= graph.least[layer]:
            other = _first_but(chains, layer, edge & _LOW, place)
            if other >= 0:
                found = max(found, (edge & ~_LOW) | (_LOW - np.uint64(other)))
    return found


@kernel
def _first_but(chains: _Chains, layer: int, kind: int, place: int) -> int:
    """Return the first kept member of a class that is not apart from the record, or -1."""
    member = int(chains.head[layer, kind])
    while member >= 0 and _are_apart(chains, place, member):
        member = int(chains.after[layer, member])
    return member


@kernel
def _are_apart(chains: _Chains, place: int, member: int) -> bool:
    at, end = chains.bounds[place], chains.bounds[place + 1]
    while at < end and chains.others[at] != member:
        at += 1
    return bool(at < end)
