"""Rows that gave several records are written as one row again, as far as their records stay."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.export import ExportResult, export_run
from curator.formats import read_row
from curator.pipeline import curate
from curator.recipe import Export
from curator.records import Origin, content_of, frame_of
from curator.run import Run
from tests.test_export import LiteralRun, export, rows_in

INSTANCES = [{"input": "hot", "output": "cold"}, {"input": "", "output": ""}, {"output": "b"}]
TASK: dict[str, Any] = {"id": 7, "instruction": "Do it.", "instances": INSTANCES, "n": [1.0]}
TREE: dict[str, Any] = {
    "prompt": {
        "text": "Capital of Peru?",
        "role": "prompter",
        "replies": [
            {"rank": 0, "text": "Lima.", "role": "assistant", "replies": []},
            {"rank": 1, "text": "Cusco.", "role": "assistant"},
            {"rank": 2, "text": "bad", "role": "assistant", "deleted": True, "replies": []},
        ],
    },
    "tree_state": "ready",
}
ROWS = {"self_instruct": TASK, "oasst": TREE, "oasst_pairs": TREE}


def run_of_row(path: Path, shape: str, *rows: dict[str, Any]) -> LiteralRun:
    found = [
        (record, Origin(f"{content_of(record)}-{n}", "c", "s", n, part, shape))
        for n, row in enumerate(rows, 1)
        for part, record in enumerate(read_row(shape, row))
    ]
    frame = frame_of([record for record, _ in found], [origin for _, origin in found])
    return LiteralRun(path, frame, {})


def written(result: ExportResult) -> list[Any]:
    return rows_in(result.folder / "data.jsonl")


def real_run(folder: Path, row: dict[str, Any], shape: str, **recipe: Any) -> Run:
    (folder / "in.jsonl").write_text(json.dumps(row) + "\n")
    said = {"name": "n", "input": [{"path": "in.jsonl", "format": shape}], **recipe}
    (folder / "recipe.yaml").write_text(json.dumps(said))
    return curate(folder / "recipe.yaml", out=folder / "run", workers=1)


@pytest.mark.parametrize("shape", ROWS)
def test_all_records_of_a_row_give_the_very_row(tmp_path: Path, shape: str) -> None:
    run = real_run(tmp_path, ROWS[shape], shape)
    result = export_run(run, Export(to=shape))  # type: ignore[arg-type]
    assert (result.folder / "data.jsonl").read_text() == json.dumps(ROWS[shape]) + "\n"
    assert result.joined == result.records - 1


def test_a_dropped_instance_is_not_in_the_row(tmp_path: Path) -> None:
    run = run_of_row(tmp_path, "self_instruct", TASK, TASK | {"id": 8})
    run.dropped = {1: "empty.response"}
    result = export(run, "self_instruct")
    first = TASK | {"instances": [INSTANCES[0], INSTANCES[2]]}
    assert written(result) == [first, TASK | {"id": 8}]
    assert (result.records, result.joined) == (5, 3)
    assert "2 in data (rows, of 5 records); 0 left out" in str(result)
    assert "5 records in 2 rows" in (result.folder / "README.md").read_text()


def test_a_dropped_path_is_not_in_the_tree(tmp_path: Path) -> None:
    run = run_of_row(tmp_path, "oasst", TREE)
    run.dropped = {1: "length.too_short"}
    replies = TREE["prompt"]["replies"]
    kept = {**TREE["prompt"], "replies": [replies[0], replies[2]]}
    assert written(export(run, "oasst")) == [TREE | {"prompt": kept}]


def test_another_shape_has_a_row_a_record(tmp_path: Path) -> None:
    result = export(run_of_row(tmp_path, "oasst", TREE), "alpaca")
    assert [row["output"] for row in written(result)] == ["Lima.", "Cusco."]
    assert result.joined == 0


def test_ranked_answers_become_pairs(tmp_path: Path) -> None:
    (row,) = written(export(run_of_row(tmp_path, "oasst_pairs", TREE), "preference"))
    sides = [row["chosen"][0]["content"], row["rejected"][0]["content"]]
    assert sides == ["Lima.", "Cusco."]


def test_a_row_the_shape_cannot_rebuild_is_joined_where_all_are_kept(tmp_path: Path) -> None:
    odd = {"instruction": "a", "instances": [{"input": "", "output": "<think>\nx\n</think>"}] * 2}
    odd["instances"][0] = {"input": None, "output": "b", "input_2": {"z": 1, "a": 2}}  # type: ignore[call-overload]
    assert written(export(run_of_row(tmp_path, "self_instruct", odd), "self_instruct")) == [odd]


def test_repaired_records_share_a_row_while_they_have_one_instruction(tmp_path: Path) -> None:
    row = {
        "instruction": "Say it.\u200b",
        "instances": [{"input": "", "output": "a"}, {"input": "", "output": "b"}],
    }
    run = real_run(tmp_path, row, "self_instruct", repairs=["whitespace"])
    result = export_run(run, Export(to="self_instruct"))
    assert written(result) == [row | {"instruction": "Say it."}]


def test_records_without_one_instruction_have_rows_of_their_own(tmp_path: Path) -> None:
    run = run_of_row(tmp_path, "self_instruct", TASK)
    first, second = read_row("self_instruct", TASK | {"instances": INSTANCES[:2]})
    first.messages[0] = {"role": "user", "content": "Mended."}
    origins = [Origin(f"c-{part}", "c", "s", 1, part, "self_instruct") for part in range(2)]
    run.all = frame_of([first, second], origins)
    run.repaired = ["c-0"]
    rows = written(export(run, "self_instruct"))
    assert [row["instruction"] for row in rows] == ["Mended.", "Do it."]


def test_each_side_of_a_split_has_its_own_instances(tmp_path: Path) -> None:
    instances = [{"input": str(n), "output": "x"} for n in range(40)]
    run = run_of_row(tmp_path, "self_instruct", {"instruction": "a", "instances": instances})
    result = export(run, "self_instruct", splits={"train": 70, "validation": 30})
    sides = [rows_in(result.folder / f"{side}.jsonl") for side in ("train", "validation")]
    assert [len(rows) for rows in sides] == [1, 1]
    found = [instance for (row,) in sides for instance in row["instances"]]
    assert sorted(found, key=lambda one: int(one["input"])) == instances


def test_a_table_of_joined_rows_is_whole(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    result = export(
        run_of_row(tmp_path, "self_instruct", TASK), "self_instruct", **{"as": "parquet"}
    )
    (row,) = pl.read_parquet(result.folder / "data.parquet").to_dicts()
    assert [one["output"] for one in row["instances"]] == ["cold", "", "b"]


def test_prompts_are_kept_and_not_merged_but_for_equal_ones(tmp_path: Path) -> None:
    rows = [{"prompt": "Write a haiku."}, {"prompt": "write  a haiku."}, {"prompt": "Name a sea."}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    names = [
        "structure",
        "empty",
        "length",
        "refusal",
        "truncated",
        "exact_duplicate",
        "near_duplicate",
    ]
    recipe = {
        "name": "prompts",
        "input": [{"path": "in.jsonl"}],
        "filters": [{"filter": name} for name in names],
        "export": [{"to": "prompt_only"}],
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    run = curate(tmp_path / "recipe.yaml", out=tmp_path / "run", workers=1)
    reasons = run.decisions().collect()["reason"].to_list()
    assert sorted(filter(None, reasons)) == ["exact_duplicate.duplicate"]
    assert reasons[2] is None
    assert len(rows_in(run.export_folder("prompt_only") / "data.jsonl")) == 2


def test_the_same_prompts_read_as_answered_rows_are_measured_anew(tmp_path: Path) -> None:
    row = {"prompt": "Write a haiku."}
    filters = [{"filter": "structure"}]
    kept = real_run(tmp_path, row, "prompt_only", filters=filters).manifest.counts["kept"]
    again = real_run(tmp_path, row, "prompt_completion", filters=filters).manifest.counts["kept"]
    assert (kept, again) == (1, 0)
