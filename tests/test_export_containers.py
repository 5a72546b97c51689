"""Containers hold what the rows say, whatever their fields are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curator.errors import MissingExtraError
from curator.export.columns import as_json, common, encode
from curator.records import Record
from tests.conftest import chat
from tests.test_export import export, rows_in, run_of
from tests.test_export_trainers import TOOL, tool_chat

datasets = pytest.importorskip("datasets")


def with_extra(record: Record, **extra: Any) -> Record:
    record.extra = extra
    return record


@pytest.fixture
def ragged() -> Iterator[tuple[Record, ...]]:
    """Return records whose rows agree in nothing but their messages."""
    return (
        with_extra(chat("a", "1"), score=1, tags=["x"], meta={"url": "u"}, key="k", ok=True),
        with_extra(chat("b", "2"), score=1.5, tags=[], meta={"by": {}}, key=7, big=2**80),
        with_extra(chat("c", "3"), score=None, empty={}, nothing=None, deep=[[1], []]),
    )


WANTED = {
    "score": [1.0, 1.5, None],
    "tags": [["x"], [], None],
    "ok": [True, None, None],
    "deep": [None, None, [[1], []]],
    "nothing": [None, None, None],
}
AS_JSON = {
    "meta": [{"url": "u"}, {"by": {}}, None],
    "key": ["k", 7, None],
    "empty": [None, None, {}],
}


def test_parquet_holds_ragged_rows(tmp_path: Path, ragged: tuple[Record, ...]) -> None:
    result = export(run_of(tmp_path, *ragged), "messages", **{"as": "parquet"})
    rows = pl.read_parquet(result.folder / "data.parquet").to_dict(as_series=False)
    assert {name: rows[name] for name in WANTED} == WANTED
    texts = {n: [None if v is None else json.loads(v) for v in rows[n]] for n in AS_JSON}
    assert texts == AS_JSON
    assert rows["messages"][1] == [
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "2"},
    ]
    assert sorted(result.as_json) == ["big", "empty", "key", "meta"]
    assert "`json.loads`" in (result.folder / "README.md").read_text()


def test_a_hugging_face_folder_gives_objects_back(
    tmp_path: Path, ragged: tuple[Record, ...]
) -> None:
    result = export(run_of(tmp_path, *ragged), "messages", **{"as": "hf"})
    rows = datasets.load_from_disk(str(result.folder))[:]
    assert {name: rows[name] for name in WANTED | AS_JSON} == WANTED | AS_JSON


def test_a_hugging_face_folder_has_the_splits(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    shares = {"train": 80, "validation": 20}
    result = export(run, "alpaca", splits=shares, **{"as": "hf"})
    loaded = datasets.load_from_disk(str(result.folder))
    assert isinstance(loaded, datasets.DatasetDict)
    assert loaded.num_rows == result.counts
    answers = {answer for side in loaded.values() for answer in side["output"]}
    assert answers == {str(i) for i in range(20)}


@pytest.mark.parametrize("container", ["jsonl", "parquet"])
def test_the_card_tells_datasets_where_the_rows_are(tmp_path: Path, container: str) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    for shares, names in (({}, {"train": 20}), ({"fit": 80, "held_out": 20}, None)):
        result = export(run, "trl", splits=shares, name="x", **{"as": container})
        loaded = datasets.load_dataset(str(result.folder), cache_dir=str(tmp_path / "cache"))
        assert loaded.num_rows == (names or result.counts)


def test_tool_calls_survive_where_keys_differ(tmp_path: Path) -> None:
    run = run_of(tmp_path, tool_chat('{"a": 1}'), tool_chat('{"b": [2]}'), chat("c", "3"))
    result = export(run, "trl", **{"as": "hf"})
    rows = datasets.load_from_disk(str(result.folder))[:]
    calls = [row[1]["tool_calls"] for row in rows["messages"]]
    assert [call and call[0]["function"]["arguments"] for call in calls] == [
        {"a": 1},
        {"b": [2]},
        None,
    ]
    assert [json.loads(tools) for tools in rows["tools"]] == [[TOOL], [TOOL], []]
    assert result.as_json == ["messages.tool_calls.function.arguments"]
    assert result.caution == ""


@pytest.mark.parametrize(("container", "why"), [("jsonl", "of all calls"), ("parquet", "text")])
def test_the_card_warns_where_tool_calls_suffer(tmp_path: Path, container: str, why: str) -> None:
    result = export(run_of(tmp_path, tool_chat()), "trl", **{"as": container})
    assert why in result.caution
    assert result.caution in (result.folder / "README.md").read_text()


@pytest.mark.parametrize("container", ["jsonl", "parquet", "hf"])
def test_the_same_run_gives_the_same_bytes(tmp_path: Path, container: str) -> None:
    found = []
    for name in ("one", "two"):
        run = run_of(tmp_path / name, *(chat(f"text {i}", str(i)) for i in range(50)))
        folder = export(run, "messages", **{"as": container}).folder
        found.append({str(p.relative_to(folder)): p.read_bytes() for p in folder.glob("**/*.*")})
    assert found[0] == found[1]


def test_rows_of_many_batches_keep_their_order(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(5_001)))
    lines = rows_in(export(run, "alpaca").folder / "data.jsonl")
    assert [row["output"] for row in lines] == [str(i) for i in range(5_001)]
    folder = export(run, "alpaca", **{"as": "parquet"}).folder
    assert pl.read_parquet(folder / "data.parquet")["output"].to_list() == [
        str(i) for i in range(5_001)
    ]


def test_an_absent_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(MissingExtraError, match=r"instruct-curator\[hf\]"):
        export(run_of(tmp_path, chat("a", "b")), "messages", **{"as": "hf"})


def test_objects_in_lists_have_the_fields_of_them_all() -> None:
    rows = [{"turns": [{"a": 1}, {"b": "x", "c": {"d": 1}}]}, {"turns": [{"c": {"e": 2}}]}]
    columns = common(rows)
    assert as_json(columns) == ["turns.c"]
    assert [encode(row["turns"], columns["turns"]) for row in rows] == [
        [{"a": 1, "b": None, "c": None}, {"a": None, "b": "x", "c": '{"d": 1}'}],
        [{"a": None, "b": None, "c": '{"e": 2}'}],
    ]
