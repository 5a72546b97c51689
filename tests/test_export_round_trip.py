"""What goes in comes out: a run without filters and repairs gives every row back."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.pipeline import curate
from tests.conftest import data_file
from tests.test_export import ROWS, rows_in

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
    recipe = {"name": "whole", "input": [{"path": str(source)}], "export": [{"to": shape}]}
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
