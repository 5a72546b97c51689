"""A run adds up, continues, appends, and gives the same decisions however it was made."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import curator
from curator.errors import CuratorError, RecipeError, RunError
from curator.pipeline.accounts import check_accounts
from curator.run import Run, hold

RECIPE = """
name: test
input:
{inputs}
repairs: [unicode, special_tokens]
filters:
  - filter: structure
  - filter: empty
  - {{filter: length, max_words: 60}}
  - filter: repetition
  - filter: exact_duplicate
  - filter: near_duplicate
"""


def rows(seed: int, count: int) -> list[dict[str, str]]:
    """Make alpaca rows with duplicates, near-duplicates, empty, long and broken answers."""
    chance = random.Random(seed)
    words = [f"word{number}" for number in range(300)]
    made: list[dict[str, str]] = []
    for _ in range(count):
        kind = chance.random()
        if made and kind < 0.15:
            made.append(dict(chance.choice(made)))
        elif made and kind < 0.35:
            near = dict(chance.choice(made))
            near["output"] += " and more"
            made.append(near)
        else:
            size = chance.choice([0, 1, 8, 30, 50, 80])
            output = " ".join(chance.choices(words, k=size))
            if kind > 0.9:
                output += " donâ€™t<|endoftext|>"
            prompt = " ".join(chance.choices(words, k=12))
            made.append({"instruction": prompt, "input": "", "output": output})
    return made


def write(path: Path, data: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in data), "utf-8")
    return path


def recipe_for(folder: Path, *files: str, name: str = "recipe.yaml") -> Path:
    inputs = "\n".join(f"  - {{path: {file}}}" for file in files)
    path = folder / name
    path.write_text(RECIPE.format(inputs=inputs), "utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path / "a.jsonl", rows(1, 150))
    write(tmp_path / "b.jsonl", rows(2, 100) + rows(1, 20))
    return tmp_path


def digest(run: Run) -> str:
    return hashlib.sha256((run.path / "decisions.parquet").read_bytes()).hexdigest()


def decided(run: Run) -> set[tuple[Any, ...]]:
    frame = run.decisions().collect()
    return {(row["id"], row["kept"], row["reason"], str(row)) for row in frame.rows(named=True)}


def test_the_accounts_add_up(data: Path) -> None:
    text = (data / "a.jsonl").read_text()
    (data / "a.jsonl").write_text(text + '{"instruction": 3}\n{"broken\n')
    run = curator.curate(recipe_for(data, "a.jsonl", "b.jsonl"), out=data / "run")
    counts = run.manifest.counts
    assert counts["rows"] == 272
    assert counts["records"] + counts["quarantined"] == 272
    assert counts["kept"] + counts["dropped"] == counts["records"]
    assert run.quarantine().collect()["row"].to_list() == [151, 152]
    assert run.records(kept=True).collect().height == counts["kept"]
    assert run.scores().collect().height == counts["records"]


def test_every_dropped_duplicate_has_a_kept_witness_as_similar_as_asked(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl", "b.jsonl"), out=data / "run")
    decisions = run.decisions().collect()
    fallen = decisions.filter(pl.col("reason").str.ends_with(".duplicate"))
    assert fallen.height > 20
    kept = set(decisions.filter("kept")["id"])
    assert set(fallen["witness"]) <= kept
    assert (fallen["similarity"] >= 0.8).all()


@pytest.mark.parametrize(("workers", "shard_rows"), [(1, 16), (1, 1000), (2, 33)])
def test_workers_and_shards_change_nothing(data: Path, workers: int, shard_rows: int) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    first = curator.curate(recipe, out=data / "first")
    other = curator.curate(
        recipe, out=data / "apart" / "other", workers=workers, shard_rows=shard_rows
    )
    assert digest(first) == digest(other)


def test_the_order_of_files_changes_no_decision(data: Path) -> None:
    one = curator.curate(recipe_for(data, "a.jsonl", "b.jsonl"), out=data / "one")
    other = curator.curate(
        recipe_for(data, "b.jsonl", "a.jsonl", name="r.yaml"), out=data / "apart" / "two"
    )
    assert decided(one) == decided(other)


def test_appending_a_line_equals_a_run_from_scratch(data: Path) -> None:
    curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    appended = curator.curate(recipe_for(data, "a.jsonl", "b.jsonl"), out=data / "run")
    scratch = curator.curate(recipe_for(data, "a.jsonl", "b.jsonl"), out=data / "apart" / "scratch")
    assert digest(appended) == digest(scratch)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 25)), min_size=2, max_size=4))
def test_any_data_appended_file_by_file_equals_a_run_from_scratch(
    files: list[tuple[int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        names = [f"{place}.jsonl" for place in range(len(files))]
        for name, (seed, count) in zip(names, files, strict=True):
            write(data / name, rows(seed, count))
        for end in range(1, len(names) + 1):
            appended = curator.curate(recipe_for(data, *names[:end]), out=data / "run")
        scratch = curator.curate(recipe_for(data, *names), out=data / "apart" / "run")
        shuffled = recipe_for(data, *reversed(names), name="r.yaml")
        assert digest(appended) == digest(scratch)
        assert decided(scratch) == decided(curator.curate(shuffled, out=data / "apart2" / "run"))


def test_a_changed_input_is_noticed(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    curator.curate(recipe, out=data / "run")
    write(data / "a.jsonl", rows(7, 50))
    again = curator.curate(recipe, out=data / "run")
    assert digest(again) == digest(curator.curate(recipe, out=data / "apart" / "scratch"))


def test_deciding_again_measures_nothing(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    curator.curate(recipe, out=data / "run")
    recipe.write_text(recipe.read_text().replace("max_words: 60", "max_words: 20"))
    again = curator.curate(recipe, out=data / "run")
    assert [cost.rows for cost in again.manifest.filters] == [0] * 6
    assert digest(again) == digest(curator.curate(recipe, out=data / "apart" / "scratch"))


def test_fresh_measures_again_and_keeps_verdicts(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    first = curator.curate(recipe, out=data / "run")
    dropped = first.decisions().filter(~pl.col("kept")).collect()["id"][0]
    verdict = {"content": dropped[:32], "verdict": "keep"}
    (data / "run" / "verdicts.jsonl").write_text(json.dumps(verdict) + "\n")
    again = curator.curate(recipe, out=data / "run", fresh=True)
    assert again.manifest.inputs == first.manifest.inputs
    assert again.manifest.filters[0].rows == 150
    assert dropped in set(again.records(kept=True).collect()["id"])


def test_a_run_beside_another_shares_what_matches(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    first = curator.curate(recipe, out=data / "runs" / "first")
    recipe.write_text(recipe.read_text().replace("max_words: 60", "max_words: 20"))
    second = curator.curate(recipe, out=data / "runs" / "second")
    assert [cost.rows for cost in second.manifest.filters] == [0] * 6
    shared = list((second.path / "scores").rglob("*.parquet"))
    assert shared
    assert all(path.stat().st_nlink == 2 for path in [*shared, *second.layout.records.iterdir()])
    assert digest(first) != digest(second)
    fresh = curator.curate(recipe, out=data / "runs" / "second", fresh=True)
    assert [cost.rows for cost in fresh.manifest.filters] == [270] * 6


def test_what_a_killed_run_left_is_swept(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    run = curator.curate(recipe, out=data / "run")
    (run.path / "export" / ".messages.1.old").mkdir(parents=True)
    (run.path / "records" / ".x.parquet.1.tmp").write_text("half")
    curator.curate(recipe, out=data / "run")
    assert not [*run.path.rglob(".*.tmp"), *run.path.rglob(".*.old")]


def test_verdicts_of_another_run_count_where_the_recipe_names_it(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    first = curator.curate(recipe, out=data / "run")
    kept = first.records(kept=True).collect()["content"][0]
    (data / "run" / "verdicts.jsonl").write_text(
        json.dumps({"content": kept, "verdict": "drop"}) + "\n"
    )
    recipe.write_text(recipe.read_text() + "verdicts: [run]\n")
    other = curator.curate(recipe, out=data / "other")
    reasons = dict(other.decisions().collect().select("id", "reason").rows())
    assert reasons[f"{kept}-0"] == "verdict.drop"
    assert other.what_if({}).equals(other.decisions().collect())


def test_what_if_equals_a_run_with_that_threshold(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    run = curator.curate(recipe, out=data / "run")
    asked = run.what_if({"length": {"max_words": 20}, "near_duplicate": {"min_similarity": 0.75}})
    recipe.write_text(
        recipe.read_text()
        .replace("max_words: 60", "max_words: 20")
        .replace("filter: near_duplicate", "{filter: near_duplicate, min_similarity: 0.75}")
    )
    assert asked.equals(curator.curate(recipe, out=data / "other").decisions().collect())
    assert run.what_if({}).equals(run.decisions().collect())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lenght": {"max_words": 3}}, "there is no filter 'lenght'"),
        ({"length": {"view": "prompt"}}, "length.view cannot be asked without measuring again"),
        ({"length": {"max_words": -3}}, "length.max_words"),
        ({"near_duplicate": {"min_similarity": 0.2}}, "below floor"),
    ],
)
def test_what_if_explains_what_cannot_be_asked(
    data: Path, changes: dict[str, Any], message: str
) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    with pytest.raises(RecipeError, match=message):
        run.what_if(changes)


@pytest.mark.slow
def test_a_killed_run_continues_to_the_same_bytes(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    whole = curator.curate(recipe, out=data / "whole")
    chance = random.Random(0)
    command = [sys.executable, "-c"]
    code = ("import curator; curator.curate({!r}, out={!r}, workers=2, shard_rows=16)").format(
        str(recipe), str(data / "killed")
    )
    for _ in range(4):
        started = subprocess.Popen(
            [*command, f"if __name__ == '__main__':\n    {code}"],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.8, 2.5))
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    again = curator.curate(recipe, out=data / "killed", shard_rows=16)
    assert digest(again) == digest(whole)
    leftovers = [path for path in (data / "killed").rglob("*.parquet") if path.stat().st_size == 0]
    assert leftovers == []


def test_a_second_writer_is_refused(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    with hold(data / "run" / ".lock"), pytest.raises(RunError, match="in use by another"):
        curator.curate(recipe, out=data / "run")


def test_a_directory_that_is_no_run_is_left_alone(data: Path) -> None:
    with pytest.raises(RunError, match="not a run"):
        curator.curate(recipe_for(data, "a.jsonl"), out=data)
    with pytest.raises(RunError, match="is not a finished run"):
        Run.open(data / "nothing")


def test_a_missing_input_names_what_is_near(data: Path) -> None:
    with pytest.raises(CuratorError, match=r"a\.json"):
        curator.curate(recipe_for(data, "a.json"), out=data / "run")


def test_texts_are_for_their_owner_only(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    private = [*run.layout.records.iterdir(), run.layout.quarantine, run.layout.repairs]
    assert {oct(path.stat().st_mode & 0o777) for path in private} == {"0o600"}


def test_the_run_holds_no_absolute_path(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    for name in ("recipe.yaml", "manifest.json"):
        assert str(data) not in (run.path / name).read_text()


def test_the_runs_own_recipe_runs_again(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    again = curator.curate(run.path / "recipe.yaml", out=data / "again")
    assert again.decisions().collect()["kept"].equals(run.decisions().collect()["kept"])


def test_a_strangers_folder_is_never_taken_for_a_run(data: Path) -> None:
    (data / "own" / "records").mkdir(parents=True)
    (data / "own" / "records" / "x.parquet").write_text("mine")
    for fresh in (False, True):
        with pytest.raises(RunError, match="holds files that are not a run, such as records"):
            curator.curate(recipe_for(data, "a.jsonl"), out=data / "own", fresh=fresh)
    assert (data / "own" / "records" / "x.parquet").read_text() == "mine"


def test_fresh_deletes_nothing_before_the_inputs_are_found(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    (run.path / "notes.txt").write_text("mine")
    with pytest.raises(CuratorError, match="gone"):
        curator.curate(recipe_for(data, "gone.jsonl"), out=data / "run", fresh=True)
    assert Run.open(data / "run").manifest == run.manifest
    curator.curate(recipe_for(data, "a.jsonl"), out=data / "run", fresh=True)
    assert (run.path / "notes.txt").read_text() == "mine"


def test_a_repair_keeps_names_and_expires_scores(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    text = recipe.read_text()
    recipe.write_text(text.replace("repairs: [unicode, special_tokens]", ""))
    plain = curator.curate(recipe, out=data / "run")
    recipe.write_text(text)
    mended = curator.curate(recipe, out=data / "run")
    ids = [run.decisions().collect()["id"].to_list() for run in (plain, mended)]
    assert mended.manifest.counts["repaired"] > 0
    assert ids[0] == ids[1]
    assert mended.manifest.filters[0].rows == 150
    assert digest(mended) == digest(curator.curate(recipe, out=data / "apart" / "run"))


def test_reading_it_as_another_format_reads_it_again(data: Path) -> None:
    (data / "c.jsonl").write_text('{"prompt": "Say it.", "completion": "It."}\n')
    recipe = recipe_for(data, "c.jsonl")
    curator.curate(recipe, out=data / "run")
    columns = "{path: c.jsonl, columns: {prompt: completion, response: prompt}}"
    recipe.write_text(recipe.read_text().replace("{path: c.jsonl}", columns))
    again = curator.curate(recipe, out=data / "run")
    assert again.records().collect()["response"].to_list() == ["Say it."]


def test_a_receipt_that_cannot_be_understood_is_no_receipt(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl")
    run = curator.curate(recipe, out=data / "run")
    for text in ("{", '{"from": "the future"}'):
        run.layout.receipt(0).write_text(text)
        beside = curator.curate(recipe, out=data / "beside", fresh=True)
        assert digest(beside) == digest(curator.curate(recipe, out=data / "run"))


def test_a_script_needs_no_main_guard(data: Path) -> None:
    recipe = recipe_for(data, "a.jsonl", "b.jsonl")
    script = data / "script.py"
    script.write_text(
        "import curator\nprint('once')\n"
        f"curator.curate({str(recipe)!r}, out={str(data / 'run')!r}, workers=2, shard_rows=64)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "once\n"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        '{"verdict": "keep"}',
        '{"content": "a", "verdict": "KEEP"}',
        '{"content": "a", "verdict": "distinct"}',
    ],
)
def test_a_verdict_that_cannot_be_read_is_named(data: Path, line: str) -> None:
    recipe = recipe_for(data, "a.jsonl")
    run = curator.curate(recipe, out=data / "run")
    run.layout.verdicts.write_text(line + "\n")
    with pytest.raises(RunError, match=r"verdicts.jsonl:1: a verdict is"):
        curator.curate(recipe, out=data / "run")


def test_a_run_that_does_not_add_up_fails(data: Path) -> None:
    run = curator.curate(recipe_for(data, "a.jsonl"), out=data / "run")
    decisions = run.decisions().collect()
    check_accounts(run.manifest, run.snapshot, decisions)
    fallen = pl.col("reason").str.ends_with(".duplicate")
    wrong = {
        "every id is its own": decisions.with_columns(id=pl.lit("x")),
        "every dropped record has a reason": decisions.with_columns(reason=pl.lit("x")),
        "every duplicate has a kept witness": decisions.with_columns(
            witness=pl.when(fallen).then("id").otherwise("witness")
        ),
    }
    for fact, frame in wrong.items():
        with pytest.raises(RunError, match=fact):
            check_accounts(run.manifest, run.snapshot, frame)
    counts = run.manifest.counts | {"quarantined": 1}
    with pytest.raises(RunError, match="every quarantined row is listed"):
        check_accounts(run.manifest.model_copy(update={"counts": counts}), run.snapshot, decisions)


def test_other_inputs_stand_in_for_the_recipes_own(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_for(data, "a.jsonl")
    elsewhere = data / "deep" / "er"
    elsewhere.mkdir(parents=True)
    (elsewhere / "mine.jsonl").write_text('{"prompt": "Mine?", "completion": "Yes, yours."}\n')
    monkeypatch.chdir(elsewhere)
    run = curator.curate(recipe, inputs=["mine.jsonl"], out=data / "run")
    assert run.records().select("prompt").collect().item() == "Mine?"
    again = curator.curate(run.layout.recipe, out=data / "again")
    assert again.records().select("prompt").collect().item() == "Mine?"
