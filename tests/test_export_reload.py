"""`load_dataset` reads the rows that lie in the folder, never those of an earlier export."""

from pathlib import Path

import pytest

from curator.export import ExportResult
from tests.conftest import chat
from tests.test_export import export, run_of

datasets = pytest.importorskip("datasets")


def exported(folder: Path, container: str, *answers: str) -> ExportResult:
    run = run_of(folder, *(chat("a", answer) for answer in answers))
    return export(run, "trl", name="rex", **{"as": container})


def loaded(result: ExportResult, cache: Path) -> list[str]:
    rows = datasets.load_dataset(str(result.folder), cache_dir=str(cache))["train"]
    return [row["messages"][1]["content"] for row in rows]


@pytest.mark.parametrize("container", ["jsonl", "parquet"])
def test_other_rows_in_the_same_folder_are_loaded(tmp_path: Path, container: str) -> None:
    cache = tmp_path / "cache"
    for answers in (["old", "rows"], ["new", "rows"], ["more", "new", "rows"], ["old", "rows"]):
        assert loaded(exported(tmp_path / "run", container, *answers), cache) == answers


def test_a_folder_of_the_same_name_elsewhere_is_another(tmp_path: Path) -> None:
    one = exported(tmp_path / "one", "jsonl", "1")
    two = exported(tmp_path / "two", "jsonl", "2")
    assert (loaded(one, tmp_path / "cache"), loaded(two, tmp_path / "cache")) == (["1"], ["2"])


@pytest.mark.parametrize("container", ["jsonl", "parquet", "hf"])
def test_the_fingerprint_is_of_the_rows_alone(tmp_path: Path, container: str) -> None:
    one, same, other = (
        exported(tmp_path / name, container, answer).fingerprint
        for name, answer in (("one", "x"), ("two", "x"), ("three", "y"))
    )
    assert one == same != other
