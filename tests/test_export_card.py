"""The card says what a data set is, in words the hub reads."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from curator.export.licences import hub_licence
from curator.recipe import parse_recipe
from tests.conftest import chat
from tests.test_export import LiteralRun, export, pair, run_of

RECIPE: dict[str, Any] = {
    "input": [{"path": "/home/me/secret/in.jsonl"}, {"path": "../more.jsonl"}],
    "filters": [{"filter": "length", "min_words": 2}],
}


def read_card(run: LiteralRun, **settings: Any) -> tuple[Any, str]:
    folder = export(run, settings.pop("to", "messages"), **settings).folder
    _, front, text = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), text


def licensed(run: LiteralRun, *licences: str | None) -> LiteralRun:
    run.all = run.all.with_columns(
        licence=pl.Series(licences, dtype=pl.String),
        source=pl.Series([f"source {i}" for i in range(len(licences))]),
    )
    return run


def test_the_front_matter_is_what_the_hub_reads(tmp_path: Path) -> None:
    run = licensed(run_of(tmp_path, chat("a", "1"), chat("b", "2")), "MIT", "MIT")
    front, _ = read_card(run)
    fingerprint = front["configs"][0].pop("description")
    assert re.fullmatch("content [0-9a-f]{16}", fingerprint)
    assert front == {
        "pretty_name": "tiny",
        "license": "mit",
        "task_categories": ["text-generation"],
        "size_categories": ["n<1K"],
        "tags": ["curator", "instruction-tuning"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "data.jsonl"}]}
        ],
    }


@pytest.mark.parametrize(
    ("licences", "said"),
    [
        ({"Apache-2.0"}, {"license": "apache-2.0"}),
        ({"mit", "cc-by-4.0"}, {"license": ["cc-by-4.0", "mit"]}),
        ({"mit", "house rules"}, {"license": "other", "license_name": "house rules, mit"}),
        ({"mit", None}, {"license": "unknown"}),
        (set(), {"license": "unknown"}),
    ],
)
def test_a_licence_is_never_guessed(licences: set[str | None], said: dict[str, Any]) -> None:
    assert hub_licence(licences) == said


def test_sources_and_licences_are_named(tmp_path: Path) -> None:
    run = licensed(run_of(tmp_path, chat("a", "1"), chat("b", "2")), "mit", None)
    run.dropped = {1: "length.too_short"}
    front, text = read_card(run)
    assert front["license"] == "unknown"
    assert "| source 0 | mit | 1 | 1 |\n| source 1 | unknown | 1 | 0 |" in text
    assert "is not known: find it out" in text


def test_the_funnel_adds_up(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(c, c) for c in "abc"), pair("d", "e", "f"), **RECIPE)
    run.dropped = {0: "length.too_short"}
    run.manifest.counts["kept"] = 3
    run.repaired = [run.all["id"][1]]
    _, text = read_card(run)
    table = text.split("## From input to data set")[1].split("\n\n")[1]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:]]
    numbers = [cells[1].strip(" *").replace("\u2212", "-") for cells in rows]
    assert numbers == ["4", "-1", "3", "-1", "2"]
    assert rows[1][0].strip() == r"dropped: length.too\_short"
    assert "| unicode | 1 |" in text


def test_the_recipe_is_whole_and_the_card_holds_no_paths(tmp_path: Path) -> None:
    _, text = read_card(run_of(tmp_path, chat("a", "1"), **RECIPE))
    recipe = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    assert [entry["path"] for entry in recipe["input"]] == ["in.jsonl", "more.jsonl"]
    assert recipe["filters"][0]["min_words"] == 2
    assert "secret" not in text


def test_a_source_elsewhere_is_named_by_its_file(tmp_path: Path) -> None:
    run = licensed(run_of(tmp_path, *(chat(c, c) for c in "abc")), "mit", "mit", "mit")
    paths = ["../../me/x.jsonl", "/home/me/y.jsonl", "data/z.jsonl"]
    run.all = run.all.with_columns(source=pl.Series(paths))
    _, text = read_card(run)
    assert "| x.jsonl | mit | 1 | 1 |\n| y.jsonl | mit | 1 | 1 |\n| data/z.jsonl | mit" in text
    assert "me/" not in text
    assert str(tmp_path) not in text


def test_the_splits_are_explained(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    front, text = read_card(run, splits={"train": 80, "validation": 20}, to="trl")
    assert [entry["split"] for entry in front["configs"][0]["data_files"]] == [
        "train",
        "validation",
    ]
    assert "train 80.0, validation 20.0" in text
    assert 'train_dataset=data["train"],\n    eval_dataset=data["validation"],' in text


def test_texts_of_others_are_no_markup(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), name="x\n# ``` | <script>")
    run.all = run.all.with_columns(source=pl.lit("a|b\n<b>`c`"))
    _, text = read_card(run)
    assert r"| a\|b &lt;b>\`c\` | unknown | 1 | 1 |" in text
    assert "\n# x # \\`\\`\\` \\| &lt;script>\n" in text
    assert text.rstrip().endswith("````")


@pytest.mark.parametrize("container", ["jsonl", "hf"])
@pytest.mark.parametrize("splits", [{}, {"train": 80, "validation": 20}])
def test_the_loading_snippet_is_python(
    tmp_path: Path, container: str, splits: dict[str, int]
) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    _, text = read_card(run, to="trl", splits=splits, **{"as": container})
    snippet = text.split("```python\n")[1].split("```")[0]
    compile(snippet, "README.md", "exec")
    assert "SFTTrainer" in snippet


def test_the_recipe_says_only_what_was_set(tmp_path: Path) -> None:
    said = {
        "name": "tiny",
        "input": [{"path": "in.jsonl", "licence": "mit"}],
        "filters": [
            {"filter": "length", "min_words": 2},
            {"filter": "near_duplicate"},
            {"filter": "length", "name": "again"},
        ],
        "export": [{"to": "trl", "as": "parquet", "splits": {"train": 1.0}}],
    }
    run = run_of(tmp_path, chat("a", "1"), **said)
    run.found = {"near_duplicate": []}
    _, text = read_card(run)
    recipe = text.split("```yaml\n")[1].split("```")[0]
    assert yaml.safe_load(recipe) == said
    assert parse_recipe(recipe) == run.recipe


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "\n1 record for"), (1_200, "\n1,200 records for")],
)
def test_numbers_read_well(tmp_path: Path, count: int, said: str) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(count)))
    run.manifest.counts["quarantined"] = count
    _, text = read_card(run)
    assert said in text
    assert f"| data | {count:,} |" in text
    assert f"| read | {count:,} |" in text
    assert f"**{count:,}**" in text
    rows = "1 input row could not" if count == 1 else "1,200 input rows could not"
    assert rows in text


def test_a_card_without_records_says_where_they_are(tmp_path: Path) -> None:
    _, text = read_card(run_of(tmp_path, chat("a", "1")), to="preference")
    assert "no record was written, all that were kept are in `left_out.jsonl`." in text
    assert "\n0 records for" in text
