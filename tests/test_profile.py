"""A profile is the same however the data is read, and says so where it is of a sample."""

import json
import random
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from curator.cli.tables import profile_table
from curator.ingest import LineBlock, Source, Stream, line_blocks, read_lines, read_source
from curator.profile import Profile, profile, profile_of


def _write(path: Path, count: int) -> Source:
    """Write rows of every kind: good, empty, broken, with system turns, with repeated keys."""
    chance = random.Random(7)
    lines = []
    for number in range(count):
        words = " ".join(chance.choice(["sun", "moon", "стол", "star"]) for _ in range(number % 9))
        turns = [
            {"role": "user", "content": f"Tell me of {number}, please  \n"},
            {"role": "assistant", "content": words},
        ]
        if number % 5 == 0:
            turns.insert(0, {"role": "system", "content": "Be brief."})
        lines.append(json.dumps({"messages": turns, "n": number}))
        if number % 50 == 0:
            lines += ["", '{"messages": 5}', '{"messages": [', '{"messages": [], "n": 1, "n": 2}']
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return Source(path, path.name)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return _write(tmp_path_factory.mktemp("profile") / "data.jsonl", 1_500)


@pytest.fixture(scope="module")
def alone(source: Source) -> Profile:
    """Profile in this process."""
    return profile_of([source])


def test_many_processes_give_the_same_profile(
    source: Source, alone: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "_SMALL", 0.0)
    monkeypatch.setattr(profile, "_BYTES", 20_000)
    assert asdict(profile_of([source])) == asdict(alone)
    assert alone.records == alone.measured == 1_530
    assert alone.quarantined == 60
    assert alone.notes == {"a key stands twice in this row: the last value was used": 30}


def test_a_sample_measures_texts_and_counts_everything_else(
    source: Source, alone: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "_LARGE", 0.0)
    monkeypatch.setattr(profile, "_SAMPLE", source.path.stat().st_size / 4)
    sampled = profile_of([source])
    assert 1_530 / 4 * 0.9 < sampled.measured < 1_530 / 4 * 1.1
    assert sampled.lengths["response"] == pytest.approx(alone.lengths["response"], abs=1)
    assert sum(sampled.scripts.values()) == sampled.measured
    same = set(asdict(alone)) - {"measured", "lengths", "scripts", "preambles", "repairs"}
    for name in same:
        assert asdict(sampled)[name] == asdict(alone)[name], name


def test_the_screen_names_the_sample(alone: Profile) -> None:
    assert "sample" not in _printed(alone)
    assert "(of a sample of 700 records)" in _printed(replace(alone, measured=700))


def _printed(found: Profile) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(profile_table(found))
    return cast(StringIO, console.file).getvalue()


def test_problems_stand_in_the_order_of_the_rows(alone: Profile) -> None:
    rows = [int(problem.place.rpartition(":")[2]) for problem in alone.problems]
    assert rows == sorted(rows)
    assert len(rows) == alone.problem_count > 60


@given(
    st.lists(st.sampled_from([b"{}", b"", b" ", b"\r", b'{"messages": []}', b"[1", b"x" * 70_000])),
    st.booleans(),
    st.integers(0, 100_000),
)
def test_blocks_hold_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ends: bool, size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "data.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n" * ends)
    blocks = list(line_blocks(Stream(path), size))
    assert b"".join(block.data for block in blocks) == path.read_bytes()
    starts = [block.first for block in blocks]
    before = [b"".join(b.data for b in blocks[:n]).count(b"\n") + 1 for n in range(len(blocks))]
    assert starts == before
    assert all(block.data.endswith(b"\n") for block in blocks[:-1])


def test_a_block_is_read_like_the_file(source: Source) -> None:
    whole = list(read_source(source))
    parts = [
        item
        for block in line_blocks(Stream(source.path), 5_000)
        for item in read_lines(source, "messages", block)
    ]
    assert parts == whole


def test_a_damaged_end_is_told_once() -> None:
    source = Source(Path("x.jsonl"), "x.jsonl")
    torn = LineBlock(7, b'{"messages": [', "the data ends too early")
    whole = LineBlock(7, b'{"messages": [{"role": "user", "content": "a"}]}', "it ends too early")
    assert [item.row for item in read_lines(source, "messages", torn)] == [7]
    assert [item.row for item in read_lines(source, "messages", whole)] == [7, 8]
    assert [item.row for item in read_lines(source, "messages", LineBlock(7, b"", "torn"))] == [7]
