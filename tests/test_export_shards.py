"""Many rows become several files, which load as one split."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import chat
from tests.test_export import MIXED, LiteralRun, export, names_in, rows_in, run_of

datasets = pytest.importorskip("datasets")

ANSWERS = [str(i) for i in range(23)]


def many(path: Path) -> LiteralRun:
    return run_of(path, *(chat(f"text {answer}", answer) for answer in ANSWERS))


def answers(rows: Any) -> list[str]:
    return [row["messages"][1]["content"] for row in rows]


def test_files_are_named_as_on_the_hub_and_hold_every_row_once(tmp_path: Path) -> None:
    result = export(many(tmp_path), "messages", max_shard_rows=10)
    names = [f"data-0000{i}-of-00003.jsonl" for i in range(3)]
    assert names_in(result.folder) == ["README.md", *names, "export.json"]
    parts = [rows_in(result.folder / name) for name in names]
    assert [len(part) for part in parts] == [8, 8, 7]
    assert answers(row for part in parts for row in part) == ANSWERS
    assert result.files == {"data": "data-*.jsonl"}


@pytest.mark.parametrize("container", ["jsonl", "parquet"])
@pytest.mark.parametrize("to", ["trl", "axolotl"])
def test_shards_load_as_the_splits_of_the_card(tmp_path: Path, container: str, to: str) -> None:
    run = many(tmp_path / "run")
    settings = {"splits": MIXED, "max_shard_rows": 5, "as": container}
    result = export(run, to, **settings)
    loaded = datasets.load_dataset(str(result.folder), cache_dir=str(tmp_path / "cache"))
    assert {side: len(rows) for side, rows in loaded.items()} == result.counts
    assert sorted(answers(loaded["train"]) + answers(loaded["validation"])) == sorted(ANSWERS)


def test_an_hf_folder_has_no_arrow_file_of_more_rows(tmp_path: Path) -> None:
    result = export(many(tmp_path), "trl", max_shard_rows=10, **{"as": "hf"})
    assert len(list(result.folder.glob(result.files["data"]))) == 3
    assert answers(datasets.load_from_disk(str(result.folder))) == ANSWERS


def test_llama_factory_is_pointed_at_the_folder_of_each_split(tmp_path: Path) -> None:
    result = export(many(tmp_path), "llama_factory", splits=MIXED, max_shard_rows=5)
    declared = json.loads((result.folder / "dataset_info.json").read_text())
    assert {name: entry["file_name"] for name, entry in declared.items()} == {
        "tiny_train": "train",
        "tiny_validation": "validation",
    }
    for side, count in result.counts.items():
        files = sorted((result.folder / side).iterdir())
        assert sum(len(rows_in(file)) for file in files) == count
        assert {file.suffix for file in files} == {".jsonl"}


def test_the_same_rows_in_other_files_have_another_fingerprint(tmp_path: Path) -> None:
    run = many(tmp_path)
    whole, cut, same = (
        export(run, "messages", max_shard_rows=most).fingerprint for most in (None, 5, 5)
    )
    assert whole != cut == same


def test_a_card_names_the_pattern(tmp_path: Path) -> None:
    result = export(many(tmp_path), "messages", max_shard_rows=50)
    front = (result.folder / "README.md").read_text().split("---\n")[1]
    assert yaml.safe_load(front)["configs"][0]["data_files"] == [
        {"split": "train", "path": "data-*.jsonl"}
    ]
    assert (result.folder / "data-00000-of-00001.jsonl").is_file()
