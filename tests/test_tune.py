"""`curator tune`: kept records become a model that was checked, and a stopped training goes on."""

import json
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curator import curate
from curator.errors import RunError
from curator.report import explain
from curator.run import Run
from curator.tune.base import base_of
from curator.tune.tune import Ways, tune, write_only
from curator.tune.tuned import Tuned

pytest.importorskip("peft")

import torch
from peft import AutoPeftModelForCausalLM

from curator.training.model import read_model

RIVERS = ("Danube", "Rhine", "Elbe", "Loire", "Tagus", "Vistula", "Drava", "Sava", "Neva", "Po")
SEAS = ("Black Sea", "North Sea", "Baltic Sea", "Atlantic")
RECIPE = """
name: rivers
input: [{path: data.jsonl, licence: cc-by-4.0}]
filters: [{filter: empty}]
tune:
  model: tiny
  method: full
  learning_rate: 0.003
  epochs: 2
  batch_tokens: 512
  max_tokens: 64
  splits: {train: 80, validation: 20}
  prompts: ["Where does the Danube end?"]
"""


def curator(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "curator", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("tune")
    rows = [
        {"instruction": f"Where does the {river} end, {count}?", "output": f"In the {sea}."}
        for count, river in enumerate(RIVERS)
        for sea in SEAS
    ]
    long = {"instruction": "Count to a hundred.", "output": " ".join(map(str, range(100)))}
    rows += [long, {"instruction": "Name a river.", "output": ""}]
    (folder / "data.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (folder / "recipe.yaml").write_text(RECIPE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CURATOR_CACHE", str(folder / "cache"))
        yield curate(folder / "recipe.yaml", out=folder / "run")


def trained(run: Run, name: str, **settings: Any) -> tuple[Path, Tuned]:
    said = run.recipe.tune
    assert said is not None
    return tune(run, said.model_copy(update=settings), Ways(name=name))


@pytest.fixture(scope="module")
def told(run: Run) -> tuple[Path, Tuned]:
    return trained(run, "first")


def test_a_model_is_trained_on_what_was_kept(told: tuple[Path, Tuned]) -> None:
    folder, found = told
    assert found.validation is not None
    assert found.training.records + found.validation.records == 40
    assert found.left_out == {"over_long": 1}
    assert found.before is not None
    assert found.after is not None
    assert found.after < found.before - 0.5
    assert Tuned.model_validate_json((folder / "tuned.json").read_text()) == found
    lines = (folder / "job" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [*range(1, found.steps + 1)]


def test_the_model_is_read_by_transformers_alone(told: tuple[Path, Tuned]) -> None:
    code = (
        "import sys; from transformers import pipeline\n"
        f"asked = pipeline('text-generation', {str(told[0] / 'model')!r})\n"
        "turns = [{'role': 'user', 'content': 'Where does the Danube end?'}]\n"
        "answer = asked(turns, max_new_tokens=12)[0]['generated_text'][-1]\n"
        "print('curator' in sys.modules, answer['role'], sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-2:] == ["False", "assistant"], done.stderr


def test_the_card_says_where_the_model_came_from(run: Run, told: tuple[Path, Tuned]) -> None:
    card = (told[0] / "model" / "README.md").read_text()
    assert "license: cc-by-4.0" in card
    assert "| dropped: empty.response |" in card
    assert "| left out: over\\_long |" in card
    assert told[1].fingerprint in card
    assert "No evaluation set was looked for" in card
    assert str(run.path) not in card


def test_what_is_done_is_not_done_again(run: Run, told: tuple[Path, Tuned]) -> None:
    model = told[0] / "model" / "model.safetensors"
    made = model.stat().st_mtime_ns
    assert trained(run, "first") == told
    assert model.stat().st_mtime_ns == made


def test_another_training_needs_another_name(run: Run, told: tuple[Path, Tuned]) -> None:
    with pytest.raises(RunError, match=r"--name.*--fresh"):
        trained(run, "first", epochs=3)


def test_what_was_hard_becomes_scores_of_the_run(run: Run) -> None:
    _, found = trained(run, "hard", record_losses=True)
    scores = run.scores().drop_nulls("tune_hard__loss_after").collect()
    assert scores.height == found.training.records
    assert (scores["tune_hard__loss_after"] < scores["tune_hard__loss_before"]).all()
    assert (scores["tune_hard__gradient_norm"] > 0).all()
    assert max(found.hardest.values()) == scores["tune_hard__loss_after"].max()
    assert scores["tune_hard__learnt"].sum() == found.training.learnt
    assert explain(run, scores["id"][0])


def test_a_job_is_run_elsewhere_and_finished_here(run: Run) -> None:
    said = run.recipe.tune
    assert said is not None
    lora = said.model_copy(update={"method": "lora"})
    job = write_only(run, lora, Ways())
    subprocess.run([sys.executable, "-m", "curator.training", job], check=True, capture_output=True)
    folder, found = tune(run, lora, Ways())
    assert folder.name == "tiny-lora"
    assert found.compared.agreement == 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        adapted = AutoPeftModelForCausalLM.from_pretrained(folder / "adapter").eval()
    whole = read_model(folder / "model")
    words = torch.arange(5, 25)[None]
    assert torch.allclose(adapted(words).logits, whole(words).logits, atol=1e-4)


def test_a_name_is_one_folder_of_the_run(run: Run) -> None:
    for name in ("../out", "a/b", "", ".hidden"):
        with pytest.raises(RunError, match="no name of a folder"):
            trained(run, name)


def test_prompts_are_records_that_the_template_takes(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "messages": [
                {"role": "system", "content": "Be brief."} if count % 2 else None,
                {"role": "user", "content": f"Where does river {count} end?"},
                {"role": "assistant", "content": "In a sea."},
            ]
        }
        for count in range(40)
    ]
    lines = [json.dumps({"messages": [t for t in row["messages"] if t]}) for row in rows]
    (tmp_path / "data.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace('prompts: ["Where does the Danube', "#"))
    found = curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    said = found.recipe.tune
    assert said is not None
    base = shutil.copytree(base_of(found, said), tmp_path / "base")
    template = (base / "chat_template.jinja").read_text()
    refusing = "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}"
    (base / "chat_template.jinja").write_text(refusing + template)
    strict = said.model_copy(update={"model": str(base), "max_steps": 2, "eval_every": 1})
    _, told = tune(found, strict, Ways())
    assert told.left_out["template_refuses"] == 20
    asked = (found.layout.tune / "base-full" / "job" / "answers.jsonl").read_text()
    assert "Be brief" not in asked


def test_nothing_kept_is_said(run: Run, tmp_path: Path) -> None:
    strict = RECIPE.replace("filter: empty", "filter: length, min_words: 9999")
    (tmp_path / "recipe.yaml").write_text(strict)
    (tmp_path / "data.jsonl").write_text((run.path.parent / "data.jsonl").read_text())
    with pytest.raises(RunError, match="no record is left to train on"):
        trained(curate(tmp_path / "recipe.yaml", out=tmp_path / "run"), "nothing")


def test_a_mistake_is_one_message(run: Run) -> None:
    wrong = {
        ("methd=lora",): 'tune.methd is not a setting: did you mean "method"?',
        ("rank=0",): "tune.rank: input should be greater than or equal to 1, found 0",
        ("epochs",): "write setting=value, such as epochs=2",
        ("--model", "nobody/nothing"): "curator models pull hub:nobody/nothing",
    }
    for arguments, message in wrong.items():
        assert message in curator("tune", str(run.path), *arguments, code=1).stderr


def test_a_stopped_training_goes_on_to_the_same_model(run: Run) -> None:
    settings = {"epochs": 30, "save_every": 5, "eval_every": 50}
    whole, _ = trained(run, "whole", **settings)
    said = [f"{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "curator", "tune", str(run.path), *said, "--name", "stopped"]
    metrics = run.layout.tune / "stopped" / "job" / "metrics.jsonl"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as going:
        until = time.monotonic() + 120
        while not (metrics.exists() and len(metrics.read_text().splitlines()) > 10):
            assert time.monotonic() < until, "no step was made"
            assert going.poll() is None
            time.sleep(0.02)
        going.send_signal(signal.SIGINT)
        _, told = going.communicate(timeout=120)
    assert going.returncode == 3, told
    assert "run the same command again to continue" in told
    stopped, found = trained(run, "stopped", **settings)
    assert found.steps > 10
    weights = [folder / "model" / "model.safetensors" for folder in (whole, stopped)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
