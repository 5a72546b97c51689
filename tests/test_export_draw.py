"""Weights and caps say how often records are written; they never change what is counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

import curator
from curator.export import ExportResult, export_run
from curator.recipe import Export, Input
from curator.run import Run
from tests.test_export import rows_in


def write(path: Path, name: str, start: int, count: int) -> None:
    rows = [{"instruction": f"q {i}", "output": f"a {i}"} for i in range(start, start + count)]
    (path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def run_of(path: Path, *inputs: dict[str, Any], out: str = "run", **said: Any) -> Run:
    recipe = path / f"{out}.yaml"
    recipe.write_text(yaml.safe_dump({"name": "t", "input": list(inputs), **said}), "utf-8")
    return curator.curate(recipe, out=path / out)


def written(result: ExportResult, side: str = "data") -> Counter[str]:
    return Counter(row["output"] for row in rows_in(result.folder / f"{side}.jsonl"))


def export(run: Run, **said: Any) -> ExportResult:
    return export_run(run, Export.model_validate({"to": "alpaca", **said}))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path, "a.jsonl", 0, 200)
    write(tmp_path, "b.jsonl", 200, 200)
    return tmp_path


def test_a_weight_repeats_what_it_says_and_counts_stay(data: Path) -> None:
    run = run_of(data, {"path": "a.jsonl", "weight": 2}, {"path": "b.jsonl", "weight": 0.5})
    assert (run.manifest.counts["records"], run.manifest.counts["kept"]) == (400, 400)
    result = export(run)
    found = written(result)
    assert {found[f"a {i}"] for i in range(200)} == {2}
    halved = sum(found[f"a {i}"] for i in range(200, 400))
    assert 80 < halved < 120
    assert result.left_out == {"input.weight": 200 - halved}
    assert (result.records, result.written) == (200 + halved, 400 + halved)
    assert len(rows_in(result.folder / "left_out.jsonl")) == 200 - halved


def test_a_fraction_is_drawn_the_same_whatever_else_there_is(data: Path) -> None:
    first = written(export(run_of(data, {"path": "a.jsonl", "weight": 1.5})))
    assert 270 < first.total() < 330
    write(data, "a.jsonl", 50, 150)
    rows = (data / "a.jsonl").read_text().splitlines(keepends=True)
    (data / "a.jsonl").write_text("".join(reversed(rows)))
    inputs = [{"path": "b.jsonl"}, {"path": "a.jsonl", "weight": 1.5}]
    again = written(export(run_of(data, *inputs, out="again")))
    assert all(again[f"a {i}"] == first[f"a {i}"] for i in range(50, 200))


def test_another_seed_draws_others(data: Path) -> None:
    one = written(export(run_of(data, {"path": "a.jsonl", "cap": 50})))
    other = written(export(run_of(data, {"path": "a.jsonl", "cap": 50}, out="other", seed=7)))
    assert one.total() == other.total() == 50
    assert one != other


def test_a_cap_takes_some_of_what_a_larger_cap_takes(data: Path) -> None:
    small, large = (
        export(run_of(data, {"path": "a.jsonl", "cap": cap}, out=f"cap{cap}")) for cap in (20, 60)
    )
    assert set(written(small)) < set(written(large))
    assert small.left_out == {"input.cap": 180}


def test_a_cap_is_of_kept_records_and_of_its_own_input(data: Path) -> None:
    length = [{"filter": "length", "view": "prompt", "max_words": 2}]
    (data / "c.jsonl").write_text('{"instruction": "much too long a question", "output": "x"}\n')
    run = run_of(data, {"path": "c.jsonl"}, {"path": "a.jsonl", "cap": 5}, filters=length)
    result = export(run)
    assert run.manifest.counts["kept"] == 200
    assert (result.written, result.left_out) == (5, {"input.cap": 195})
    assert [entry.entry for entry in run.manifest.inputs] == [0, 1]


def test_a_weight_acts_where_is_trained_and_a_cap_everywhere(data: Path) -> None:
    shares = {"train": 80.0, "test": 20.0}
    run = run_of(data, {"path": "a.jsonl", "weight": 3}, {"path": "b.jsonl", "weight": 0.25})
    result = export(run, splits=shares)
    assert set(written(result, "test").values()) == {1}
    held_out = written(result, "test").total()
    plain = export(run_of(data, {"path": "a.jsonl"}, {"path": "b.jsonl"}, out="p"), splits=shares)
    assert held_out == plain.counts["test"]
    assert {count for text, count in written(result, "train").items() if int(text[2:]) < 200} == {3}
    capped = run_of(data, {"path": "a.jsonl", "cap": 30}, out="capped")
    assert export(capped, splits=shares).records == 30


def test_the_card_and_the_report_say_it(data: Path) -> None:
    run = run_of(data, {"path": "a.jsonl", "weight": 2, "cap": 30}, export=[{"to": "alpaca"}])
    card = (run.export_folder("alpaca") / "README.md").read_text()
    assert "| a.jsonl | 2.0 | 30 |" in card
    assert "30 records in 60 rows" in card
    assert "a.jsonl (weight 2, at most 30)" in (run.layout.report / "report.md").read_text()


@pytest.mark.parametrize("said", [{"weight": 0}, {"weight": -1}, {"cap": 0}])
def test_what_no_weight_or_cap_can_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Input.model_validate({"path": "a.jsonl", **said})
