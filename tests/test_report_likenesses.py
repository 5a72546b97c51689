"""A pair that several duplicate filters found is told once, with the similarity each saw."""

import json
from pathlib import Path

import pytest
from rich.console import Console

import curator
from curator.report.explain import explain
from curator.report.explained import explain_view
from curator.run import Run

ANSWER = "Bees find their way home by the sun, by landmarks and by smells that they remember well."
ROWS = [
    ("How do bees find their way home from the fields in summer?", f"Just so: {ANSWER}"),
    ("How do bees find their way home from the fields in summer", ANSWER),
    ("Tell me how bees find their way home in summer from the fields.", ANSWER),
    ("Why do trees lose their leaves?", "To save water."),
]
RECIPE = """
name: tiny
input: [{path: data.jsonl}]
filters:
  - filter: exact_duplicate
  - {filter: near_duplicate, min_similarity: 0.5, floor: 0.5}
  - filter: semantic_duplicate
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("likenesses")
    rows = [json.dumps({"prompt": asked, "completion": said}) for asked, said in ROWS]
    (folder / "data.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


def told(run: Run, row: int) -> str:
    console = Console(width=200, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115
    console.print(explain_view(explain(run, f"data.jsonl:{row}")))
    console.file.close()
    return console.export_text()


def test_a_pair_found_by_two_filters_is_told_once_with_both_similarities(run: Run) -> None:
    twin = explain(run, "data.jsonl:2").twin
    assert twin is not None
    assert list(twin.likenesses) == ["near_duplicate", "semantic_duplicate"]
    assert twin.likenesses["near_duplicate"] < twin.likenesses["semantic_duplicate"] < 1
    shown = told(run, 2)
    assert shown.count("found by near_duplicate ") == 1
    assert ", semantic_duplicate " in shown


def test_what_one_filter_found_is_told_without_a_list(run: Run) -> None:
    found = explain(run, "data.jsonl:3")
    assert found.decision["reasons"] == ["semantic_duplicate.duplicate"]
    assert found.twin is not None
    assert list(found.twin.likenesses) == ["semantic_duplicate"]
    assert "found by" not in told(run, 3)
    assert explain(run, "data.jsonl:4").twin is None
