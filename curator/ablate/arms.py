"""Arms: which records each training sees; every arm is a decision over the same run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from curator.ablate.trial import CURATED, DROPPED, LONGEST, RANDOM, RAW, without

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
Kind = Literal["raw", "random", "curated", "without", "longest", "dropped"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
CORE: Final = (RAW, RANDOM, CURATED)
"""The arms without which nothing can be said."""
_TRIES: Final = 20_000
_CLOSE: Final = 0.002
"""A random choice is as long as the curated one when it is within this share of its tokens."""


@dataclass(frozen=True)
class Arm:
    """One way to choose the records that are trained on."""

    name: str
    kind: Kind
    rows: Rows
    """The records; of a random arm those that it draws from."""
    without: str = ""
    """The filter that was left out."""
    changed: int = 0
    """Records that the filter alone decides."""
    size: int = 0
    """How many records a training sees; a random arm draws so many."""
    tokens: int = 0
    """How many supervised tokens they have."""

    def drawn(self, tokens: Rows, seed: int) -> Rows:
        """Return the records of one training; `tokens` counts each record's supervised ones."""
        if self.kind != "random":
            return self.rows
        return drawn_alike(self.rows, tokens, (self.size, self.tokens), seed)


@dataclass(frozen=True)
class Pool:
    """What may be trained on, record by record of the run."""

    usable: Mask
    """(records,), on the training side, near no held-out record, and with something to learn."""
    tokens: Rows
    """(records,), supervised tokens."""
    kept: Mask
    """(records,), by the recipe."""
    without: Mapping[str, Mask] = field(default_factory=dict)
    """By filter: kept when it says nothing."""


def arms_of(pool: Pool) -> list[Arm]:
    """Return every arm there can be, the most important first.

    The filters come by how many of the records that may be trained on they alone decide; one that
    decides none has no arm.
    """
    raw = np.flatnonzero(pool.usable)
    curated = np.flatnonzero(pool.usable & pool.kept)
    longest = raw[np.argsort(-pool.tokens[raw], kind="stable")[: len(curated)]]
    alike = len(curated), int(pool.tokens[curated].sum())
    return [
        _arm(pool, RAW, "raw", raw),
        Arm(RANDOM, "random", raw, size=alike[0], tokens=alike[1]),
        _arm(pool, CURATED, "curated", curated),
        *_without(pool),
        _arm(pool, LONGEST, "longest", np.sort(longest)),
        _arm(pool, DROPPED, "dropped", np.flatnonzero(pool.usable & ~pool.kept)),
    ]


def _arm(pool: Pool, name: str, kind: Kind, rows: Rows) -> Arm:
    return Arm(name, kind, rows, size=len(rows), tokens=int(pool.tokens[rows].sum()))


def _without(pool: Pool) -> list[Arm]:
    found = []
    for label, mask in pool.without.items():
        changed = int(np.count_nonzero(pool.usable & (mask != pool.kept)))
        if changed:
            rows = np.flatnonzero(pool.usable & mask)
            arm = _arm(pool, without(label), "without", rows)
            found.append(replace(arm, without=label, changed=changed))
    return sorted(found, key=lambda arm: -arm.changed)


def drawn_alike(rows: Rows, tokens: Rows, wanted: tuple[int, int], seed: int) -> Rows:
    """Draw `wanted[0]` of some records at random, with about `wanted[1]` supervised tokens.

    A plain draw, of which records are exchanged for others at random for as long as that brings
    the tokens nearer.
    """
    size, goal = wanted
    order = np.random.default_rng([seed, len(rows)]).permutation(rows)
    inside, outside = order[:size].copy(), order[size:].copy()
    gap = int(tokens[inside].sum()) - goal
    chance = np.random.default_rng([seed, size])
    for _ in range(_TRIES if len(outside) and size else 0):
        if abs(gap) <= _CLOSE * goal:
            break
        at, to = chance.integers(size), chance.integers(len(outside))
        moved = gap + int(tokens[outside[to]]) - int(tokens[inside[at]])
        if abs(moved) < abs(gap):
            inside[at], outside[to] = outside[to], inside[at]
            gap = moved
    return np.sort(inside)
