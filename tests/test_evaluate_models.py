"""A model is evaluated on what it was not trained on, beside the one that it came from."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import curator
from curator.cli.app import app
from curator.errors import InputError, ModelError
from curator.run import Run
from curator.tune.evaluate import Evaluation, Wanted, evaluate, exam_of, run_above, write_evaluation
from curator.tune.evaluate.exam import Exam
from curator.tune.evaluate.held_out import held_out_of, tuned_as

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

RECIPE = """
name: small
input: [{path: data.jsonl}]
filters:
  - {filter: empty}
  - {filter: task}
tune: {splits: {train: 50, validation: 50}, max_tokens: 128, method: full}
"""
COLOURS = ("red", "blue", "green", "white")
THINGS = ("ball", "car", "door", "house", "bird", "boat", "lamp", "tree", "fish", "hat")


def rows() -> list[dict[str, str]]:
    """Make records of two tasks, and some that nearly repeat each other."""
    found = [
        {
            "instruction": f"What is the colour of the {colour} {thing} number {number}?",
            "output": f"The {thing} is {colour}.",
        }
        for number, (colour, thing) in enumerate((c, t) for c in COLOURS for t in THINGS)
    ]
    found += [
        {"instruction": f"Write a list of {number} words.", "output": " ".join(["word"] * number)}
        for number in range(1, 41)
    ]
    story = " ".join(f"{thing} and {colour}" for thing in THINGS for colour in COLOURS)
    found += [
        {"instruction": f"Say this again: {story} {end}", "output": story} for end in range(12)
    ]
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("run")
    (folder / "data.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows()))
    (folder / "recipe.yaml").write_text(RECIPE)
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


@pytest.fixture(scope="module")
def models(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a tiny model, and teach a copy of it the run's training side."""
    from curator.training.model import load_tokenizer, read_model
    from curator.training.prepare import prepare
    from curator.training.quiet import without_bars
    from curator.training.render import Renderer
    from curator.training.tiny import make_tiny
    from curator.training.train import train
    from curator.tune.conversations import conversations_of
    from curator.tune.settings import training_of

    folder = tmp_path_factory.mktemp("models")
    settings = run.recipe.tune
    assert settings is not None
    told = conversations_of(run, settings.splits).training
    texts = [turn["content"] for one in told for turn in one.messages]
    with without_bars():
        base = make_tiny(folder / "base", texts, width=64, layers=1)
        tokenizer, model = load_tokenizer(base), read_model(base)
        examples = prepare(told, Renderer(tokenizer), max_tokens=128, over_long="skip").examples
        steps = settings.model_copy(
            update={"max_steps": 40, "batch_tokens": 512, "learning_rate": 1e-2}
        )
        trained = train(model, tokenizer, examples, [], training_of(steps, 0), None)
        trained.model.save_pretrained(folder / "tuned")
        tokenizer.save_pretrained(folder / "tuned")
    return base, folder / "tuned"


def quick(run: Run | None, model: Path, before: Path | None = None, **more: Any) -> Wanted:
    name = str(before) if before else None
    return Wanted(str(model), name, run, quick=True, most_tokens=12, **more)


@pytest.fixture(scope="module")
def evaluation(run: Run, models: tuple[Path, Path]) -> Evaluation:
    wanted = quick(run, models[1], models[0])
    return evaluate(wanted, exam_of(wanted), lambda _: None)


def test_a_model_that_learnt_reads_held_out_records_better(evaluation: Evaluation) -> None:
    assert evaluation.loss_changes is not None
    whole = evaluation.loss_changes.row(0, named=True)
    assert (whole["group"], whole["certain"]) == ("all", True)
    assert whole["change"] < -0.5
    assert evaluation.claims[0].direction == "better"
    assert "better in held-out loss (-" in evaluation.verdict
    assert evaluation.after.losses["group"].n_unique() > 2  # all, and two tasks at least


