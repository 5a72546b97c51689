"""Packing loses no record, breaks none, and leaves little padding."""

import random
import time

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from curator.training.batches import IGNORED, PackedRows, collate
from curator.training.conversation import Example
from curator.training.pack import fill, one_each, pack

CAPACITY = 64
lengths_ = st.lists(st.integers(1, CAPACITY), max_size=60)


@given(lengths_)
def test_every_length_is_in_one_row_that_holds_it(lengths: list[int]) -> None:
    rows = pack(lengths, CAPACITY)
    assert sorted(place for row in rows for place in row) == list(range(len(lengths)))
    assert all(rows)
    assert max((sum(lengths[i] for i in row) for row in rows), default=0) <= CAPACITY
    assert rows == pack(list(lengths), CAPACITY)


@given(lengths_)
def test_no_two_rows_would_fit_into_one(lengths: list[int]) -> None:
    loads = sorted(sum(lengths[i] for i in row) for row in pack(lengths, CAPACITY))
    assert len(loads) < 2 or loads[0] + loads[1] > CAPACITY
    assert fill(lengths, len(loads), CAPACITY) > 0.5 or len(loads) < 2


@given(lengths_)
def test_it_is_best_fit_decreasing(lengths: list[int]) -> None:
    free: list[int] = []
    for length in sorted(lengths, reverse=True):
        fits = [left for left in free if left >= length]
        if fits:
            free.remove(min(fits))
        free.append((min(fits) if fits else CAPACITY) - length)
    found = [CAPACITY - sum(lengths[i] for i in row) for row in pack(lengths, CAPACITY)]
    assert sorted(found) == sorted(free)


def test_fifty_thousand_lengths_take_well_below_a_second() -> None:
    draw = random.Random(0)
    lengths = [min(4096, int(draw.lognormvariate(5, 1)) + 1) for _ in range(55_000)]
    start = time.process_time()
    rows = pack(lengths, 4096)
    assert time.process_time() - start < 1
    assert fill(lengths, len(rows), 4096) > 0.99


def test_a_length_that_fits_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match="length 65 does not fit a row of 64"):
        pack([1, 65], CAPACITY)


def example(*tokens: int, learnt: int) -> Example:
    """Make an example whose last `learnt` tokens are supervised."""
    supervised = np.arange(len(tokens)) >= len(tokens) - learnt
    return Example("r", np.array(tokens, np.int32), supervised)


ONE, TWO, THREE = example(1, 2, 3, learnt=2), example(4, 5, learnt=2), example(6, 7, 8, learnt=1)


def test_a_row_holds_documents_with_positions_and_labels_of_their_own() -> None:
    row = PackedRows([ONE, TWO], [[0, 1]], 8, padding=9)[0]
    assert {name: values.tolist() for name, values in row.items()} == {
        "input_ids": [1, 2, 3, 4, 5, 9, 9, 9],
        "position_ids": [0, 1, 2, 0, 1, 0, 0, 0],
        "shift_labels": [2, 3, IGNORED, 5, IGNORED, IGNORED, IGNORED, IGNORED],
        "segments": [0, 0, 0, 1, 1, -1, -1, -1],
        "cu_seq_lens": [0, 3, 5, 8],
    }
    assert row["cu_seq_lens"].dtype == torch.int32


def test_every_row_has_as_many_bounds() -> None:
    rows = PackedRows([ONE, TWO, THREE], [[0, 1], [2], []], 5, padding=0)
    bounds = collate([rows[0], rows[1], rows[2]])["cu_seq_lens"]
    assert bounds.tolist() == [[0, 3, 5, 5], [0, 3, 5, 5], [0, 5, 5, 5]]


def test_a_row_is_the_same_each_time() -> None:
    rows = PackedRows([ONE, TWO, THREE], [[0, 1], [2]], 8, padding=0)
    for place in (0, 1):
        again = rows[place]
        assert all(torch.equal(values, again[name]) for name, values in rows[place].items())


def test_records_by_themselves_are_padded_to_a_multiple() -> None:
    examples = [ONE, TWO, example(*range(1, 10), learnt=3)]
    places = one_each([len(one) for one in examples])
    rows = PackedRows(examples, places, 10, padding=0, multiple=4)
    assert places == [[0], [1], [2]]
    assert [len(rows[i]["input_ids"]) for i in range(len(rows))] == [4, 4, 10]
    assert rows[1]["cu_seq_lens"].tolist() == [0, 2, 4]
    assert rows[1]["shift_labels"].tolist() == [5, IGNORED, IGNORED, IGNORED]
