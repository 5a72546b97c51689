"""A dry run tells what training would do, and shows no value that is to be masked."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("peft")

import curator
from curator.errors import CarryError, RunError
from curator.recipe import Tune
from curator.run import Run
from curator.training.pack import pack
from curator.training.tiny import make_tiny
from curator.tune.conversations import conversations_of
from curator.tune.dry_run import DryRun, dry_run
from curator.tune.dry_run_view import as_json, dry_run_view
from tests.test_report_run import printed

TREES = ("oak", "ash", "elm", "fir", "yew", "box", "bay", "fig")
SECRET = "anna.berg@bergwerk-nord.de"


def rows_of(count: int, name: str) -> list[dict[str, str]]:
    return [
        {
            "prompt": f"What is said of {name} number {n}, the {TREES[n % 8]}?",
            "completion": " ".join(TREES[(n + step) % 8] for step in range(2 + n % 9)),
        }
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("data")
    many = rows_of(40, "tree")
    many[7]["completion"] += f" Write to {SECRET} about it, please."
    many += [{"prompt": f"Write to {SECRET}.", "completion": f"I wrote to {SECRET}."}] * 3
    many += [
        {"prompt": "Which?", "completion": "oak " * 300},
        {"prompt": "Who?", "completion": " "},
    ]
    _write(folder / "many.jsonl", many)
    _write(folder / "twice.jsonl", rows_of(10, "bush"))
    _write(folder / "capped.jsonl", rows_of(9, "herb"))
    (folder / "recipe.yaml").write_text(
        "name: trees\ninput:\n  - {path: many.jsonl}\n  - {path: twice.jsonl, weight: 2}\n"
        "  - {path: capped.jsonl, cap: 4}\nfilters: [{filter: length, min_words: 0}]\n",
        "utf-8",
    )
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny(tmp_path_factory.mktemp("m") / "tiny", [" ".join(TREES), "What is said of"])


def tune(**settings: Any) -> Tune:
    said = {"max_tokens": 256, "batch_tokens": 512, "splits": {"train": 80, "validation": 20}}
    return Tune.model_validate(said | settings)


@pytest.fixture(scope="module")
def found(run: Run, model: Path) -> DryRun:
    return dry_run(run, tune(price_per_hour=3.0), model)


def test_every_kept_record_is_on_a_side_or_left_out(run: Run, found: DryRun) -> None:
    told = conversations_of(run, tune().splits)
    twice = len(told.training) - len({one.id for one in told.training})
    assert twice > 0
    assert found.kept == 64
    assert sum(side.records for side in found.sides) - twice + 5 == found.kept
    assert found.reasons == {"input.cap": 5, "over_long": 1}
    assert [side.name for side in found.sides] == ["train", "validation"]


def test_weights_of_inputs_act_on_training_alone(run: Run) -> None:
    told = conversations_of(run, tune().splits)
    for side, copies in ((told.training, 2), (told.held_out, 1)):
        asked = [one.messages[0]["content"] for one in side]
        bushes = [text for text in asked if "bush" in text]
        assert bushes
        assert {bushes.count(text) for text in bushes} == {copies}


def test_the_figures_belong_together(found: DryRun) -> None:
    train = found.sides[0]
    assert 0 < train.supervised < train.tokens
    assert found.fill == pytest.approx(train.tokens / (found.rows * found.plan.row_tokens))
    assert found.rows * found.epochs == pytest.approx(
        found.plan.steps * found.plan.rows * found.plan.accumulation
    )
    assert found.epochs == pytest.approx(3, abs=1)
    assert found.plan.seconds is not None
    assert found.cost == pytest.approx(3.0 * found.plan.seconds / 3600)
    assert train.lengths["median"] <= train.lengths["p99"] <= train.lengths["longest"] <= 256


def test_without_packing_each_example_has_a_row(run: Run, model: Path) -> None:
    apart = dry_run(run, tune(packing=False), model)
    assert apart.rows == apart.sides[0].examples
    assert apart.cost is None


def test_the_lint_is_told(found: DryRun) -> None:
    names = [notice.name for notice in found.notices]
    assert {"over_long", "input.cap", "blank_answer"} <= set(names)
    capped = found.notices[names.index("input.cap")]
    assert "more than the cap of its input allows" in capped.text


def test_two_records_are_shown_as_the_model_sees_them(found: DryRun) -> None:
    assert len(found.records) == 2
    for record in found.records:
        text = "".join(piece.text for piece in record.pieces)
        assert text.startswith("<|im_start|>user\n")
        (learnt,) = [piece.text for piece in record.pieces if piece.marked]
        assert learnt.endswith("<|im_end|>")
        assert f"<|im_start|>assistant\n{learnt}" in text
        assert 0 < record.supervised < record.tokens


def test_json_has_places_for_what_is_learnt(found: DryRun) -> None:
    said = json.loads(json.dumps(as_json(found)))
    for record, shown in zip(said["records"], found.records, strict=True):
        ((start, end),) = record["learnt"]
        assert record["text"][start:end] == next(p.text for p in shown.pieces if p.marked)
    assert said["reasons"] == found.reasons
    assert said["plan"]["total_bytes"] == sum(said["plan"]["memory"].values())
    assert {one["id"] for one in said["left_out"]} == {one.id for one in found.left_out}


def test_the_view_says_all_of_it_in_words(found: DryRun) -> None:
    text = printed(dry_run_view(found))
    for words in (
        "trees → tiny (lora), nothing trained",
        "left out of 64 kept records: 6 (9.4%): input.cap 5, over_long 1",
        "! over_long: left out: longer than `max_tokens` (1 record, such as ",
        "⟦",
        "packed rows",
        "which fits",
        "at the price given",
    ):
        assert words in text


def test_values_are_masked(model: Path, tmp_path: Path) -> None:
    _write(
        tmp_path / "in.jsonl",
        [{"prompt": f"Ask {SECRET}.", "completion": f"{SECRET} said no."}] * 2,
    )
    (tmp_path / "r.yaml").write_text("name: r\ninput: [{path: in.jsonl}]\n", "utf-8")
    secret = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    found = dry_run(secret, tune(splits={"train": 1}), model)
    for text in (printed(dry_run_view(found)), json.dumps(as_json(found))):
        assert "said no" in text
        assert SECRET not in text


def test_values_in_what_a_template_says_are_masked(model: Path, tmp_path: Path) -> None:
    strict = tmp_path / "strict"
    shutil.copytree(model, strict)
    template = strict / "chat_template.jinja"
    refuse = (
        "{% if '@' in messages[0].content %}{{ raise_exception(messages[0].content) }}{% endif %}"
    )
    template.write_text(refuse + template.read_text("utf-8"), "utf-8")
    rows = [{"prompt": f"Ask {SECRET}.", "completion": "no"}, *rows_of(4, "tree")]
    _write(tmp_path / "in.jsonl", rows)
    (tmp_path / "r.yaml").write_text("name: r\ninput: [{path: in.jsonl}]\n", "utf-8")
    secret = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    found = dry_run(secret, tune(splits={"train": 1}), strict)
    assert found.reasons == {"template_refuses": 1}
    for text in (printed(dry_run_view(found)), json.dumps(as_json(found))):
        assert "refuses it (Ask " in text
        assert SECRET not in text


def test_nothing_to_train_on_is_an_error_that_says_why(run: Run, model: Path) -> None:
    with pytest.raises(RunError, match=r"no record is left to train on: .*over_long \(\d+\)"):
        dry_run(run, tune(max_tokens=8), model)
    with pytest.raises(CarryError, match="over_long: truncate"):
        dry_run(run, tune(over_long="error"), model)


def test_the_rows_are_those_of_the_plan(run: Run, model: Path, found: DryRun) -> None:
    from curator.training.model import load_tokenizer
    from curator.training.prepare import prepare
    from curator.training.render import Renderer

    told = conversations_of(run, tune().splits)
    renderer = Renderer(load_tokenizer(model))
    made = prepare(told.training, renderer, max_tokens=256, over_long="skip")
    assert len(pack(made.lengths, found.plan.row_tokens)) == found.rows
