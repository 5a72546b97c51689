"""What goes in comes out: a run without filters and repairs gives every row back."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curator.formats import read_row
from curator.pipeline import curate
from tests.conftest import chat, data_file
from tests.test_export import export, rows_in, run_of

ROWS: dict[str, dict[str, Any]] = {
    "messages": {"messages": [{"content": "a", "role": "user"}], "id": 7, "nested": {"b": [None]}},
    "sharegpt": {"id": "x", "conversations": [{"from": "human", "value": "a"}], "lang": None},
    "alpaca": {"output": "", "instruction": "a", "input": "b", "score": 0.5},
    "prompt_completion": {"question": "a", "answer": "b", "split": "train"},
    "preference": {"prompt": "a", "chosen": "b", "rejected": "c", "margin": 1},
    "kto": {"prompt": "a", "completion": "b", "label": False, "who": "me"},
    "dolly": {"category": "qa", "instruction": "a", "context": "c", "response": "b", "n": None},
    "prompt_only": {"id": 3, "prompt": "a"},
    "transcript": {"id": 1, "text": "\n\nHuman: a\n\nAssistant: b\n\nHuman:"},
    "ultrachat": {"id": "0", "data": ["a", "b", "c", "d"]},
    "exchanges": {"source": "s", "conversation": [{"input": "a", "output": "b"}, {"input": "c"}]},
    "baize": {"topic": "t", "input": "[|Human|] a\n[|AI|] b\n[|Human|] "},
    "magpie": {
        "instruction": "a",
        "conversations": [{"from": "human", "value": "a"}],
        "response": "b",
        "input_quality": "good",
        "instruct_reward": -1.0,
    },
    "helpsteer": {"helpfulness": 4, "prompt": "a", "response": "b", "correctness": 3.0},
    "flan": {"targets": "b", "inputs": "a", "_template_idx": 3},
}
FILES = {
    "alpaca_zh_demo.json": "alpaca",
    "dpo_en_demo.json": "preference",
    "glaive_toolcall_en_demo.json": "sharegpt",
    "kto_en_demo.json": "kto",
    "lima.json": "alpaca",
    "sharegpt_identity.json": "sharegpt",
    "v1_sft_demo.jsonl": "messages",
}


def round_trip(folder: Path, source: Path, shape: str) -> list[Any]:
    recipe = {
        "name": "whole",
        "input": [{"path": str(source), "format": shape}],
        "export": [{"to": shape}],
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    run = curate(folder / "recipe.yaml", out=folder / "run", workers=1)
    return rows_in(run.export_folder(shape) / "data.jsonl")


@pytest.mark.parametrize("shape", ROWS)
def test_every_field_comes_back(tmp_path: Path, shape: str) -> None:
    source = tmp_path / "in.jsonl"
    rows = [ROWS[shape] | {"n": n} for n in range(3)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = round_trip(tmp_path, source, shape)
    assert found == rows
    assert [list(row) for row in found] == [list(row) for row in rows]


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_real_files_come_back(tmp_path: Path, name: str) -> None:
    source = data_file(f"formats/{name}")
    text = source.read_text("utf-8")
    lines = [json.loads(line) for line in text.split("\n") if line] if name[-1] == "l" else None
    assert round_trip(tmp_path, source, FILES[name]) == (lines or json.loads(text))


@pytest.mark.parametrize("shape", ROWS)
def test_a_row_comes_back_as_it_was(tmp_path: Path, shape: str) -> None:
    run = run_of(tmp_path, *read_row(shape, ROWS[shape]))
    run.all = run.all.with_columns(shape=pl.lit(shape))
    (row,) = rows_in(export(run, shape).folder / "data.jsonl")
    assert (row, list(row)) == (ROWS[shape], list(ROWS[shape]))


def test_a_field_given_twice_comes_back_twice(tmp_path: Path) -> None:
    record = chat("a", "2")
    record.raw = '{"instruction": "a",\n "output": "1", "output": "2"}'
    run = run_of(tmp_path, record)
    run.all = run.all.with_columns(shape=pl.lit("alpaca"))
    written = export(run, "alpaca").folder / "data.jsonl"
    assert written.read_text() == record.raw.replace("\n", " ") + "\n"
    parquet = export(run, "alpaca", **{"as": "parquet"}).folder / "data.parquet"
    assert pl.read_parquet(parquet).to_dicts() == [{"instruction": "a", "output": "2"}]


def test_a_repaired_record_is_written_anew(tmp_path: Path) -> None:
    record = chat("a", "mended")
    record.raw = '{"instruction": "a", "output": "broken"}'
    run = run_of(tmp_path, record)
    run.all = run.all.with_columns(shape=pl.lit("alpaca"))
    run.repaired = [run.all["id"][0]]
    (row,) = rows_in(export(run, "alpaca").folder / "data.jsonl")
    assert row["output"] == "mended"