def test_losses_are_those_of_the_core_one_by_one(run: Run, models: tuple[Path, Path]) -> None:
    from curator.training.model import load_tokenizer, read_model
    from curator.training.render import Renderer
    from curator.tune.evaluate.exam import take

    held_out = held_out_of(run, str(models[1]), 1_000)
    taken = take("m", models[1], Exam((), held_out), lambda _: None)
    model, renderer = read_model(models[1]), Renderer(load_tokenizer(models[1]))
    for one, row in zip(held_out.conversations[:5], taken.losses.to_dicts(), strict=False):
        example = renderer.render(one)
        ids = torch.from_numpy(example.tokens.astype("int64"))[None]
        with torch.inference_mode():
            logits = model(input_ids=ids).logits[0, :-1].double()
        chances = torch.log_softmax(logits, -1).gather(1, ids[0, 1:, None])[:, 0]
        learnt = torch.from_numpy(example.supervised[1:])
        assert row["id"] == one.id
        assert row["tokens"] == int(learnt.sum())
        assert row["nll"] == pytest.approx(-float(chances[learnt].sum()), abs=1e-4)


def test_only_the_held_out_side_is_read(run: Run) -> None:
    from curator.tune.conversations import conversations_of

    held_out = held_out_of(run, "tiny", 1_000)
    told = conversations_of(run, {"train": 50, "validation": 50})
    assert held_out.side == "validation"
    assert {one.id for one in held_out.conversations} == {one.id for one in told.held_out}
    assert not {one.id for one in held_out.conversations} & {one.id for one in told.training}
    assert len({one.group for one in held_out.conversations}) >= 2
    assert 0 < held_out.left_out["split.leak"] <= 12  # of those that nearly repeat each other
    assert not any("Say this" in one.messages[0]["content"] for one in held_out.conversations)


def test_of_many_records_any_are_read_and_the_rest_is_counted(run: Run) -> None:
    whole, some = held_out_of(run, "tiny", 1_000), held_out_of(run, "tiny", 5)
    names = sorted(one.id for one in whole.conversations)
    assert [one.id for one in some.conversations] == names[:5]
    assert some.left_out["beyond the limit"] == len(whole.conversations) - 5


def test_what_was_tuned_is_read_by_the_split_it_was_tuned_with(run: Run, tmp_path: Path) -> None:
    from curator.recipe import Tune
    from curator.tune.tuned import Compared, Side, Tuned

    side = Side(name="train", records=1, tokens=1, learnt=1)
    tuned = Tuned(
        base="tiny",
        settings=Tune(splits={"train": 80, "test": 20}),
        seed=0,
        training=side,
        validation=None,
        left_out={},
        fingerprint="",
        steps=1,
        epochs=1,
        precision="float32",
        device="cpu",
        seconds=1,
        before=None,
        after=None,
        compared=Compared(records=1, largest=0, agreement=1, scale=1),
        versions={},
    )
    (tmp_path / "model").mkdir()
    (tmp_path / "tuned.json").write_text(tuned.model_dump_json())
    for name in (tmp_path, tmp_path / "model"):
        assert held_out_of(run, str(name), 100).side == "test"
    (tmp_path / "tuned.json").write_text("{}")
    with pytest.raises(InputError, match="is not what `curator tune` writes"):
        tuned_as(str(tmp_path))


def test_the_run_is_found_above_a_model_that_lies_in_it(run: Run) -> None:
    assert run_above(str(run.path / "tune" / "x" / "model")) == run.path
    assert run_above(str(run.path.parent)) is None


def test_files_are_the_same_each_time_and_hold_no_clock(
    run: Run, models: tuple[Path, Path], evaluation: Evaluation, tmp_path: Path
) -> None:
    wanted = quick(run, models[1], models[0])
    again = evaluate(wanted, exam_of(wanted), lambda _: None)
    first, second = (
        [path.read_bytes() for path in write_evaluation(one, tmp_path / name)]
        for one, name in ((evaluation, "a"), (again, "b"))
    )
    assert first == second
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "evaluation.html",
        "evaluation.json",
        "evaluation.md",
    ]


