"""A path of the recipe names a file, a glob or a folder."""

from pathlib import Path

import pytest

from curator.errors import InputError
from curator.ingest import find_files

ROW = '{"prompt": "a"}\n'
FILES = {
    "b.jsonl": ROW,
    "a/x.json": f"[{ROW}]",
    "a/one.json": ROW,
    "a/noise.json": '[{"noise": 1}]',
    "a/dataset_info.json": '{"features": {}}',
    "a/README.md": "# Data",
    "a/part.csv.gz": "prompt\n",
    ".cache/hidden.jsonl": ROW,
    "a/.hidden.jsonl": ROW,
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(base: Path, path: str) -> list[str]:
    return [file.relative_to(base).as_posix() for file in find_files(path, base)]


def test_a_file_is_itself_relative_or_absolute(base: Path) -> None:
    assert names(base, "b.jsonl") == names(base, str(base / "b.jsonl")) == ["b.jsonl"]


def test_a_folder_is_its_data_files_sorted_and_no_others(base: Path) -> None:
    assert names(base, "a") == ["a/noise.json", "a/one.json", "a/part.csv.gz", "a/x.json"]
    assert names(base, ".") == [*names(base, "a"), "b.jsonl"]


def test_a_glob_is_what_it_matches(base: Path) -> None:
    assert names(base, "**/*.json*") == [
        "a/dataset_info.json",
        "a/noise.json",
        "a/one.json",
        "a/x.json",
        "b.jsonl",
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("c.jsonl", r"there is no c\.jsonl; nearest in .*: b\.jsonl"),
        ("a/*.parquet", r"there is no a/\*\.parquet; nearest in .*a: "),
        ("gone/deep/x.json", r"there is no gone/deep/x\.json; nearest in "),
        ("empty", "the folder empty holds no data"),
        ("empty/x.json", r"there is no empty/x\.json; .*empty is empty"),
    ],
)
def test_nothing_found_says_what_is_near(base: Path, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_files(path, base)
