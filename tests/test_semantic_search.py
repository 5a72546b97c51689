"""The search for vectors that are close: complete, exact, and the same in any order."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import curator.dedup.search as search_module
from curator.dedup import Compared, expand, gram_vectors, semantic_pairs
from curator.dedup.neighbours import indexed_pairs
from curator.dedup.search import close_pairs
from curator.errors import MissingExtraError


def unit(seed: int, height: int, width: int = 8) -> NDArray[np.float32]:
    """Make rows of unit length, in some close groups."""
    random = np.random.default_rng(seed)
    rows = (
        random.normal(size=(height, width))
        + 2 * random.normal(size=(5, width))[random.integers(0, 5, height)]
    )
    found: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("f4")
    return found


def compared(*sides: NDArray[np.float32], groups: NDArray[np.uint64] | None = None) -> Compared:
    height = len(sides[0])
    return Compared(
        sides=sides,
        keys=pl.DataFrame({"key": np.arange(height)}),
        groups=np.zeros(height, np.uint64) if groups is None else groups,
        empty=np.zeros(height, np.bool_),
    )


def everything(pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.full(len(pairs), fill_value=True)


def found(records: Compared, floor: float, exact_rows: int = 10**6) -> pl.DataFrame:
    return semantic_pairs(records, floor=floor, exact_rows=exact_rows, judge=everything)


def brute_force(records: Compared, floor: float) -> list[tuple[int, int, float]]:
    dots = np.min([side.astype("f8") @ side.astype("f8").T for side in records.sides], axis=0)
    rows = []
    for left in range(len(dots)):
        for right in range(left + 1, len(dots)):
            similarity = round(float(dots[left, right]), 6)
            if similarity >= floor and records.groups[left] == records.groups[right]:
                rows.append((left, right, min(similarity, 1 - 1e-6)))
    return rows


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(0, 150), st.sampled_from([0.5, 0.7, 0.9]))
def test_no_pair_is_missing_and_every_similarity_is_exact(
    seed: int, height: int, floor: float
) -> None:
    groups = np.random.default_rng(seed).integers(0, 2, height).astype(np.uint64)
    records = compared(unit(seed, height), unit(seed + 1, height), groups=groups)
    rows = found(records, floor).select("left", "right", "similarity").rows()
    assert rows == brute_force(records, floor)


def test_blocks_meet_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_ROWS", 32)
    monkeypatch.setattr(search_module, "_COLUMNS", 48)
    monkeypatch.setattr(search_module, "_ROOM", 7)
    vectors = unit(7, 230)
    rows = {tuple(pair) for block in close_pairs(vectors, 0.6) for pair in block.tolist()}
    assert {(left, right) for left, right, _ in brute_force(compared(vectors), 0.6)} <= rows
    assert all(left < right for left, right in rows)


def test_another_device_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(search_module, "_GPU_ROWS", 64)
    vectors = unit(3, 200)
    blocks = search_module._on_gpu(vectors, 0.6 - search_module.SLACK, device="cpu")
    rows = {tuple(pair) for block in blocks for pair in block.tolist()}
    assert {(left, right) for left, right, _ in brute_force(compared(vectors), 0.6)} <= rows


def test_the_order_of_records_changes_nothing() -> None:
    vectors = unit(11, 120)
    turned = np.random.default_rng(0).permutation(120)
    one, other = found(compared(vectors), 0.7), found(compared(vectors[turned]), 0.7)
    back = {
        (*sorted((int(turned[left]), int(turned[right]))), similarity)
        for left, right, similarity, _ in other.rows()
    }
    assert back == {(left, right, similarity) for left, right, similarity, _ in one.rows()}


def test_equal_records_are_a_star_and_empty_ones_are_in_no_pair() -> None:
    vectors = np.tile(unit(1, 1), (5, 1))
    keys = pl.DataFrame({"key": ["a", "a", "b", "a", ""]})
    empty = np.array([False] * 4 + [True])
    pairs = found(Compared([vectors], keys, np.zeros(5, np.uint64), empty), 0.9)
    assert pairs.select("left", "right", "similarity").rows() == [
        (0, 1, 1.0),
        (0, 2, 1 - 1e-6),
        (0, 3, 1.0),
    ]
    assert expand(pairs, 5).height == 6


def test_the_judge_has_the_last_word() -> None:
    records = compared(unit(5, 80))
    none = semantic_pairs(
        records, floor=0.5, exact_rows=10**6, judge=lambda pairs: ~everything(pairs)
    )
    assert none.height == 0


def test_an_index_finds_most_pairs_and_none_that_is_not_close() -> None:
    pytest.importorskip("usearch")
    records = compared(unit(2, 400, 32))
    exact = found(records, 0.8)
    most = found(records, 0.8, exact_rows=100)
    rows = set(exact.select("left", "right").rows())
    assert set(most.select("left", "right").rows()) <= rows
    assert most.height >= 0.6 * exact.height
    assert most.equals(found(records, 0.8, exact_rows=100))


def test_without_the_index_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curator.dedup.neighbours.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"instruct-curator\[large\]"):
        next(indexed_pairs(unit(0, 10), 0.5))


def test_trigrams_see_spelling_and_neither_case_nor_signs() -> None:
    texts = ["The cat sat.", "the CAT, sat!", "The cats sat", "Völlig anders", "", "?!"]
    vectors = gram_vectors(pl.Series(texts))
    dots = vectors @ vectors.T
    assert dots[0, 1] == pytest.approx(1)
    assert 0.6 < dots[0, 2] < 1
    assert abs(dots[0, 3]) < 0.4
    assert not vectors[4:].any()