def test_the_json_holds_what_the_page_of_the_documentation_lists(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path, page, card = write_evaluation(evaluation, tmp_path)
    facts = json.loads(path.read_text("utf-8"))
    told = (Path(__file__).parent.parent / "docs" / "evaluate.md").read_text("utf-8")
    for name, value in facts.items():
        assert f"| `{name}` |" in told
        rows = value if isinstance(value, list) else [value]
        for key in rows[0] if rows and isinstance(rows[0], dict) else ():
            assert f"`{key}`" in told, (name, key)
    assert facts["layout"] == 1
    assert len(facts["answers"]) == sum(facts["asked"]["prompts"].values())
    text = page.read_text("utf-8")
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "http" not in text.replace("HTTP", "").replace("http-equiv", "")
    assert card.read_text("utf-8").startswith("# Evaluation of ")


def test_answers_are_never_markup(evaluation: Evaluation, tmp_path: Path) -> None:
    from dataclasses import replace

    from curator.tune.evaluate.write import to_page

    sly = replace(evaluation.answers[0], answer="<script>alert(1)</script>", part="own")
    page = to_page(replace(evaluation, answers=[sly]))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_model_alone_is_described(models: tuple[Path, Path], tmp_path: Path) -> None:
    wanted = quick(None, models[1])
    found = evaluate(wanted, exam_of(wanted), lambda _: None)
    assert (found.before, found.changes, list(found.claims)) == (None, None, [])
    assert found.verdict.startswith("constraints followed: ")
    assert any("name one with --run" in note for note in found.notes)
    write_evaluation(found, tmp_path)


def test_a_base_without_a_chat_template_is_lent_one(
    run: Run, models: tuple[Path, Path], tmp_path: Path
) -> None:
    bare = shutil.copytree(models[0], tmp_path / "bare")
    (bare / "chat_template.jinja").unlink()
    wanted = quick(run, models[1], bare)
    found = evaluate(wanted, exam_of(wanted), lambda _: None)
    assert any("has no chat template" in note for note in found.notes)
    assert found.loss_changes is not None


def test_models_of_other_tokens_are_not_compared_by_them(
    run: Run, models: tuple[Path, Path], tmp_path: Path
) -> None:
    from curator.training.quiet import without_bars
    from curator.training.tiny import make_tiny

    with without_bars():
        other = make_tiny(tmp_path / "other", ["zzz yyy"], width=32, layers=1)
    wanted = quick(run, models[1], other)
    found = evaluate(wanted, exam_of(wanted), lambda _: None)
    assert found.loss_changes is None
    assert any("other tokens" in note for note in found.notes)
    assert found.claims[0].about == "constraints followed"


def test_a_model_that_is_not_there_is_explained() -> None:
    for name, wrong in (("./nowhere", "there is no folder"), ("tiny", "name the run with --run")):
        wanted = Wanted(name, quick=True)
        with pytest.raises(ModelError, match=wrong):
            evaluate(wanted, exam_of(wanted), lambda _: None)


def test_the_command_writes_prints_and_exports(
    run: Run, models: tuple[Path, Path], tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("What is the colour of the red ball?\n")
    out = tmp_path / "out"
    command = ["evaluate", str(models[1]), "--before", str(models[0]), "--run", str(run.path)]
    command += ["--prompts", str(prompts), "--out", str(out), "--quick", "--most-tokens", "8"]
    done = CliRunner().invoke(app, [*command, "--lm-eval", "own,mmlu", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [Path(name).name for name in told["files"]] == [
        "evaluation.json",
        "evaluation.html",
        "evaluation.md",
    ]
    assert told["lm_eval"]["tasks"] == ["curator_constraints", "curator_held_out"]
    assert told["lm_eval"]["others"] == ["mmlu"]
    assert told["asked"]["prompts"]["own"] == 1
    assert (out / "lm_eval" / "curator_metrics.py").is_file()
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    for words in ("Held-out loss, nats a token", "Does as it is told", "did not end", "page: "):
        assert words in shown.stdout


def test_a_judge_without_two_models_is_a_wrong_call(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "x", "--judge", str(tmp_path / "judge.yaml")])
    assert done.exit_code == 2


def test_a_judge_compares_the_answers(run: Run, models: tuple[Path, Path], tmp_path: Path) -> None:
    from curator.filters.judge import Judge
    from tests.servers import Answer, Asked, json_answer, serving

    def prefers_first(_: Asked) -> Answer:
        return json_answer({"choices": [{"message": {"content": '{"why": "so", "score": 1}'}}]})

    with serving(prefers_first) as server:
        told = {"base_url": f"{server.url}/v1", "model": "m", "cache": str(tmp_path)}
        wanted = quick(None, models[1], models[0], judge=Judge.model_validate(told))
        found = evaluate(wanted, exam_of(wanted), lambda _: None)
    assert found.judged is not None
    assert found.judged.pairs == found.asked.prompts["neutral"] == found.judged.swayed
    assert found.judged.plain.share == 0.5
    assert found.facts()["judged"]["plain"]["share"] == 0.5
    for path in write_evaluation(found, tmp_path / "out"):
        assert "m at 127.0.0.1" in path.read_text("utf-8")
