"""What is forgotten is in no byte of the run, stays out of it, and everything still adds up."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

import curator
from curator.cli.app import app
from curator.errors import RunError
from curator.export import export_run
from curator.pipeline.forget import forget
from curator.recipe import Export
from curator.run import Run, forgotten_in

MARK = "zebrafinch"
FILTERS = [
    {"filter": "empty"},
    {"filter": "length", "max_words": 40},
    {"filter": "exact_duplicate"},
    {"filter": "near_duplicate"},
]


def rows() -> list[dict[str, str]]:
    made = [
        {"instruction": f"Count from {i} to {i + 9}", "output": " ".join(map(str, range(i, i + 9)))}
        for i in range(30)
    ]
    told = f"{MARK} is donâ€™t-ask-me, and " + " ".join(f"word{i}" for i in range(25))
    secret = {"instruction": f"Who is {MARK} of the old town", "output": told}
    near = {**secret, "output": secret["output"] + " Indeed so."}
    return [*made[:10], secret, *made[10:], {**secret}, near, {"instruction": "x", "output": ""}]


SECRET, TWIN, NEAR, BROKEN = 11, 32, 33, 35
"""Rows of the file."""


def write(path: Path, data: list[Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in data), "utf-8")


def recipe(folder: Path, name: str = "a.jsonl") -> Path:
    said: dict[str, Any] = {
        "input": [{"path": name}, {"path": "b.jsonl"}],
        "repairs": ["unicode", "whitespace"],
        "filters": FILTERS,
        "export": [
            {"to": "messages", "splits": {"train": 80, "validation": 20}},
            {"to": "trl", "as": "parquet"},
        ],
    }
    (folder / "r.yaml").write_text(yaml.safe_dump(said), "utf-8")
    return folder / "r.yaml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write(folder / "a.jsonl", [*rows(), {"instruction": 3, "output": MARK}])
    write(folder / "b.jsonl", [{"instruction": f"b {i}", "output": f"say {i}"} for i in range(9)])
    run = curator.curate(recipe(folder), out=folder / "runs" / "one", shard_rows=8)
    export_run(run, Export(to="alpaca"))
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Run:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Run.open(tmp_path / "runs" / "one")


def holding(folder: Path, text: str = MARK) -> list[str]:
    """Name the files that hold a text; compressed ones are read."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        if path.suffix == ".parquet":
            data = pl.read_parquet(path).write_json().encode()
        else:
            data = path.read_bytes()
        if text.encode() in data:
            found.append(str(path.relative_to(folder)))
    return found


def test_no_byte_of_it_is_left_and_everything_adds_up(run: Run) -> None:
    held = holding(run.path)
    assert any(name.startswith("records/") for name in held)
    assert any(name.startswith("export/alpaca/") for name in held)
    assert {"quarantine.jsonl", "report/report.html"} <= set(held)
    scores = {path: path.read_bytes() for path in run.layout.scores.rglob("*.parquet")}
    keys = [f"a.jsonl:{SECRET}", f"a.jsonl:{NEAR}", f"a.jsonl:{BROKEN}"]
    found = forget(run.path, keys)
    assert holding(run.path) == []
    assert (found.records, found.inputs, found.siblings) == (4, ["a.jsonl"], [])
    assert found.removed == ["alpaca"]
    counts = Run.open(run.path).manifest.counts
    assert (counts["rows"], counts["forgotten"], counts["quarantined"]) == (44, 4, 0)
    assert counts["records"] == 40 == counts["kept"] + counts["dropped"]
    untouched = [path for path in scores if path.exists()]
    assert len(untouched) > len(FILTERS)
    assert all(path.read_bytes() == scores[path] for path in untouched)


def test_receipts_hold_hashes_and_no_content(run: Run) -> None:
    found = forget(run.path, [f"a.jsonl:{SECRET}"])
    (receipt,) = forgotten_in(run.layout)
    assert (receipt.content, receipt.files) == (found.contents[0], found.files)
    assert receipt.files > 5
    assert oct(run.layout.forgotten.stat().st_mode)[-3:] == "600"


def test_decisions_are_those_of_a_run_that_never_had_it(run: Run, tmp_path: Path) -> None:
    forget(run.path, [f"a.jsonl:{SECRET}", f"a.jsonl:{NEAR}", f"a.jsonl:{BROKEN}"])
    other = tmp_path / "other"
    other.mkdir()
    write(other / "a.jsonl", [row for row in rows() if MARK not in row["instruction"]])
    write(other / "b.jsonl", [{"instruction": f"b {i}", "output": f"say {i}"} for i in range(9)])
    scratch = curator.curate(recipe(other), out=other / "run")
    assert (run.path / "decisions.parquet").read_bytes() == (
        scratch.path / "decisions.parquet"
    ).read_bytes()
    exported = [path / "export" / "messages" / "train.jsonl" for path in (run.path, scratch.path)]
    assert exported[0].read_bytes() == exported[1].read_bytes()


@pytest.mark.parametrize("fresh", [False, True])
def test_later_runs_leave_it_out(run: Run, tmp_path: Path, fresh: bool) -> None:
    forget(run.path, [f"a.jsonl:{SECRET}", f"a.jsonl:{NEAR}", f"a.jsonl:{BROKEN}"])
    decided = (run.path / "decisions.parquet").read_bytes()
    again = curator.curate(recipe(tmp_path), out=run.path, fresh=fresh)
    assert holding(run.path) == []
    assert again.manifest.counts["forgotten"] == 4
    assert (run.path / "decisions.parquet").read_bytes() == decided
    assert "4 records that the input still has were forgotten" in (
        again.layout.report / "report.md"
    ).read_text("utf-8")


