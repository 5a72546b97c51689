"""Settlement: the compiled pass decides what a slow and obvious one decides."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.dedup import PAIR_SCHEMA, Settlement, expand, prepare, settle

steady = settings(deadline=None, derandomize=True)  # the first call may compile
NOBODY = np.zeros((0, 2), np.int64)


@dataclass(frozen=True)
class Case:
    """One settlement: `pairs`, thresholds and actions by layer."""

    rank: list[int]
    protected: list[bool]
    pairs: list[pl.DataFrame]
    thresholds: list[float]
    drops: list[bool]
    distinct: list[tuple[int, int]]

    def settle(self) -> Settlement:
        return settle(
            np.array(self.rank, np.int64),
            np.array(self.protected, np.bool_),
            [prepare(pairs, len(self.rank)) for pairs in self.pairs],
            self.thresholds,
            self.drops,
            np.array(self.distinct, np.int64).reshape(-1, 2),
        )


def make_pairs(*rows: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame([(*row, True) for row in rows], schema=PAIR_SCHEMA, orient="row").sort(
        "left", "right"
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    height = draw(st.integers(1, 9))
    rows = st.integers(0, height - 1)
    order = draw(st.permutations(range(height)))
    dead = draw(st.sets(rows, max_size=2))
    guarded = draw(st.sets(rows, max_size=2)) - dead
    alive = sorted((row for row in order if row not in dead), key=lambda row: row not in guarded)
    layers = draw(st.lists(stars_and_pairs(height), max_size=3))
    return Case(
        [alive.index(row) if row not in dead else -1 for row in range(height)],
        [row in guarded for row in range(height)],
        layers,
        [draw(st.sampled_from([0.7, 0.8, 1.0])) for _ in layers],
        [draw(st.booleans()) for _ in layers],
        draw(st.lists(st.tuples(rows, rows), max_size=3)),
    )


@st.composite
def stars_and_pairs(draw: st.DrawFn, height: int) -> pl.DataFrame:
    kinds = [draw(st.integers(0, row)) for row in range(height)]
    first = [kinds.index(kind) for kind in kinds]
    firsts = sorted(set(first))
    between = [(a, b) for a in firsts for b in firsts if a < b]
    chosen = draw(st.lists(st.sampled_from(between), unique=True)) if between else []
    rows = [(first[row], row, 1.0) for row in range(height) if first[row] != row]
    rows += [(a, b, draw(st.sampled_from([0.7, 0.75, 0.8, 0.9, 0.999999]))) for a, b in chosen]
    return make_pairs(*rows)


def obvious(case: Case) -> list[tuple[int, int, float, bool]]:
    """Settle by looking, for each record, at every pair written out."""
    height = len(case.rank)
    apart = {frozenset(pair) for pair in case.distinct}
    near: list[dict[frozenset[int], float]] = [
        {frozenset((a, b)): s for a, b, s in expand(pairs, height).rows() if s >= least}
        for pairs, least in zip(case.pairs, case.thresholds, strict=True)
    ]
    kept: list[int] = []
    found = [(0, -1, 0.0, False)] * height
    alive = [row for row in range(height) if case.rank[row] >= 0]
    for row in sorted(alive, key=lambda row: case.rank[row]):
        best: dict[int, tuple[int, float]] = {}
        for layer, similar in enumerate(near):
            beside = [
                (-similar[pair], case.rank[other], other)
                for other in kept
                if (pair := frozenset((row, other))) in similar and pair not in apart
            ]
            if beside:
                best[layer] = (min(beside)[2], -min(beside)[0])
        dropping = [layer for layer in best if case.drops[layer]]
        falls = bool(dropping) and not case.protected[row]
        witness, similarity = best[(dropping or list(best))[0]] if best else (-1, 0.0)
        found[row] = (sum(1 << layer for layer in best), witness, similarity, falls)
        if not falls:
            kept.append(row)
    return found


def told(settlement: Settlement) -> list[tuple[int, int, float, bool]]:
    return list(zip(*(column.tolist() for column in settlement), strict=True))


@steady
@given(cases())
def test_the_pass_decides_what_the_obvious_one_decides(case: Case) -> None:
    assert told(case.settle()) == obvious(case)


@steady
@given(cases())
def test_a_witness_is_kept_and_similar_enough(case: Case) -> None:
    settlement = case.settle()
    for row in np.flatnonzero(settlement.dropped):
        witness = settlement.witness[row]
        assert witness >= 0
        assert not settlement.dropped[witness]
        assert case.rank[witness] < case.rank[row]
        assert settlement.similarity[row] >= min(case.thresholds)


def test_a_chain_loses_only_what_has_a_kept_neighbour() -> None:
    pairs = make_pairs((0, 1, 0.8), (1, 2, 0.8), (2, 3, 0.8))
    case = Case([0, 1, 2, 3], [False] * 4, [pairs], [0.8], [True], [])
    assert case.settle().dropped.tolist() == [False, True, False, True]


def test_a_pair_said_to_be_distinct_stays_and_still_drops_others() -> None:
    pairs = make_pairs((0, 1, 1.0), (0, 2, 1.0))
    case = Case([0, 1, 2], [False] * 3, [pairs], [0.8], [True], [(1, 0)])
    assert case.settle().dropped.tolist() == [False, False, True]


def test_a_protected_record_stays_and_names_its_twin() -> None:
    pairs = make_pairs((0, 1, 1.0))
    case = Case([0, 1], [True, True], [pairs], [0.8], [True], [])
    assert told(case.settle()) == [(0, -1, 0.0, False), (1, 0, 1.0, False)]


def test_a_flag_marks_and_keeps() -> None:
    pairs = make_pairs((0, 1, 0.9))
    case = Case([1, 0], [False] * 2, [pairs, pairs], [0.8, 0.95], [False, True], [])
    assert told(case.settle()) == [(1, 1, 0.9, False), (0, -1, 0.0, False)]


def test_nothing_to_settle() -> None:
    assert told(Case([], [], [], [], [], []).settle()) == []
    assert told(Case([0, -1], [False] * 2, [], [], [], []).settle()) == [(0, -1, 0.0, False)] * 2
    assert told(Case([], [], [make_pairs()], [0.8], [True], []).settle()) == []


def test_more_layers_than_bits_are_refused() -> None:
    layer = prepare(make_pairs(), 1)
    with pytest.raises(ValueError, match="64"):
        settle(
            np.zeros(1, np.int64), np.zeros(1, bool), [layer] * 65, [1.0] * 65, [True] * 65, NOBODY
        )
