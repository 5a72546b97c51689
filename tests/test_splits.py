"""Splits never leak, and a record never moves."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import curator
from curator.splits import Neighbours, leaks, sides_in_order, sides_of

SHARES = {"train": 80, "validation": 10, "test": 10}

prompts = st.lists(st.text(max_size=20), max_size=40)
links = st.lists(
    st.tuples(st.integers(0, 29), st.integers(0, 29), st.sampled_from([0.7, 0.9, 1.0])), max_size=40
)


def sides(*texts: str, shares: dict[str, float] | None = None) -> list[str]:
    return sides_of(texts, texts, shares or SHARES)


def pairs(*found: tuple[int, int, float], verified: bool = True) -> pl.DataFrame:
    rows = [(left, right, similarity, verified) for left, right, similarity in found]
    schema = {
        "left": pl.UInt32,
        "right": pl.UInt32,
        "similarity": pl.Float64,
        "verified": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def leaked(where: list[str | None], *found: tuple[int, int, float]) -> list[int]:
    neighbours = Neighbours.of(pairs(*found), len(where))
    marked = leaks(pl.Series(where, dtype=pl.String), [neighbours], SHARES)
    return np.flatnonzero(marked).tolist()


@given(prompts, st.randoms())
def test_a_record_keeps_its_side_whoever_else_is_there(texts: list[str], random: object) -> None:
    alone = {text: sides(text)[0] for text in texts}
    random.shuffle(texts)  # type: ignore[attr-defined]
    some = texts[: len(texts) // 2]
    assert sides(*texts) == [alone[text] for text in texts]
    assert sides(*some) == [alone[text] for text in some]


def test_sides_stay_the_same_for_ever() -> None:
    found = sides("0", "1", "2", "3", "4", "5", "6", "16")
    assert found == [
        *("train", "train", "validation", "train"),
        *("test", "test", "train", "validation"),
    ]


def test_all_answers_to_one_prompt_are_on_one_side() -> None:
    found = sides_of(["Say  HI", "say hi ", "Say\thi"], ["a", "b", "c"], {"a": 50, "b": 50})
    assert len(set(found)) == 1


def test_the_text_decides_where_the_prompt_is_empty() -> None:
    texts = [f"story {i}" for i in range(200)]
    assert sides_of([" "] * 200, texts, SHARES) == sides(*texts)
    assert set(sides(*texts)) == set(SHARES)


@pytest.mark.parametrize("scale", [1, 0.01, 3])
def test_only_the_ratio_of_the_shares_counts(scale: float) -> None:
    texts = [f"text {i}" for i in range(500)]
    scaled = {name: share * scale for name, share in reversed(SHARES.items())}
    assert sides(*texts, shares=scaled) == sides(*texts)


def test_the_shares_are_kept() -> None:
    found = pl.Series(sides(*(f"text {i}" for i in range(20_000)))).value_counts()
    counts = dict(found.iter_rows())
    assert abs(counts["train"] - 16_000) < 300
    assert abs(counts["validation"] - 2_000) < 200


def test_a_larger_training_share_moves_held_out_records_only() -> None:
    texts = [f"text {i}" for i in range(2_000)]
    before = sides(*texts, shares={"train": 90, "validation": 10})
    after = sides(*texts, shares={"train": 95, "validation": 5})
    moved = {(a, b) for a, b in zip(before, after, strict=True) if a != b}
    assert moved == {("validation", "train")}


def test_the_largest_share_is_the_training_side() -> None:
    assert sides_in_order({"dev": 5, "fit": 90, "test": 5}) == ["fit", "dev", "test"]
    assert sides_in_order({"held_out": 50, "train": 50}) == ["train", "held_out"]


def test_a_held_out_record_near_a_training_record_leaks() -> None:
    where = ["train", "validation", "validation", "test"]
    assert leaked(where, (0, 1, 0.7), (0, 3, 0.9)) == [1, 3]


def test_an_unverified_pair_is_no_leak() -> None:
    near = Neighbours.of(pairs((0, 1, 0.9), verified=False), 2)
    assert not leaks(pl.Series(["train", "validation"]), [near], SHARES).any()


def test_a_record_that_is_not_kept_leaks_nothing() -> None:
    assert leaked([None, "validation"], (0, 1, 0.9)) == []


def test_a_class_keeps_its_pairs_when_its_first_row_is_not_kept() -> None:
    where = [None, "train", None, "validation"]
    assert leaked(where, (0, 1, 1.0), (2, 3, 1.0), (0, 2, 0.8)) == [3]
    assert leaked([None, "train", "validation"], (0, 1, 1.0), (0, 2, 1.0)) == [2]


def test_held_out_sides_do_not_repeat_each_other() -> None:
    assert leaked([None, "test", "validation"], (1, 2, 0.8)) == [2]


def test_a_record_that_is_left_out_leaks_no_further() -> None:
    assert leaked(["train", "test", "validation"], (0, 1, 0.8), (1, 2, 0.8)) == [1]


@given(st.lists(st.sampled_from([*SHARES, None]), min_size=30, max_size=30), links)
def test_what_is_written_never_leaks(
    where: list[str | None], found: list[tuple[int, int, float]]
) -> None:
    first = {right: left for left, right, s in found if s == 1.0 and left < right}
    stars = [(left, right, 1.0) for right, left in first.items() if left not in first]
    members = {right for _, right, _ in stars}
    between = [
        (left, right, s)
        for left, right, s in found
        if s < 1.0 and left < right and not {left, right} & members
    ]
    near = Neighbours.of(pairs(*stars, *between), 30)
    gone = leaks(pl.Series(where, dtype=pl.String), [near], SHARES)
    written = [(row, side) for row, side in enumerate(where) if side and not gone[row]]
    linked = {frozenset((left, right)) for left, right, _ in between}
    for row, side in written:
        for other, elsewhere in written:
            classes = {int(near.first[row]), int(near.first[other])}
            assert side == elsewhere or (len(classes) == 2 and frozenset(classes) not in linked)
    assert all(where[row] not in (None, "train") for row in np.flatnonzero(gone))


def test_a_stricter_filter_does_not_open_the_split(tmp_path: Path) -> None:
    """The recipe's filter finds pairs from 0.95 up; leaks are looked for from 0.7 all the same."""
    words = " ".join(f"word{i}" for i in range(40))
    rows = [
        {"instruction": f"{words} variant {number}", "output": f"{words} {number}"}
        for number in range(40)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "r.yaml").write_text(
        "input: [{path: a.jsonl}]\n"
        "filters: [{filter: near_duplicate, min_similarity: 0.99, floor: 0.99}]\n"
        "export: [{to: alpaca, splits: {train: 50, test: 50}}]\n"
    )
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    facts = json.loads((run.export_folder("alpaca") / "export.json").read_text())
    assert run.manifest.counts["kept"] == 40
    assert facts["counts"]["train"] > 0
    assert facts["counts"]["test"] == 0
    assert facts["leaks"] == 40 - facts["counts"]["train"]
