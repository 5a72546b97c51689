"""Shingles: the compiled path says byte for byte what the slow one says."""

import gzip
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.dedup import hash_shingles, shingle_hash, shingles
from curator.dedup.blocks import block_of, inert_points
from curator.dedup.exact import exact_pairs
from curator.records import normalise
from tests.conftest import data_file

MOST = 800  # code points: the reference hashes byte by byte in Python
steady = settings(deadline=None, derandomize=True)  # the first call may compile
SCRIPTS = (
    "aZ .\t\n\x1c\x1f\x85\xa0\u2003é É ß İ ﬁ 日本語 カ ｶ 々 ไทย ລາວ ខ្មែរ မြန် 한국 ᅡ ᆨ e\u0301 😀 𠀀"
)
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet=SCRIPTS, max_size=60))


def slow(text: str | None) -> list[int]:
    return [shingle_hash(shingle.encode()) for shingle in shingles(text or "")]


def rows_of(texts: list[str | None], block_bytes: int = 1 << 20) -> list[list[int]]:
    found = hash_shingles(pl.Series(texts, dtype=pl.String), block_bytes)
    return [part.tolist() for part in np.split(found.hashes, found.offsets[1:-1])]


def real_texts() -> list[str]:
    with gzip.open(data_file("instructions/t0_55k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        english = [
            json.loads(line)["prompt"][:MOST] for line, _ in zip(lines, range(2000), strict=False)
        ]
    with gzip.open(data_file("instructions/alpaca_zh_10k.json.gz"), "rt", encoding="utf-8") as file:
        chinese = [(row["instruction"] + row["output"])[:MOST] for row in json.load(file)[:500]]
    return english + chinese


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\x1c ", []),
        ("One  two\tTHREE", ["one two three"]),
        ("a b c d e", ["a b c d e"]),
        ("a b c d e F", ["a b c d e", "b c d e f"]),
        ("日本語x です", ["日本語x で", "本語x です"]),
    ],
)
def test_a_shingle_is_five_tokens_or_the_whole(text: str, expected: list[str]) -> None:
    assert shingles(text) == expected
    assert rows_of([text]) == [[shingle_hash(shingle.encode()) for shingle in expected]]


@steady
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6))
def test_compiled_equals_slow(texts: list[str | None]) -> None:
    found = hash_shingles(pl.Series(texts, dtype=pl.String))
    assert found.hashes.tolist() == [value for text in texts for value in slow(text)]
    assert np.diff(found.offsets).tolist() == [len(slow(text)) for text in texts]


@pytest.mark.data
def test_compiled_equals_slow_on_real_texts() -> None:
    texts = real_texts()
    assert rows_of(list(texts)) == [slow(text) for text in texts]


@steady
@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 50))
def test_blocks_do_not_matter(texts: list[str], size: int) -> None:
    assert rows_of(list(texts), size) == rows_of(list(texts))


@steady
@given(TEXTS)
def test_bytes_are_normalised_as_text_is(text: str) -> None:
    data = block_of(pl.Series([text, "x"])).data.tobytes()[:-1]
    assert normalise(data.decode()) == normalise(text)
    twins = exact_pairs(pl.DataFrame({"text": [text, normalise(text)]}), view="text")
    assert twins.height == bool(normalise(text))


def test_every_inert_point_survives_between_any_others() -> None:
    points = [chr(point) for point in np.flatnonzero(inert_points())]
    points = [point for point in points if not point.isupper()]
    assert normalise("".join(points)) == "".join(points)
    assert normalise("".join(reversed(points))) == "".join(reversed(points))


def test_all_white_space_of_ascii_folds() -> None:
    spaces = [chr(byte) for byte in range(128) if chr(byte).isspace()]
    for byte in map(chr, range(128)):
        joined = f"a{byte}b"
        assert rows_of([joined]) == [[shingle_hash(normalise(joined).encode())]]
        assert (len(normalise(joined).split()) > 1) == (byte in spaces)
