"""The command line: one function each, results on stdout, one clear message for a mistake."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.recipe import load_recipe

ROWS = [
    {"instruction": "Name a colour.", "input": "", "output": "Red."},
    {"instruction": "Name a colour.", "input": "", "output": ""},
    {"instruction": "Name a number.", "input": "", "output": "Seven is a number."},
    {"instruction": "name a  number.", "input": "", "output": "seven is a number."},
]


def curator(*arguments: str, at: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would, and check its exit code."""
    command = [sys.executable, "-m", "curator", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def answer(*arguments: str, at: Path) -> Any:
    """Run the command with --json, and read its one JSON value."""
    return json.loads(curator(*arguments, "--json", at=at).stdout)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with data, a recipe that `init` wrote, and two runs."""
    folder = tmp_path_factory.mktemp("cli")
    lines = [json.dumps(row) for row in ROWS]
    (folder / "data.jsonl").write_text("\n".join([*lines, '{"broken']) + "\n")
    curator("init", "data.jsonl", at=folder)
    curator("run", "recipe.yaml", "--out", "runs/a", at=folder)
    text = (folder / "recipe.yaml").read_text().replace("min_words: 1 ", "min_words: 2 ", 1)
    (folder / "strict.yaml").write_text(text)
    curator("run", "strict.yaml", "--out", "runs/b", at=folder)
    return folder


def test_init_writes_a_recipe_that_says_why(here: Path) -> None:
    text = (here / "recipe.yaml").read_text()
    assert "# data.jsonl: alpaca (100% sure), json_lines" in text
    labels = [entry.label for entry in load_recipe(here / "recipe.yaml").filters]
    assert labels[:3] == ["structure", "reasoning", "empty"]
    assert labels[-2:] == ["exact_duplicate", "near_duplicate"]
    again = curator("init", "data.jsonl", at=here, code=1)
    assert "exists already" in again.stderr


def test_init_takes_paths_relative_to_the_recipe(here: Path) -> None:
    curator("init", "data.jsonl", "--out", "deep/er/recipe.yaml", at=here)
    said = yaml.safe_load((here / "deep/er/recipe.yaml").read_text())
    assert said["input"] == [{"path": "../../data.jsonl"}]


def test_run_prints_the_funnel_and_where_things_are(here: Path) -> None:
    done = curator("run", "recipe.yaml", "--out", "runs/a", at=here)
    assert "2 of 4 records kept (50.0%)" in done.stdout
    assert "report: runs/a/report/report.html" in done.stdout
    assert "export: runs/a/export/messages" in done.stdout
    counts = answer("run", "recipe.yaml", "--out", "runs/a", at=here)["counts"]
    assert (counts["rows"], counts["kept"], counts["quarantined"]) == (5, 2, 1)


def test_inspect_names_problems_by_place(here: Path) -> None:
    done = curator("inspect", "data.jsonl", at=here)
    assert "alpaca (100% sure)" in done.stdout
    assert "data.jsonl:5" in done.stdout
    curator("inspect", "data.jsonl", "--strict", at=here, code=1)
    profile = answer("inspect", "data.jsonl", at=here)
    assert (profile["records"], profile["quarantined"], profile["problem_count"]) == (4, 1, 2)


def test_report_writes_both_files(here: Path) -> None:
    (here / "runs/a/report/report.html").unlink()
    assert "report: runs/a/report/report.html" in curator("report", "runs/a", at=here).stdout
    assert (here / "runs/a/report/report.md").exists()
    assert answer("report", "runs/a", at=here)["summary"]["kept"] == 2


def test_explain_finds_a_record_by_place(here: Path) -> None:
    done = curator("explain", "runs/a", "data.jsonl:4", at=here)
    assert "exact_duplicate.duplicate" in done.stdout
    empty = answer("explain", "runs/a", "data.jsonl:2", at=here)
    assert "empty.response" in json.dumps(empty)
    wrong = curator("explain", "runs/a", "data.jsonl:99", at=here, code=1)
    assert "has no record from row 99" in wrong.stderr


def test_diff_names_who_changed_sides(here: Path) -> None:
    assert "length.too_short" in curator("diff", "runs/a", "runs/b", at=here).stdout
    assert "length.too_short" in json.dumps(answer("diff", "runs/a", "runs/b", at=here))


def test_whatif_decides_without_writing(here: Path) -> None:
    before = (here / "runs/a/decisions.parquet").read_bytes()
    done = curator("whatif", "runs/a", "length.min_words=2", "empty.on.response=off", at=here)
    assert "length.too_short" in done.stdout
    assert (here / "runs/a/decisions.parquet").read_bytes() == before
    for wrong in ("length.min_words", "length.view=prompt", "lenght.min_words=2", "length.on=3"):
        assert curator("whatif", "runs/a", wrong, at=here, code=1).stderr.startswith("error: ")


def test_export_writes_a_shape_or_a_preset(here: Path) -> None:
    done = curator("export", "runs/a", "--to", "alpaca", "--out", "out", at=here)
    assert "2 in data" in done.stdout
    rows = [json.loads(line) for line in (here / "out/data.jsonl").read_text().splitlines()]
    assert rows == [ROWS[0], ROWS[2]]
    split = answer(
        "export", "runs/a", "--to", "trl", "--splits", "train=50,test=50", "--out", "o2", at=here
    )
    assert sum(split["counts"].values()) + split["leaks"] == 2
    for wrong in (["--to", "alpacca"], ["--to", "alpaca", "--splits", "x"]):
        assert curator("export", "runs/a", *wrong, at=here, code=1).stderr.startswith("error: ")
    meant = curator("export", "runs/a", "--to", "tlr", at=here, code=1)
    assert meant.stderr == "error: --to: there is no 'tlr': did you mean trl?\n"


def test_filters_lists_every_rule(here: Path) -> None:
    assert "near_duplicate" in curator("filters", at=here).stdout
    facts = {fact["filter"]: fact for fact in answer("filters", at=here)}
    assert facts["near_duplicate"]["rules"] == {"duplicate": "drop"}
    assert all(
        setting["description"] for fact in facts.values() for setting in fact["settings"].values()
    )


def test_schema_prints_writes_and_checks(here: Path) -> None:
    assert json.loads(curator("schema", "recipe", at=here).stdout)["title"]
    assert set(json.loads(curator("schema", at=here).stdout)) == {
        "recipe", "record", "decision", "selection", "manifest", "quarantine",
    }  # fmt: skip
    curator("schema", "--out", "schemas", at=here)
    curator("schema", "--check", "schemas", at=here)
    (here / "schemas/record.schema.json").write_text("{}")
    assert (
        "record in schemas is out of date"
        in curator("schema", "--check", "schemas", at=here, code=1).stderr
    )
    assert "there is no schema" in curator("schema", "recipee", at=here, code=1).stderr


def test_doctor_says_what_is_installed(here: Path) -> None:
    assert "kernels" in curator("doctor", "--warm", at=here).stdout
    assert {check["state"] for check in answer("doctor", at=here)} <= {"ok", "optional"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "none.yaml"], 1, "curator init"),
        (["report", "."], 1, "is not a finished run"),
        (["inspect", "none.jsonl"], 1, "none.jsonl"),
        (["inspect", "data.jsonl", "--format", "alpacca"], 1, 'there is no format "alpacca"'),
        (["run"], 2, "Missing argument"),
        (["run", "recipe.yaml", "--resume", "--fresh"], 2, "exclude each other"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_a_mistake_is_one_message_and_an_exit_code(
    here: Path, arguments: list[str], code: int, message: str
) -> None:
    assert message in curator(*arguments, at=here, code=code).stderr


def test_version(here: Path) -> None:
    assert curator("--version", at=here).stdout.strip() == "curator 0.1.0"


def test_data_without_rows_or_records_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "bad.jsonl").write_text('{"broken\n[1]\n')
    for name in ("empty", "bad"):
        (tmp_path / f"{name}.yaml").write_text(
            f"input: [{{path: {name}.jsonl}}]\nfilters: [{{filter: empty}}]\n"
        )
    assert (
        "there is no row in empty.jsonl" in curator("run", "empty.yaml", at=tmp_path, code=1).stderr
    )
    assert "all 2 are in" in curator("run", "bad.yaml", at=tmp_path, code=1).stderr
    assert "there is no row" in curator("inspect", "empty.jsonl", at=tmp_path, code=1).stderr
    assert "not valid JSON" in curator("inspect", "bad.jsonl", at=tmp_path).stdout
    assert "could be read" in curator("init", "bad.jsonl", at=tmp_path, code=1).stderr


def test_a_place_that_cannot_be_written_is_one_message(here: Path) -> None:
    done = curator("run", "recipe.yaml", "--out", "/proc/nowhere", at=here, code=1)
    assert done.stderr.splitlines()[-1].startswith("error: /proc/nowhere")
