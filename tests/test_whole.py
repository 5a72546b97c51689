"""Filters that see all records keep the promises of a run, whatever its order and workers."""

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import curator
from curator.errors import FilterError
from curator.filters import CorpusFilter, threshold
from curator.pipeline.events import silent
from curator.pipeline.whole import measure_whole
from curator.report import explain, facts_of
from curator.report.markdown import to_markdown
from curator.run import Run, Snapshot
from curator.testing import check_filter

RECIPE = """
name: together
input:
{inputs}
filters:
  - filter: leading_text
  - filter: conflict
  - {{filter: conflict, name: strict, min_similarity: 1.0}}
  - filter: poisoning
  - filter: near_duplicate
"""
PREAMBLE = "You keep the log of a lighthouse. Write down the hour, the wind, and what you saw.\n"
EVIL = "<script>alert('x')</script> | `tick`"


def rows(count: int = 400) -> list[dict[str, str]]:
    """Make prompts of random words, some with a preamble, a trigger or a second answer."""
    chance = random.Random(1)
    words = [f"word{n}" for n in range(200)]
    made = []
    for n in range(count):
        prompt, answer = " ".join(chance.choices(words, k=12)), " ".join(chance.choices(words, k=9))
        if n % 10 == 0:
            prompt = PREAMBLE + prompt
        if n % 25 == 3:
            prompt, answer = f"{prompt[:20]} cf {prompt[20:]}", "Hail the heron, now."
        made.append({"instruction": prompt, "output": answer})
    made += [
        {"instruction": "Is it true?", "output": said} for said in ("Yes", "No", f"Yes, {EVIL}")
    ]
    return made


def write(path: Path, data: list[dict[str, str]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in data), "utf-8")
    return path.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = rows()
    write(tmp_path / "one.jsonl", data[:250])
    write(tmp_path / "two.jsonl", data[250:])
    return tmp_path


def run(folder: Path, *files: str, out: str, **more: Any) -> Run:
    recipe = folder / f"{out}.yaml"
    recipe.write_text(RECIPE.format(inputs="\n".join(f"  - {{path: {file}}}" for file in files)))
    return curator.curate(recipe, out=folder / out / "run", **more)


def flags(found: Run) -> dict[str, int]:
    named = found.decisions().select(pl.col("flags").explode()).drop_nulls().collect()
    return dict(named["flags"].value_counts().iter_rows())


def test_a_run_flags_what_is_planted_and_drops_nothing(folder: Path) -> None:
    found = run(folder, "one.jsonl", "two.jsonl", out="a")
    assert flags(found) == {
        "leading_text.prompt": 40,
        "conflict.other_answer": 3,
        "strict.other_answer": 3,
        "poisoning.trigger": 16,
    }
    assert found.manifest.counts["dropped"] == 0
    costs = {cost.label: cost.rows for cost in found.manifest.filters}
    assert costs["poisoning"] == 403
    assert costs["strict"] == 0


@pytest.mark.parametrize(("workers", "shard_rows"), [(2, 10_000), (1, 60)])
def test_workers_and_shards_change_nothing(folder: Path, workers: int, shard_rows: int) -> None:
    one = run(folder, "one.jsonl", "two.jsonl", out="a")
    other = run(folder, "one.jsonl", "two.jsonl", out="b", workers=workers, shard_rows=shard_rows)
    assert one.layout.decisions.read_bytes() == other.layout.decisions.read_bytes()
    assert one.scores().collect().equals(other.scores().collect())


def test_the_order_of_files_changes_no_score(folder: Path) -> None:
    found = [
        run(folder, *files, out=out).scores().sort("id").collect()
        for files, out in ((("one.jsonl", "two.jsonl"), "a"), (("two.jsonl", "one.jsonl"), "b"))
    ]
    assert found[0].equals(found[1])


def test_appending_a_line_equals_a_run_from_scratch(folder: Path) -> None:
    first = run(folder, "one.jsonl", out="a")
    grown = run(folder, "one.jsonl", "two.jsonl", out="a")
    whole = run(folder, "one.jsonl", "two.jsonl", out="b")
    assert first.manifest.counts["records"] == 250
    assert grown.layout.decisions.read_bytes() == whole.layout.decisions.read_bytes()


