"""Measures of diversity keep their bounds, and say what their papers say."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from curator.diversity import nearest, points_of
from curator.diversity.atlas import ATLAS_SCHEMA, atlas_of, usual_clusters
from curator.diversity.distinct import distinct, first_words, words_of
from curator.diversity.entropy import effective_number
from curator.diversity.similarity import nearest_of_all, nearest_of_some
from curator.diversity.terms import terms_of
from curator.diversity.vendi import vendi, vendi_by

Vectors = NDArray[np.float32]
ROWS = arrays(
    np.float32, st.tuples(st.integers(1, 12), st.integers(2, 5)), elements=st.integers(-9, 9)
)


def unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def blobs(count: int, kinds: int, seed: int = 0) -> Vectors:
    """Make unit vectors around some centres that are far apart."""
    chance = np.random.default_rng(seed)
    centres = np.eye(16, dtype=np.float32)[:kinds]
    noise = chance.normal(0, 0.05, (count, 16)).astype(np.float32)
    return unit(centres[np.arange(count) % kinds] + noise)


@given(ROWS)
def test_the_vendi_score_is_that_of_the_whole_matrix(rows: Vectors) -> None:
    vectors = unit(rows)
    there = vectors[np.linalg.norm(vectors, axis=1) > 0].astype(np.float64)
    found = vendi(vectors)
    if not len(there):
        assert found is None
        return
    values = np.linalg.eigvalsh(there @ there.T / len(there))
    values = values[values > 1e-9]
    assert found == pytest.approx(math.exp(-(values * np.log(values)).sum()), rel=1e-3)


@given(ROWS)
def test_the_vendi_score_is_between_one_and_how_many_there_are(rows: Vectors) -> None:
    found = vendi(unit(rows))
    assert found is None or 1 - 1e-6 <= found <= len(rows) + 1e-6


@given(ROWS, st.integers(2, 4))
def test_saying_everything_again_changes_no_vendi_score(rows: Vectors, times: int) -> None:
    once, again = vendi(unit(rows)), vendi(unit(np.concatenate([rows] * times)))
    assert again == (None if once is None else pytest.approx(once, rel=1e-4))


def test_the_vendi_score_counts_what_is_wholly_different() -> None:
    assert vendi(np.eye(7, dtype=np.float32)) == pytest.approx(7)
    assert vendi(np.ones((7, 3), np.float32)) == pytest.approx(1)
    named = vendi_by(np.eye(5, dtype=np.float32), pl.Series(["b", "a", "b", None, "b"]))
    assert named.with_columns(pl.col("vendi").round(6)).rows() == [("a", 1, 1.0), ("b", 3, 3.0)]


@given(st.lists(st.integers(0, 100)))
def test_the_effective_number_is_at_most_the_number_of_classes(sizes: list[int]) -> None:
    found = effective_number(sizes)
    classes = sum(size > 0 for size in sizes)
    assert found == 0 if not classes else 1 - 1e-9 <= found <= classes + 1e-9


def test_classes_of_one_size_count_in_full() -> None:
    assert effective_number([5, 5, 5, 5]) == pytest.approx(4)
    assert effective_number([96, 1, 1, 1, 1]) < 1.3


def test_distinct_n_is_over_the_same_number_of_words() -> None:
    texts = first_words(["One two one two.", "One, two!", "three"], most=5)
    assert texts == [["one", "two", "one", "two"], ["one"]]
    assert distinct(texts, 1, 5) == 2 / 5
    assert distinct(texts, 2, 5) == 2 / 3
    assert distinct(texts, 1, 2) == 1.0
    assert distinct([], 1, 5) is None


def test_each_sign_of_a_script_without_spaces_is_a_word() -> None:
    assert words_of("It's 你好!") == ["it's", "你", "好"]


def test_the_nearest_is_another_row_and_equal_rows_have_one() -> None:
    points = points_of(unit(np.array([[1, 0], [1, 0], [0, 1], [1, 1]], np.float32)))
    rows, products = nearest(points, 3)
    found = nearest_of_all(points, rows, products)
    assert found.round(3).tolist() == [1.0, 1.0, 0.707, 0.707]
    assert nearest_of_some(points, np.array([3, 0])).round(3).tolist() == [0.707, 1.0]
    assert np.isnan(nearest_of_some(points[:1], np.array([0]))).all()


def placed(vectors: Vectors, texts: list[str] | None = None) -> pl.DataFrame:
    height = len(vectors)
    return pl.DataFrame(
        {
            "content": [f"{(place * 7919) % 10007:032x}" for place in range(height)],
            "text": texts or [f"text {place}" for place in range(height)],
            "embedding": pl.Series(vectors, dtype=pl.Array(pl.Float32, vectors.shape[1])),
        }
    )


def test_groups_lie_apart_on_the_map_and_have_clusters_of_their_own() -> None:
    vectors = blobs(240, 4)
    found = atlas_of(placed(vectors), clusters=4)
    assert found["cluster"].n_unique() == 4
    kinds = pl.Series("kind", np.arange(240) % 4)
    spots = found.hstack([kinds]).group_by("kind").agg(pl.col("x", "y").mean()).sort("kind")
    wide = found.hstack([kinds]).group_by("kind").agg(pl.col("x", "y").std())
    middles = spots.select("x", "y").to_numpy()
    apart = min(
        np.linalg.norm(middles[one] - middles[other]) for one in range(4) for other in range(one)
    )
    assert apart > 2 * wide.select("x", "y").to_numpy().max()
    assert found["nearest"].min() > 0.9


def test_the_map_is_the_same_whatever_the_order() -> None:
    records = placed(blobs(90, 3), [f"about cats {n % 3}" for n in range(90)])
    turned = records.sample(fraction=1, shuffle=True, seed=3)
    found = records.hstack(atlas_of(records)).sort("content")
    assert found.equals(turned.hstack(atlas_of(turned)).sort("content"))


def test_equal_texts_lie_on_one_place_and_unknown_ones_on_none() -> None:
    vectors = np.concatenate([blobs(20, 2), blobs(20, 2)[:1], np.zeros((1, 16), np.float32)])
    found = atlas_of(placed(vectors))
    assert found.row(0) == found.row(20)
    assert found["nearest"][0] == 1.0
    assert found.row(21) == (None,) * 5
    assert found.schema == ATLAS_SCHEMA


@pytest.mark.parametrize("height", [0, 1, 2, 3])
def test_a_few_records_are_placed_too(height: int) -> None:
    found = atlas_of(placed(blobs(4, 4)[:height]))
    assert (found.height, found["x"].null_count()) == (height, 0)
    assert found["x"].is_between(0, 1).all()


def test_there_are_as_many_clusters_as_a_map_can_show() -> None:
    assert [usual_clusters(n) for n in (1, 2, 200, 1_000_000)] == [1, 1, 10, 60]


def test_terms_tell_a_group_from_the_others() -> None:
    texts = pl.Series(["The cat sleeps on the mat."] * 5 + ["Sort the array of numbers."] * 5)
    found = terms_of(texts, pl.Series([0] * 5 + [1] * 5))
    assert found["terms"].to_list() == [["cat", "mat", "sleeps"], ["array", "numbers", "sort"]]


def test_a_group_without_words_has_no_terms() -> None:
    found = terms_of(pl.Series(["", "!"]), pl.Series([0, 0]))
    assert found["terms"].to_list() == [[]]
