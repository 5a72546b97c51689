"""Any number of runs side by side: counts, reasons, settings and agreement."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import curator
from curator.report import line_up
from curator.report.lineup import names_of
from curator.run import Run

EVIL = "<script>alert(1)</script>"
RECIPES = {
    "short": "[{filter: length, max_words: 2}]",
    "long": "[{filter: length, max_words: 9}, {filter: exact_duplicate}]",
    "both": "[{filter: length, max_words: 9}, {filter: empty, on: {null_word: drop}}]",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    folder = tmp_path_factory.mktemp("lineup")
    answers = ("Yes.", "Yes.", "One two three.", "None.", " ".join("abcdefghijk"))
    rows = [{"prompt": "Well?", "completion": answer} for answer in answers]
    data = folder / f"{EVIL.replace('/', '')}.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, filters in RECIPES.items():
        recipe = folder / f"{name}.yaml"
        recipe.write_text(f"input: [{{path: '{data.name}'}}]\nfilters: {filters}\n")
        curator.curate(recipe, out=folder / "runs" / name)
    return [Run.open(folder / "runs" / name) for name in RECIPES]


def test_counts_stand_side_by_side(runs: list[Run]) -> None:
    found = line_up(runs)
    assert [(run.name, run.records, run.kept) for run in found.runs] == [
        ("short", 5, 3),
        ("long", 5, 3),
        ("both", 5, 3),
    ]
    assert found.reasons == {
        "empty.null_word": [0, 0, 1],
        "exact_duplicate.duplicate": [0, 1, 0],
        "length.too_long": [2, 1, 1],
    }


def test_a_filter_that_one_recipe_lacks_is_one_line(runs: list[Run]) -> None:
    settings = line_up(runs).settings
    assert settings["length.max_words"] == ["2", "9", "9"]
    assert settings["exact_duplicate"] == [None, "listed", None]
    assert not any(name.startswith("exact_duplicate.") for name in settings)


def test_agreement_is_of_the_records_in_common(runs: list[Run]) -> None:
    alike = line_up(runs).alike
    assert alike == [[1.0, 0.6, 0.6], [0.6, 1.0, 0.6], [0.6, 0.6, 1.0]]


def test_runs_without_a_record_in_common_do_not_agree(runs: list[Run], tmp_path: Path) -> None:
    (tmp_path / "o.jsonl").write_text('{"prompt": "Else?", "completion": "Other."}\n')
    (tmp_path / "o.yaml").write_text("input: [{path: o.jsonl}]")
    other = curator.curate(tmp_path / "o.yaml", out=tmp_path / "o")
    assert line_up([runs[0], other]).alike == [[1.0, None], [None, 1.0]]


def test_runs_of_one_name_are_told_apart_by_their_paths() -> None:
    assert names_of([Path("a/x"), Path("b/x")]) == ["a/x", "b/x"]
    assert names_of([Path("a/x"), Path("b/y")]) == ["x", "y"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def test_the_command_lines_them_up_and_writes_a_page(runs: list[Run], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    paths = [str(run.path) for run in runs]
    done = subprocess.run(
        [sys.executable, "-m", "curator", "diff", *paths, "--html", str(page)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "3 runs side by side" in done.stdout
    assert "length.max_words" in done.stdout
    text = page.read_text()
    reader = _Reader()
    reader.feed(text)
    assert "script" not in reader.tags
    assert "exact_duplicate." in text.replace("<wbr>", "")


def test_one_run_alone_is_a_usage_error(runs: list[Run]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "curator", "diff", str(runs[0].path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "two runs or more" in done.stderr) == (2, True)