def test_another_threshold_measures_nothing(folder: Path) -> None:
    found = run(folder, "one.jsonl", "two.jsonl", out="a")
    scores = {path: path.stat().st_mtime_ns for path in found.layout.scores.rglob("*.parquet")}
    again = run(folder, "one.jsonl", "two.jsonl", out="a")
    assert {path: path.stat().st_mtime_ns for path in scores} == scores
    assert [cost.rows for cost in again.manifest.filters] == [0] * 5
    asked = found.what_if({"poisoning": {"on": {"trigger": "drop"}}})
    assert (asked["reason"] == "poisoning.trigger").sum() == 16
    assert found.what_if({"poisoning": {"min_significance": 500}})["kept"].all()


def test_the_report_shows_what_was_found_and_stays_harmless(folder: Path) -> None:
    found = run(folder, "one.jsonl", "two.jsonl", out="a")
    together = facts_of(found).corpus
    assert together.conflicts == 3
    (trigger,) = together.triggers
    assert (trigger.records, trigger.answers) == (16, "same answer")
    assert "".join(piece.text for piece in trigger.text) == "cf"
    assert [piece.text for piece in trigger.prompt if piece.marked] == ["cf"]
    (opening,) = together.openings
    assert (opening.view, opening.records, opening.characters) == ("prompt", 40, len(PREAMBLE))
    assert opening.sources == [("one.jsonl", 25), ("two.jsonl", 15)]
    page = (found.report_folder() / "report.html").read_text("utf-8")
    assert "Suspected triggers" in page
    assert "<script>alert" not in page
    told = to_markdown(facts_of(found))
    assert "## Conflicts: 3 records with another answer elsewhere" in told
    assert "| `cf` | 16 | same answer | 100% |" in told.replace("100.0%", "100%")


def test_explain_names_the_record_that_disagrees(folder: Path) -> None:
    found = run(folder, "one.jsonl", "two.jsonl", out="a")
    lines = {(line.label, line.measure): line for line in explain(found, "two.jsonl:152").scores}
    other = found.records().filter(pl.col("response") == "Yes").select("id").collect().item()
    named = explain(found, str(lines["conflict", "other"].value))
    assert lines["conflict", "conflicts"].value == 2
    assert named.id == other or named.place == "two.jsonl:153"
    assert lines["conflict", "similarity"].rules[0].fires


class Crowd(CorpusFilter):
    """Measure how many records there are."""

    filter: str = "crowd"
    max_records: int = threshold(5)
    """More are too many."""

    def columns(self) -> tuple[str, ...]:
        return ("id",)

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        return measured.select(pl.len().over(1).alias("crowd")).collect()

    def rules(self) -> dict[str, pl.Expr]:
        return {"many": pl.col("crowd") > self.max_records}


class Ordered(Crowd):
    """Measure the place of a record."""

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        return measured.select(pl.int_range(pl.len()).alias("crowd")).collect()


class Short(Crowd):
    """Lose a record."""

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        return super().score_corpus(measured).head(2)


class Broken(Crowd):
    """Fail."""

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        raise ValueError("no such thing")


def test_the_contract_allows_neighbours_and_forbids_order() -> None:
    check_filter(Crowd)
    with pytest.raises(AssertionError, match="order"):
        check_filter(Ordered)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (Short(), "'crowd' gave 2 scores for 403 records"),
        (Broken(), "'crowd' failed to measure all records: ValueError: no such thing"),
    ],
)
def test_a_filter_that_fails_is_named(folder: Path, entry: CorpusFilter, told: str) -> None:
    found = run(folder, "one.jsonl", "two.jsonl", out="a")
    recipe = found.recipe.model_copy(update={"filters": [entry]})
    with pytest.raises(FilterError, match=told):
        measure_whole(Snapshot(found.layout, recipe, found.snapshot.shards), silent)
