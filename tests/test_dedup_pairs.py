"""Pairs: complete from the floor, exact, and safe where texts are short or empty."""

import gzip
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import curator.dedup.pairs as pairs_module
from curator.dedup import (
    PAIR_SCHEMA,
    exact_pairs,
    expand,
    near_pairs,
    prepare,
    settle,
    shingles,
    signatures,
)
from curator.dedup.pairs import View, view_signatures
from tests.conftest import data_file

steady = settings(deadline=None, derandomize=True)  # the first call may compile
WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=14).map(" ".join)
VIEWS: list[View] = ["pair", "prompt", "response", "text"]


def make_texts(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "prompt": [prompt for prompt, _ in rows],
            "response": [response for _, response in rows],
            "text": [f"{prompt}\n\n{response}" for prompt, response in rows],
        },
        schema=dict.fromkeys(("prompt", "response", "text"), pl.String),
    )


def jaccard(one: str, other: str) -> float | None:
    """Return the similarity of two texts, None when both are empty."""
    ours, theirs = set(shingles(one)), set(shingles(other))
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else None


def brute_force(records: pl.DataFrame, view: View, floor: float) -> dict[tuple[int, int], float]:
    sides = ("prompt", "response") if view == "pair" else (view,)
    found = {}
    for right in range(records.height):
        for left in range(right):
            both = [jaccard(records[side][left], records[side][right]) for side in sides]
            known = [similarity for similarity in both if similarity is not None]
            if known and round(min(known), 6) >= floor:
                found[left, right] = min(round(min(known), 6), 1.0)
    return found


def written_out(pairs: pl.DataFrame, height: int) -> dict[tuple[int, int], float]:
    rows = expand(pairs, height).select("left", "right", "similarity").rows()
    return {(left, right): similarity for left, right, similarity in rows}


