"""What is held out is split off before any filter has a say, and nothing near it is trained on."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import curator
from curator.ablate.decided import kept_by, kept_without_each
from curator.ablate.sides import sides_in
from curator.ablate.texts import read_files
from curator.errors import InputError
from curator.run import Run

RECIPE = """
name: small
input: [{path: data.jsonl}]
filters:
  - filter: refusal
  - filter: truncated
  - filter: language
    allowed: [en]
  - filter: exact_duplicate
"""


def row(asked: str, said: str) -> dict[str, object]:
    return {
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    }


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    return path


def plain(number: int) -> dict[str, object]:
    return row(f"What comes after the number {number}?", f"After {number} comes {number + 1}.")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("small")
    refused = [row(f"Say {n} aloud.", "I'm sorry, but I cannot help with that.") for n in range(12)]
    cut = [
        row(f"Which city is the {n}th largest?", "The largest of all cities that I know is the")
        for n in range(6)
    ]
    both = [row("Say nothing.", "I'm sorry, but I cannot help you with that since the")]
    write(folder / "data.jsonl", [plain(n) for n in range(120)] + refused + cut + both + [plain(3)])
    (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


def nothing() -> pl.DataFrame:
    return read_files([], Path("-"))


def test_sides_do_not_depend_on_decisions_and_equal_prompts_stay_together(run: Run) -> None:
    found = sides_in(run, nothing())
    prompts = run.records().select("prompt").collect()["prompt"]
    held = {p for p, out in zip(prompts, found.held_out, strict=True) if out}
    trained = {p for p, on in zip(prompts, found.training, strict=True) if on}
    assert 5 <= found.held_out.sum() <= 25
    assert not held & trained
    dropped = ~kept_by(run)
    assert (found.held_out & dropped).any() or (found.training & dropped).any()


def test_what_a_file_holds_out_is_trained_on_nowhere(run: Run, tmp_path: Path) -> None:
    before = sides_in(run, nothing())
    prompts = run.records().select("prompt").collect()["prompt"]
    first = int(np.flatnonzero(before.training)[0])
    same = row(f"{prompts[first].upper()}  ", "It is another number.")
    files = read_files([write(tmp_path / "clean.jsonl", [same])], Path("-"))
    found = sides_in(run, files)
    assert not found.training[first]
    assert found.leaked == before.leaked + 1


def test_what_nearly_repeats_a_held_out_record_is_left_out(run: Run, tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(40))
    data = tmp_path / "near"
    data.mkdir()
    rows = [plain(n) for n in range(40)]
    rows += [
        row(f"Repeat this, number {n}: {words}", f"{words} and that is all.") for n in range(30)
    ]
    write(data / "data.jsonl", rows)
    (data / "recipe.yaml").write_text("name: n\ninput: [{path: data.jsonl}]\n", "utf-8")
    found = sides_in(curator.curate(data / "recipe.yaml", out=data / "run"), nothing())
    assert found.held_out[40:].any()
    assert not found.training[40:].any()
    assert found.training[:40].any()


def test_a_filter_left_out_gives_back_what_it_alone_dropped(run: Run) -> None:
    kept, without = kept_by(run), kept_without_each(run)
    records = run.records().select("prompt").collect()["prompt"]

    def back(label: str) -> int:
        return int((without[label] & ~kept).sum())

    assert set(without) == {"refusal", "truncated", "exact_duplicate"}
    assert back("refusal") == 12
    assert back("truncated") >= 1
    assert back("exact_duplicate") == records.len() - records.n_unique()


def test_a_held_out_row_that_is_no_record_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": 3}]}\n', "utf-8")
    with pytest.raises(InputError, match="no record"):
        read_files([path], Path("-"))