def test_receipts_laid_into_another_directory_count_there(run: Run, tmp_path: Path) -> None:
    found = forget(run.path, [f"a.jsonl:{SECRET}", f"a.jsonl:{NEAR}", f"a.jsonl:{BROKEN}"])
    other = tmp_path / "elsewhere" / "run"
    other.mkdir(parents=True)
    shutil.copy(run.layout.forgotten, other)
    made = curator.curate(recipe(tmp_path), out=other)
    assert (holding(other), made.manifest.counts["forgotten"]) == ([], found.records)


def test_a_receipt_alone_is_not_enough(run: Run) -> None:
    content = run.records().filter(pl.col("row") == SECRET).collect()["content"][0]
    receipt = {"content": content, "time": "2026-01-01T00:00:00Z", "files": 3}
    run.layout.forgotten.write_text(json.dumps(receipt) + "\n", "utf-8")
    assert forget(run.path, [content]).records == 2


def test_a_record_that_keeps_the_whole_row_goes_with_it(tmp_path: Path) -> None:
    tasks = [
        '{"instruction": "a", "instances": [{"input": "", "output": "%s"}, {"input": 1}]}',
        '{"instruction": "b", "instances": [{"input": "", "output": "%s.", "n": 1},'
        ' {"output": "other", "input": ""}], "instruction": "b"}',
        '{"instruction": "c", "instances": [{"input": "", "output": "%s!"},'
        ' {"input": "", "output": "fourth"}]}',
        '{"instruction": "d", "instances": [{"input": "", "output": "fifth"}]}',
    ]
    text = "\n".join(task % MARK if "%s" in task else task for task in tasks)
    (tmp_path / "t.jsonl").write_text(text + "\n", "utf-8")
    said = {"input": [{"path": "t.jsonl", "format": "self_instruct"}]}
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(said), "utf-8")
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    marked = run.records().filter(pl.col("response").str.contains(MARK)).collect()
    hiding = run.records().filter(
        pl.col("raw").str.contains(MARK) & ~pl.col("response").str.contains(MARK)
    )
    assert hiding.collect()["response"].to_list() == ["other"]
    forget(run.path, marked["id"].to_list())
    left = Run.open(run.path).records().collect()["response"].to_list()
    assert "fourth" in left
    assert "other" not in left
    raws = Run.open(run.path).quarantine().collect()["raw"].to_list()
    for raw_row in range(1, len(raws) + 1):
        forget(run.path, [f"t.jsonl:{raw_row}"])
    assert holding(run.path) == []
    curator.curate(tmp_path / "r.yaml", out=run.path)
    assert holding(run.path) == []


def test_a_run_beside_it_keeps_its_files_and_is_named(run: Run, tmp_path: Path) -> None:
    sibling = curator.curate(recipe(tmp_path), out=tmp_path / "runs" / "two", shard_rows=8)
    shared = sibling.layout.shard("0000-00001.parquet")
    assert shared.stat().st_nlink == 2
    before = holding(sibling.path)
    found = forget(run.path, [f"a.jsonl:{SECRET}"])
    assert found.siblings == ["two"]
    assert holding(sibling.path) == before
    assert Run.open(sibling.path).records().collect().height == 43
    forget(sibling.path, found.contents)
    third = curator.curate(recipe(tmp_path), out=run.path)
    assert third.manifest.counts["forgotten"] == 2


def test_every_way_to_name_a_record(run: Run) -> None:
    ids = run.records().filter(pl.col("row") == SECRET).collect()["id"]
    content = ids[0].partition("-")[0]
    found = forget(run.path, [ids[0]])
    assert (found.contents, found.records) == ([content], 2)  # its twin says the same
    assert len(found.alike) == 1
    assert forget(run.path, [content]).contents == []
    assert forget(run.path, [f"{content}-1"]).files == 0
    near = run.records().filter(pl.col("row") == NEAR).collect()
    assert forget(run.path, [near["id"][0][:9]]).contents == [near["content"][0]]


def test_a_name_that_means_nothing_forgets_nothing(run: Run) -> None:
    before = holding(run.path)
    with pytest.raises(RunError, match="no record's id is"):
        forget(run.path, [f"a.jsonl:{SECRET}", "ffff"])
    assert holding(run.path) == before
    with pytest.raises(RunError, match="every record"):
        forget(run.path, run.records().collect()["id"].to_list())


def test_a_killed_forgetting_is_ended_by_the_next_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("curator.pipeline.forget._rewrite", fail)
    with pytest.raises(KeyboardInterrupt):
        forget(run.path, [f"a.jsonl:{SECRET}", f"a.jsonl:{NEAR}", f"a.jsonl:{BROKEN}"])
    with pytest.raises(RunError, match="not a finished run"):
        Run.open(run.path)
    curator.curate(recipe(tmp_path), out=run.path)
    assert holding(run.path) == []


def test_a_list_of_ids_from_the_command_line(run: Run, tmp_path: Path) -> None:
    ids = run.records().filter(pl.col("text").str.contains(MARK)).collect()["id"]
    (tmp_path / "ids.txt").write_text("\n".join(ids) + "\n\n")
    said = ["forget", str(run.path), "--from", str(tmp_path / "ids.txt")]
    result = CliRunner().invoke(app, said)
    assert result.exit_code == 0, result.output
    assert "forgot 3 records;" in result.stdout
    assert "the input still has them" in result.stderr
    assert "already" in CliRunner().invoke(app, said).stdout
    assert CliRunner().invoke(app, ["forget", str(run.path)]).exit_code == 2
