"""A release can be made again byte for byte, checked, and held to."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

import curator
from curator.cli.app import app
from curator.errors import RunError
from curator.export import release_run
from curator.recipe import parse_recipe
from curator.run import Run

EXPORTS = [
    {"to": "messages", "splits": {"train": 80, "validation": 20}, "max_shard_rows": 20},
    {"to": "trl", "as": "parquet"},
    {"to": "axolotl"},
]


def write(path: Path, start: int, count: int) -> None:
    rows = [
        {"instruction": f"question {i // 2}", "output": f"{'word ' * (i % 7)}{i % 9}"}
        for i in range(start, start + count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"no": 1}]), "utf-8")


def recipe(folder: Path, **said: Any) -> Path:
    whole = {
        "name": "set",
        "input": [
            {"path": "data/a.jsonl", "licence": "mit", "weight": 1.5},
            {"path": "data/b.jsonl", "licence": "cc-by-4.0", "cap": 30},
        ],
        "filters": [{"filter": "length", "min_words": 2}, {"filter": "exact_duplicate"}],
        "export": EXPORTS,
        **said,
    }
    (folder / "r.yaml").write_text(yaml.safe_dump(whole), "utf-8")
    return folder / "r.yaml"


def workplace(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    write(folder / "data" / "a.jsonl", 0, 60)
    write(folder / "data" / "b.jsonl", 40, 60)
    return recipe(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("here")
    return curator.curate(workplace(folder), out=folder / "run")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_elsewhere_and_with_other_workers_release_the_same_bytes(
    made: Run, tmp_path: Path
) -> None:
    one, _ = release_run(made)
    place = tmp_path / "quite" / "another" / "place"
    other = curator.curate(workplace(place), out=place / "other run", workers=2, shard_rows=11)
    two, _ = release_run(other, tmp_path / "bundle")
    assert files_of(one) == files_of(two)
    assert len(files_of(one)) > 14
    text = b"".join(files_of(one).values()).decode("utf-8", "replace")
    assert str(made.path.parent) not in text
    assert release_run(made)[0] == one  # an earlier one is replaced


def test_the_sums_are_those_that_sha256sum_checks(made: Run, tmp_path: Path) -> None:
    folder, _ = release_run(made, tmp_path / "bundle")
    command = ["sha256sum", "--strict", "--check", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(files_of(folder)) - {"SHA256SUMS"}
    (folder / "reasons.json").write_text("{}")
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1


def test_the_bill_of_materials_is_cyclonedx(made: Run, tmp_path: Path) -> None:
    folder, _ = release_run(made, tmp_path / "bundle")
    text = (folder / "sbom.cdx.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    parts = {part["name"]: part for part in json.loads(text)["components"]}
    assert parts["polars"]["purl"] == f"pkg:pypi/polars@{made.manifest.versions['polars']}"
    assert parts["data/a.jsonl"]["hashes"][0]["content"] == made.manifest.inputs[0].sha256
    assert parts["data/b.jsonl"]["licenses"] == [{"license": {"name": "cc-by-4.0"}}]


def test_it_tells_what_was_dropped_without_a_word_of_it(made: Run, tmp_path: Path) -> None:
    folder, results = release_run(made, tmp_path / "bundle")
    dropped = [json.loads(line) for line in (folder / "dropped.jsonl").read_text().splitlines()]
    assert len(dropped) == made.manifest.counts["dropped"] > 10
    assert set(dropped[0]) == {"id", "reason", "reasons", "witness"}
    assert sum(json.loads((folder / "reasons.json").read_text()).values()) == len(dropped)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["exports"] == {one.folder.name: one.fingerprint for one in results}
    assert not {"device", "seconds"} & set(manifest)
    assert "| data/a.jsonl | mit | 60 |" in (folder / "LICENCES.md").read_text()
    assert parse_recipe((folder / "recipe.yaml").read_text()).filters == made.recipe.filters


def test_nothing_of_others_is_replaced_and_nothing_is_released_of_no_export(
    made: Run, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="no release wrote"):
        release_run(made, tmp_path)
    place = tmp_path / "place"
    workplace(place)
    bare = curator.curate(recipe(place, export=[]), out=place / "run")
    with pytest.raises(RunError, match="nothing to release"):
        release_run(bare)


def test_a_locked_run_of_the_same_is_the_same(made: Run, tmp_path: Path) -> None:
    heard: list[str] = []
    source = made.path.parent / "r.yaml"
    again = curator.curate(
        source,
        out=tmp_path / "again",
        locked=made.path,
        workers=1,
        listener=lambda event: heard.append(event.what),
    )
    assert f"every decision is that of {made.path}" in heard
    assert again.manifest.counts == made.manifest.counts
    curator.curate(source, out=made.path, locked=made.path)


def locked(folder: Path, run: Run) -> str:
    """Return what a run that is locked to another one is refused for."""
    with pytest.raises(RunError) as refused:
        curator.curate(folder / "r.yaml", out=folder / "out", locked=run.path)
    assert not (folder / "out").exists()
    return str(refused.value)


def test_a_locked_run_refuses_other_inputs_and_names_them_all(made: Run, tmp_path: Path) -> None:
    workplace(tmp_path)
    write(tmp_path / "data" / "a.jsonl", 0, 61)
    (tmp_path / "data" / "b.jsonl").rename(tmp_path / "data" / "c.jsonl")
    recipe(tmp_path, input=[{"path": "data", "licence": "mit", "weight": 1.5}])
    said = locked(tmp_path, made)
    assert "data/a.jsonl has changed: its sha256 was " + made.manifest.inputs[0].sha256 in said
    assert "data/c.jsonl is new" in said
    assert "data/b.jsonl is gone" in said
    recipe(tmp_path)
    assert "there is no data/b.jsonl" in locked(tmp_path, made)


def test_a_locked_run_refuses_another_recipe_and_names_the_settings(
    made: Run, tmp_path: Path
) -> None:
    workplace(tmp_path)
    filters = [{"filter": "length", "min_words": 3}, {"filter": "exact_duplicate"}]
    recipe(tmp_path, filters=filters, seed=5, name="other", export=[])
    said = locked(tmp_path, made)
    assert "filters[0].min_words was 2, is 3" in said
    assert "seed was 0, is 5" in said
    assert "name" not in said.replace("names", "")


def test_a_locked_run_with_other_verdicts_says_so(made: Run, tmp_path: Path) -> None:
    recipe_file = workplace(tmp_path)
    kept = made.decisions().collect().filter("kept")["id"][0]
    (tmp_path / "run").mkdir()
    verdict = {"content": kept.partition("-")[0], "verdict": "drop"}
    (tmp_path / "run" / "verdicts.jsonl").write_text(json.dumps(verdict) + "\n")
    with pytest.raises(RunError, match=r"its decisions differ on 1 record\."):
        curator.curate(recipe_file, out=tmp_path / "run", locked=made.path)


def test_the_commands(made: Run, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["release", str(made.path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert f"release: {tmp_path / 'out'}" in result.stdout
    recipe_file = workplace(tmp_path / "place")
    args = ["run", str(recipe_file), "--locked", str(made.path), "--out", str(tmp_path / "locked")]
    assert CliRunner().invoke(app, args).exit_code == 0
