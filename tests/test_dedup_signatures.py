"""Signatures: bit for bit those of datasketch, and found by its index alike."""

import gzip
import json

import numpy as np
import polars as pl
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.dedup import (
    from_datasketch,
    minhash_hash,
    permutations,
    shingles,
    signatures,
    to_datasketch,
    view_signatures,
)
from curator.dedup.banding import (
    Bands,
    chance,
    choose_bands,
    find_candidates,
    min_agreement,
)
from tests.conftest import data_file

MOST = 800  # code points: the reference hashes byte by byte in Python
steady = settings(deadline=None, derandomize=True)  # the first call may compile


def reference(text: str, num_perm: int = 128) -> MinHash:
    sketch = MinHash(num_perm, seed=1, scheme="affine32", hashfunc=minhash_hash)
    sketch.update_batch([shingle.encode() for shingle in shingles(text)])
    return sketch


def chinese(count: int) -> list[str]:
    with gzip.open(data_file("instructions/alpaca_zh_10k.json.gz"), "rt", encoding="utf-8") as file:
        return [(row["instruction"] + row["output"])[:MOST] for row in json.load(file)[:count]]


def english(count: int) -> list[str]:
    with gzip.open(data_file("instructions/t0_55k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [
            json.loads(line)["prompt"][:MOST] for line, _ in zip(lines, range(count), strict=False)
        ]


@pytest.mark.data
def test_real_texts_have_the_signatures_of_datasketch() -> None:
    texts = english(2500) + chinese(500)
    expected = np.stack([reference(text).hashvalues for text in texts])
    np.testing.assert_array_equal(signatures(pl.Series(texts)), expected)


@steady
@given(st.lists(st.text(max_size=80), max_size=5), st.sampled_from([1, 16, 128]))
def test_any_text_has_the_signature_of_datasketch(texts: list[str], num_perm: int) -> None:
    found = signatures(pl.Series(texts, dtype=pl.String), num_perm)
    assert found.shape == (len(texts), num_perm)
    assert found.dtype == np.uint32
    for row, text in zip(found, texts, strict=True):
        np.testing.assert_array_equal(row, reference(text, num_perm).hashvalues)


def test_permutations_are_those_of_datasketch() -> None:
    np.testing.assert_array_equal(permutations(64), reference("", 64).permutations)


def test_signatures_go_to_datasketch_and_back() -> None:
    (row,) = signatures(pl.Series(["one two three four five six seven"]))
    exchanged = to_datasketch(row)
    assert exchanged == reference("one two three four five six seven")
    np.testing.assert_array_equal(from_datasketch(exchanged), row)
    exchanged.update(b"more")
    assert exchanged.jaccard(reference("one two three four five six seven")) < 1


def test_a_sketch_of_another_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        from_datasketch(MinHash(16, seed=2))


@pytest.mark.data
def test_the_index_of_datasketch_finds_the_same_candidates() -> None:
    texts = english(1500)
    sketches = signatures(pl.Series(texts))
    bands = Bands(25, 5)
    index = MinHashLSH(num_perm=128, params=bands)
    expected = set()
    for row, text in enumerate(texts):
        sketch = reference(text) if row % 2 else to_datasketch(sketches[row])
        expected |= {(other, row) for other in index.query(sketch)}
        index.insert(row, sketch)
    assert set(map(tuple, find_candidates(sketches, bands, 0).tolist())) == expected
    assert len(expected) > 1000


def test_the_pair_sketch_is_no_farther_than_the_farther_side() -> None:
    words = [f"w{i}" for i in range(400)]
    records = pl.DataFrame(
        {
            "prompt": [" ".join(words[:200]), " ".join(words[20:200])],
            "response": [" ".join(words[200:]), " ".join(words[200:390])],
        }
    )
    sketches = view_signatures(records, "pair", 1024)
    sides = [view_signatures(records, side, 1024) for side in ("prompt", "response")]
    agreement = [float(np.mean(pair[0] == pair[1])) for pair in (sketches, *sides)]
    assert min(agreement[1:]) - 0.05 < agreement[0] < max(agreement[1:]) + 0.05


def test_bands_find_what_they_promise() -> None:
    assert choose_bands(128, 0.8, 0.7) == Bands(25, 5)
    for num_perm, threshold, floor in ((128, 0.8, 0.5), (256, 0.9, 0.8), (64, 0.8, 0.7)):
        bands = choose_bands(num_perm, threshold, floor)
        assert bands.number * bands.rows <= num_perm
        assert chance(bands, threshold) >= 0.999
        assert round(chance(bands, floor), 3) >= 0.99


def test_too_few_permutations_look_at_all_that_agree_once() -> None:
    assert choose_bands(2, 0.8, 0.7) == Bands(2, 1)


def test_agreement_far_below_the_floor_is_beyond_chance() -> None:
    assert min_agreement(128, 0.7) == 57
    assert min_agreement(128, 1.0) == 128
    assert min_agreement(16, 0.5) == 0