def t0(count: int) -> pl.DataFrame:
    with gzip.open(data_file("instructions/t0_55k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
    return make_texts(*((row["prompt"], row["completion"]) for row in rows))


def alpaca() -> pl.DataFrame:
    rows = json.loads(data_file("instructions/alpaca_random_9k.json").read_text(encoding="utf-8"))
    return make_texts(
        *(("\n\n".join(filter(None, (r["instruction"], r["input"]))), r["output"]) for r in rows)
    )


@steady
@given(st.lists(st.tuples(WORDS, WORDS), max_size=7), st.sampled_from(VIEWS))
def test_small_corpora_have_the_pairs_of_brute_force(
    rows: list[tuple[str, str]], view: View
) -> None:
    records = make_texts(*rows)
    # Sketches that all agree make every pair a candidate, so that chance has no part.
    same = np.zeros((records.height, 128), np.uint32)
    pairs = near_pairs(records, view=view, floor=0.5, signatures=same)
    assert pairs.schema == PAIR_SCHEMA
    assert_frame_equal(pairs, pairs.sort("left", "right"))
    assert written_out(pairs, records.height) == brute_force(records, view, 0.5)


@pytest.mark.data
@pytest.mark.parametrize("view", ["pair", "text"])
def test_real_pairs_are_complete_from_the_floor(view: View) -> None:
    records = t0(1000)
    found = written_out(near_pairs(records, view=view, floor=0.7), records.height)
    expected = sparse_brute_force(records, view, 0.7)
    assert set(found) <= set(expected)
    assert all(found[pair] == expected[pair] for pair in found)
    assert len(found) >= 0.995 * len(expected)
    certain = {pair for pair in expected if expected[pair] >= 0.8}
    assert len(certain & set(found)) >= 0.999 * len(certain)
    assert len(certain) > 100


def sparse_brute_force(
    records: pl.DataFrame, view: View, floor: float
) -> dict[tuple[int, int], float]:
    from scipy import sparse

    smallest = np.ones((records.height, records.height))
    for side in ("prompt", "response") if view == "pair" else (view,):
        sets = [sorted(set(shingles(text))) for text in records[side]]
        names = {name: at for at, name in enumerate(sorted(set().union(*sets)))}
        rows = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
        columns = [names[name] for each in sets for name in each]
        incidence = sparse.csr_array((np.ones(len(rows)), (rows, columns)))
        shared = (incidence @ incidence.T).toarray()
        sizes = shared.diagonal()
        smallest = np.minimum(smallest, shared / (sizes[:, None] + sizes - shared))
    similar = np.argwhere(np.triu(np.round(smallest, 6) >= floor, 1))
    return {(a, b): round(float(smallest[a, b]), 6) for a, b in similar.tolist()}


def test_short_texts_merge_only_when_equal() -> None:
    answers = ["Yes.", "yes. ", "Yes", "No.", "the cat sat down", "sat down the cat", "A  b", "a b"]
    records = make_texts(*(("", answer) for answer in answers))
    assert written_out(near_pairs(records, view="response", floor=0.5), 8) == {
        (0, 1): 1.0,
        (6, 7): 1.0,
    }
    assert (
        near_pairs(records, view="pair", floor=0.5).rows()
        == exact_pairs(records, view="pair").rows()
    )


def test_empty_texts_never_merge() -> None:
    records = make_texts(("", ""), (" ", "\n"), ("", ""), ("what?", ""), ("what?", " "))
    for find in (exact_pairs, lambda records, view: near_pairs(records, view=view, floor=0.5)):
        assert find(records, view="response").height == 0
        assert find(records, view="pair")["left", "right"].rows() == [(3, 4)]


def test_nulls_count_as_empty() -> None:
    records = pl.DataFrame({"text": [None, "same words", None, "Same  words"]})
    assert near_pairs(records, view="text", floor=0.7).rows() == [(1, 3, 1.0, True)]
    assert exact_pairs(records, view="text").rows() == [(1, 3, 1.0, True)]


@pytest.mark.parametrize("view", VIEWS)
def test_no_records_have_no_pairs(view: View) -> None:
    assert near_pairs(make_texts(), view=view, floor=0.7).schema == PAIR_SCHEMA
    assert exact_pairs(make_texts(), view=view).height == 0


def test_a_pair_asks_the_same_and_answers_the_same() -> None:
    question = "please tell me what the capital of France is"
    answer = "the capital of France is the city of Paris"
    records = make_texts(
        (question, answer), (question, "no idea, sorry, go and ask somebody else"), (question, "")
    )
    assert near_pairs(records, view="pair", floor=0.5).height == 0
    assert near_pairs(records, view="prompt", floor=0.5).rows() == [
        (0, 1, 1.0, True),
        (0, 2, 1.0, True),
    ]


def test_different_sets_are_never_quite_equal() -> None:
    long = " ".join(str(i) for i in range(2_100_000))
    records = pl.DataFrame({"text": [long, long + " end"]})
    assert near_pairs(records, view="text", floor=0.7, num_perm=16).rows() == [
        (0, 1, 0.999999, True)
    ]


def test_equal_sets_in_another_order_are_twins() -> None:
    records = pl.DataFrame({"text": ["a b c d e a b c d e", "b c d e a b c d e a"]})
    assert near_pairs(records, view="text", floor=0.7)["similarity"].to_list() == [1.0]
    assert exact_pairs(records, view="text").height == 0


@pytest.mark.data
def test_order_blocks_memory_and_given_signatures_do_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = t0(3000)
    expected = near_pairs(records, view="pair", floor=0.7)
    full = written_out(expected, records.height)
    given_sketches = view_signatures(records, "pair")
    again = near_pairs(records, view="pair", floor=0.7, signatures=given_sketches)
    assert_frame_equal(again, expected)

    monkeypatch.setattr(pairs_module, "BLOCK_BYTES", 10_000)
    monkeypatch.setattr(pairs_module, "_KEPT_BYTES", 0)
    assert_frame_equal(near_pairs(records, view="pair", floor=0.7), expected)

    moved = np.random.default_rng(0).permutation(records.height)
    shuffled = written_out(near_pairs(records[moved], view="pair", floor=0.7), records.height)
    back = {tuple(sorted((int(moved[a]), int(moved[b])))): s for (a, b), s in shuffled.items()}
    assert back == full


@pytest.mark.data
def test_signatures_of_one_view_are_those_of_its_texts() -> None:
    records = t0(50)
    np.testing.assert_array_equal(view_signatures(records, "text"), signatures(records["text"]))


def count(records: pl.DataFrame, view: View) -> tuple[int, int, int, int]:
    """Count stored pairs, pairs written out, exact pairs, and what settling at 0.8 drops."""
    pairs = near_pairs(records, view=view, floor=0.7)
    settlement = settle(
        np.arange(records.height),
        np.zeros(records.height, np.bool_),
        [prepare(pairs, records.height)],
        [0.8],
        [True],
        np.zeros((0, 2), np.int64),
    )
    exact = exact_pairs(records, view=view).height
    return pairs.height, expand(pairs, records.height).height, exact, int(settlement.dropped.sum())


@pytest.mark.data
def test_golden_counts_of_alpaca() -> None:
    records = alpaca()
    assert {view: count(records, view) for view in VIEWS} == {
        "pair": (0, 0, 0, 0),
        "prompt": (1, 1, 0, 0),
        "response": (121, 342, 121, 121),
        "text": (0, 0, 0, 0),
    }


@pytest.mark.data
def test_golden_counts_of_t0() -> None:
    records = t0(10_000)
    assert {view: count(records, view) for view in VIEWS} == {
        "pair": (9417, 9732, 45, 2432),
        "prompt": (27717, 40382, 1341, 5229),
        "response": (8053, 646936, 8052, 8053),
        "text": (29655, 30195, 45, 4194),
    }
