"""Algorithms of selection: each keeps its guarantee, and is the same whatever the machine."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curator.diversity import (
    BASES,
    SQUARE,
    UNLIMITED,
    Budget,
    allocate,
    apart,
    coverage,
    cut,
    facility_location,
    farthest_first,
    fill,
    in_rounds,
    in_whole_numbers,
    k_means,
    nearest,
    points_of,
    rake,
    rake_within,
    toward,
)

Points = NDArray[np.float32]


def budget(height: int, records: int = UNLIMITED, tokens: int = UNLIMITED, size: int = 1) -> Budget:
    return Budget(records, tokens, np.full(height, size, np.int64))


def some_points(height: int, seed: int, clusters: int = 0, width: int = 8) -> Points:
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(height, width))
    if clusters:
        vectors = (
            vectors * 0.2 + chance.normal(size=(clusters, width))[np.arange(height) % clusters]
        )
    return points_of(vectors.astype(np.float32))


@st.composite
def small_sets(draw: st.DrawFn) -> tuple[Points, int]:
    height = draw(st.integers(1, 9))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    vectors = chance.normal(size=(height, draw(st.integers(1, 4))))
    vectors[draw(st.lists(st.integers(0, height - 1), max_size=2))] = 0
    twins = draw(st.lists(st.integers(0, height - 1), max_size=2))
    vectors[twins] = vectors[0]
    return points_of(vectors.astype(np.float32)), draw(st.integers(1, height))


def test_products_of_points_are_exact_in_any_order() -> None:
    points = some_points(300, seed=1, width=256)
    exact = points.astype(np.int64) @ points.astype(np.int64).T
    assert exact.max() < 2**24
    assert np.array_equal(points @ points.T, exact)
    shuffled = np.random.default_rng(2).permutation(256)
    assert np.array_equal(points[:, shuffled] @ points[:, shuffled].T, exact)


def test_points_keep_cosines_and_zeros() -> None:
    vectors = np.random.default_rng(3).normal(size=(50, 64)).astype(np.float32)
    vectors[7] = 0
    points = points_of(vectors * 5)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    assert np.abs(points @ points.T / SQUARE - unit @ unit.T).max() < 5e-4
    assert not points[7].any()


@given(small_sets())
def test_facility_location_reaches_its_share_of_the_best_there_is(
    drawn: tuple[Points, int],
) -> None:
    points, most = drawn
    found = facility_location(points, budget(len(points), most)).chosen
    assert len(found) == most
    best = max(coverage(points, np.array(rows)) for rows in combinations(range(len(points)), most))
    assert coverage(points, found) >= (1 - 1 / np.e) * best - 1e-9


def plain_greedy(points: Points, most: int) -> list[int]:
    similar = np.clip((points @ points.T).astype(np.float64), 0, SQUARE)
    best, chosen = np.zeros(len(points)), list[int]()
    for _ in range(most):
        gains = np.maximum(similar - best[:, None], 0).sum(axis=0)
        gains[chosen] = -1
        chosen.append(int(np.argmax(gains)))
        best = np.maximum(best, similar[:, chosen[-1]])
    return chosen


@given(small_sets())
def test_gains_kept_up_to_date_choose_as_plain_greedy(drawn: tuple[Points, int]) -> None:
    points, most = drawn
    found = facility_location(points, budget(len(points), most))
    assert found.chosen.tolist() == plain_greedy(points, most)
    left = np.setdiff1d(np.arange(len(points)), found.chosen)
    assert (found.value[left] <= found.limit[left] + 1e-9).all()


def test_the_gain_of_what_is_left_out_is_what_it_would_add() -> None:
    points = some_points(60, seed=4, clusters=5)
    found = facility_location(points, budget(60, 7))
    row = int(np.setdiff1d(np.arange(60), found.chosen)[0])
    more = coverage(points, np.append(found.chosen, row)) - coverage(points, found.chosen)
    assert found.value[row] == pytest.approx(60 * more)


def test_few_neighbours_cost_little_of_the_objective() -> None:
    points = some_points(1_500, seed=5, clusters=40, width=16)
    exact = coverage(points, facility_location(points, budget(1_500, 150)).chosen)
    few = coverage(points, facility_location(points, budget(1_500, 150), neighbours=64).chosen)
    assert few >= 0.98 * exact


@given(small_sets())
def test_no_record_is_farther_than_twice_the_best_radius(drawn: tuple[Points, int]) -> None:
    points, most = drawn
    points = points[points.any(axis=1)]
    if not len(points):
        return
    most = min(most, len(points))
    apart_by = np.sqrt(np.maximum(2 - 2 * np.minimum(points @ points.T / SQUARE, 1), 0))

    def radius(centres: list[int]) -> float:
        return float(apart_by[:, centres].min(axis=1).max())

    best = min(radius(list(rows)) for rows in combinations(range(len(points)), most))
    found = farthest_first(points, budget(len(points), most)).chosen.tolist()
    assert radius(found) <= 2 * best + 0.05  # a grid step is 0.04 in the distance of twins


def test_k_center_says_how_near_the_nearest_centre_is() -> None:
    points = some_points(40, seed=6)
    found = farthest_first(points, budget(40, 5))
    left = np.setdiff1d(np.arange(40), found.chosen)
    near = np.minimum((points[left] @ points[found.chosen].T).max(axis=1), SQUARE) / SQUARE
    assert found.value[left].tolist() == pytest.approx(near.tolist())
    assert (found.value[left] >= found.limit[left]).all()
    assert found.chosen[0] == 0


@given(small_sets(), st.integers(1, 4))
def test_a_window_changes_no_choice(drawn: tuple[Points, int], window: int) -> None:
    points, most = drawn
    spend = budget(len(points), most)
    whole, few = farthest_first(points, spend), farthest_first(points, spend, 0, window)
    near = np.where(points.any(axis=1), -SQUARE, SQUARE)
    for turn, row in enumerate(whole.chosen):
        assert row == (np.argmin(near) if turn else 0)
        near = np.maximum(near, np.minimum(points @ points[row], SQUARE))
        near[whole.chosen[: turn + 1]] = np.inf
    assert few.chosen.tolist() == whole.chosen.tolist()
    assert np.array_equal(few.value, whole.value, equal_nan=True)


def test_k_center_leaves_what_has_no_direction_to_the_end() -> None:
    points = some_points(6, seed=7)
    points[[1, 4]] = 0
    assert farthest_first(points, budget(6, 6)).chosen.tolist()[-2:] == [1, 4]


@given(st.integers(0, 2**32), st.integers(1, 700), st.floats(0.2, 0.99))
def test_what_deita_keeps_is_apart_and_what_it_leaves_is_not(
    seed: int, height: int, limit: float
) -> None:
    points = some_points(height, seed, clusters=9, width=5)
    found = apart(points, limit, budget(height))
    similar = np.minimum(points @ points.T, SQUARE) / SQUARE
    chosen = found.chosen
    among = similar[np.ix_(chosen, chosen)]
    assert (np.tril(among, -1) <= limit).all()
    for row in np.setdiff1d(np.arange(height), chosen):
        before = chosen[chosen < row]
        assert similar[row, before].max() == pytest.approx(found.value[row])
        assert found.value[row] > limit
    assert chosen.tolist() == sorted(chosen)


def test_deita_stops_when_the_budget_is_spent_and_says_where() -> None:
    points = points_of(np.eye(6, dtype=np.float32))
    found = apart(points, 0.9, budget(6, 4))
    assert found.chosen.tolist() == [0, 1, 2, 3]
    assert [BASES[kind] for kind in found.basis[3:]] == ["similarity", "place", "place"]
    assert found.value[4:].tolist() == [5, 6]
    assert found.limit[4:].tolist() == [4, 4]


def test_similarity_at_the_limit_is_kept() -> None:
    twins = points_of(np.ones((2, 4), np.float32))
    assert apart(twins, 1.0, budget(2)).chosen.tolist() == [0, 1]
    assert apart(twins, 0.999, budget(2)).chosen.tolist() == [0]


def test_targets_choose_in_turns_what_is_most_like_them() -> None:
    angles = np.radians([0, 10, 20, 90, 80, 45])
    points = points_of(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    targets = points_of(np.eye(2, dtype=np.float32))
    found = toward(points, targets, budget(6, 4))
    assert found.chosen.tolist() == [0, 3, 1, 4]
    assert found.group.tolist() == [0, 0, 0, 1, 1, 0]
    assert found.value[2] == pytest.approx(np.cos(np.radians(20)), abs=1e-3)
    assert found.limit[2] == pytest.approx(np.cos(np.radians(10)), abs=1e-3)


@given(small_sets(), st.integers(1, 5))
def test_no_row_left_is_liked_more_than_one_that_its_target_chose(
    drawn: tuple[Points, int], count: int
) -> None:
    points, most = drawn
    targets = some_points(count, seed=most, width=points.shape[1])
    found = toward(points, targets, budget(len(points), most))
    assert len(set(found.chosen.tolist())) == most
    left = np.setdiff1d(np.arange(len(points)), found.chosen)
    known = left[~np.isnan(found.limit[left])]
    assert (found.value[known] <= found.limit[known] + 1e-9).all()


def test_what_is_held_is_chosen_first_by_every_method() -> None:
    points = some_points(30, seed=8, clusters=4)
    spend = budget(30, 6)
    classes = np.arange(30) % 4
    ones = np.ones(30, np.int64)
    for found in (
        cut(np.arange(30), spend, 3, 30),
        facility_location(points, spend, 3),
        farthest_first(points, spend, 3),
        apart(points, 0.1, spend, 3),
        toward(points, points[:2], spend, 3),
        in_rounds(classes, spend, 3),
        fill(classes, np.array([2, 2, 2, 2]), ones, spend, 3),
    ):
        assert found.chosen[:3].tolist() == [0, 1, 2]
        assert len(set(found.chosen.tolist())) == len(found.chosen) <= 6
    for method in (facility_location, farthest_first):
        assert method(points, budget(30, 2), 3).chosen.tolist() == [0, 1, 2]


def test_tokens_end_a_selection_at_the_first_that_does_not_fit() -> None:
    sizes = np.array([5, 4, 9, 1], np.int64)
    found = cut(np.arange(4), Budget(UNLIMITED, 10, sizes), 0, 4)
    assert found.chosen.tolist() == [0, 1]
    assert [BASES[kind] for kind in found.basis] == ["tokens"] * 4
    assert found.value.tolist() == [5, 9, 18, 19]
    points = points_of(np.eye(4, dtype=np.float32))
    assert farthest_first(points, Budget(UNLIMITED, 10, sizes)).chosen.tolist() == [0, 1]


def test_clusters_are_found_and_do_not_depend_on_luck() -> None:
    points = some_points(600, seed=9, clusters=6, width=32)
    labels, centres = k_means(points, 6)
    assert centres.shape == (6, 32)
    truth = np.arange(600) % 6
    pairs = {(int(a), int(b)) for a, b in zip(truth, labels, strict=True)}
    assert len(pairs) == 6
    assert np.array_equal(labels, k_means(points, 6).labels)


def test_few_points_make_few_clusters() -> None:
    assert len(k_means(some_points(3, seed=1), 10).centres) <= 3
    assert k_means(np.zeros((0, 4), np.float32), 5).labels.tolist() == []
    twins = points_of(np.ones((5, 4), np.float32))
    assert k_means(twins, 3).labels.tolist() == [0] * 5


def test_neighbours_are_the_most_similar_and_among_many_most_of_them() -> None:
    points = some_points(900, seed=10, clusters=30, width=16)
    rows, products = nearest(points, 10)
    exact = np.sort(np.clip(points @ points.T, 0, SQUARE), axis=1)[:, -10:]
    assert np.array_equal(np.sort(products, axis=1), exact)
    found, _ = nearest(points, 10, reach=200)
    shared = [len(set(a) & set(b)) for a, b in zip(rows.tolist(), found.tolist(), strict=True)]
    assert np.mean(shared) > 9


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 0.1, 0.5, 1, 3, 10]), st.integers(0, 50)),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 200),
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 60)), max_size=3),
)
def test_parts_keep_every_cap_and_spend_what_they_can(
    classes: list[tuple[float, int]], total: int, sets: list[tuple[int, int]]
) -> None:
    weights = np.array([weight for weight, _ in classes])
    sizes = np.array([float(size) for _, size in classes])
    bits = np.arange(len(classes))
    caps = [((mask >> bits) & 1 == 1, float(most)) for mask, most in sets]
    parts = allocate(weights, sizes, total, caps)
    whole = in_whole_numbers(parts, sizes, caps)
    for some in (parts, whole):
        assert (some <= sizes + 1e-6).all()
        assert some.sum() <= total + 1e-6
        assert all(some[members].sum() <= most + 1e-6 for members, most in caps)
    if not caps:
        assert whole.sum() == min(total, int(sizes[weights > 0].sum()))
    growing = (weights > 1e-9) & (sizes > 0)
    if growing.any() and not caps and total < sizes[growing].sum():
        level = (parts / np.where(growing, weights, 1))[growing]
        free = level[parts[growing] < sizes[growing] - 1e-6]
        assert len(free) == 0 or np.ptp(free) < 1e-6 * max(1, free.max())


def test_rounding_gives_the_largest_remainders_one_more() -> None:
    parts = np.array([1.5, 2.25, 0.25])
    assert in_whole_numbers(parts, np.array([9.0, 9, 9])).tolist() == [2, 2, 0]
    assert in_whole_numbers(parts, np.array([1.0, 9, 9])).tolist() == [1, 3, 0]


@given(
    st.lists(st.lists(st.integers(1, 30), min_size=3, max_size=3), min_size=2, max_size=4),
    st.integers(0, 2**32),
)
def test_raking_meets_margins_and_keeps_odds(rows: list[list[int]], seed: int) -> None:
    table = np.array(rows, np.float64)
    chance = np.random.default_rng(seed)
    margins = [chance.uniform(0.1, 1, size) for size in table.shape]
    margins = [margin / margin.sum() for margin in margins]
    fitted, error = rake(table, margins)
    assert error < 1e-5
    assert np.allclose(fitted.sum(axis=1), margins[0], atol=1e-4)
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(odds)


def test_raking_within_counts_fills_cells_to_the_brim_and_fits_the_rest() -> None:
    counts = np.array([[5.0, 100.0], [100.0, 100.0]])
    halves = [np.array([0.5, 0.5]), np.array([0.5, 0.5])]
    fitted, error = rake_within(counts, halves, 100)
    assert fitted[0, 0] <= 5
    assert error < 0.01
    assert fitted.sum(axis=1) == pytest.approx([50, 50], abs=0.01)


def test_an_empty_cell_is_told_and_not_made_up() -> None:
    counts = np.array([[0.0, 0.0], [50.0, 50.0]])
    fitted, error = rake_within(counts, [np.array([1.0, 1.0]), np.array([1.0, 1.0])], 40)
    assert fitted.tolist() == [[0, 0], [10, 10]]
    assert error == pytest.approx(20)


def test_rounds_take_one_of_each_class_in_turn() -> None:
    found = in_rounds(np.array([0, 0, 0, 1, 2, 2]), budget(6, 5), 0)
    assert found.chosen.tolist() == [0, 3, 4, 1, 5]
    assert found.value[2] == 3
    assert found.limit[2] == 2


def test_a_smaller_budget_takes_the_same_share_of_each_class() -> None:
    classes = np.repeat([0, 1], [60, 60])
    ones = np.ones(120, np.int64)
    whole = fill(classes, np.array([40, 20]), ones, budget(120), 0)
    assert np.bincount(classes[whole.chosen]).tolist() == [40, 20]
    half = fill(classes, np.array([40, 20]), ones, budget(120, 30), 0)
    assert np.bincount(classes[half.chosen]).tolist() == [20, 10]


def test_nothing_selects_nothing() -> None:
    none = np.zeros((0, 4), np.float32)
    for found in (
        facility_location(none, budget(0, 3)),
        farthest_first(none, budget(0, 3)),
        apart(none, 0.9, budget(0, 3)),
        toward(none, some_points(2, seed=1, width=4), budget(0, 3)),
        in_rounds(np.zeros(0, np.int64), budget(0, 3), 0),
        cut(np.zeros(0, np.int64), budget(0, 3), 0, 0),
    ):
        assert found.chosen.tolist() == []
    assert coverage(none, np.zeros(0, np.int64)) == 0
