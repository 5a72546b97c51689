"""`curator tune`: kept records become a model that was checked, and a stopped training goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from curator.run import Run

pytest.importorskip("peft")

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


def curator(*arguments: str, at: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "curator", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tune")
    os.environ["CURATOR_CACHE"] = str(folder / "cache")
    rows = [
        {"instruction": f"Where does the {river} end, {count}?", "output": f"In the {sea}."}
        for count, river in enumerate(RIVERS)
        for sea in SEAS
    ]
    long = {"instruction": "Count to a hundred.", "output": " ".join(map(str, range(100)))}
    rows += [long, {"instruction": "Name a river.", "output": ""}]
    (folder / "data.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (folder / "recipe.yaml").write_text(RECIPE)
    curator("run", "recipe.yaml", "--out", "run", at=folder)
    return folder


@pytest.fixture(scope="module")
def told(here: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(curator("tune", "run", "--json", at=here).stdout)
    return found


def test_a_model_is_trained_on_what_was_kept(here: Path, told: dict[str, Any]) -> None:
    assert told["training"]["records"] + told["validation"]["records"] == 40
    assert told["left_out"] == {"over_long": 1}
    assert told["after"] < told["before"] - 0.5
    folder = here / told["folder"]
    assert folder == here / "run" / "tune" / "tiny-full"
    assert json.loads((folder / "tuned.json").read_text())["after"] == told["after"]
    lines = (folder / "job" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [*range(1, told["steps"] + 1)]


def test_the_model_is_read_by_transformers_alone(here: Path, told: dict[str, Any]) -> None:
    code = (
        "import sys; from transformers import pipeline\n"
        f"asked = pipeline('text-generation', {str(here / told['folder'] / 'model')!r})\n"
        "turns = [{'role': 'user', 'content': 'Where does the Danube end?'}]\n"
        "answer = asked(turns, max_new_tokens=12)[0]['generated_text'][-1]\n"
        "print('curator' in sys.modules, answer['role'], sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-2:] == ["False", "assistant"], done.stderr


def test_the_card_says_where_the_model_came_from(here: Path, told: dict[str, Any]) -> None:
    card = (here / told["folder"] / "model" / "README.md").read_text()
    assert "license: cc-by-4.0" in card
    assert "| dropped: empty.response |" in card
    assert "| left out: over\\_long |" in card
    assert told["fingerprint"] in card
    assert "No evaluation set was looked for" in card
    assert str(here) not in card


def test_what_is_done_is_not_done_again(here: Path, told: dict[str, Any]) -> None:
    model = here / told["folder"] / "model" / "model.safetensors"
    made = model.stat().st_mtime_ns
    again = json.loads(curator("tune", "run", "--json", at=here).stdout)
    assert again == told
    assert model.stat().st_mtime_ns == made


def test_another_training_needs_another_name(here: Path, told: dict[str, Any]) -> None:
    refused = curator("tune", "run", "epochs=3", at=here, code=1)
    assert "--name" in refused.stderr
    assert "--fresh" in refused.stderr


def test_a_mistake_is_one_message(here: Path) -> None:
    wrong = {
        ("methd=lora",): 'tune.methd is not a setting: did you mean "method"?',
        ("rank=0",): "tune.rank: input should be greater than or equal to 1, found 0",
        ("epochs",): "write setting=value, such as epochs=2",
        ("--model", "nobody/nothing"): "curator models pull hub:nobody/nothing",
    }
    for arguments, message in wrong.items():
        assert message in curator("tune", "run", *arguments, at=here, code=1).stderr


def test_a_stopped_training_goes_on_to_the_same_model(here: Path) -> None:
    settings = ["epochs=30", "save_every=5", "eval_every=50"]
    curator("tune", "run", *settings, "--name", "whole", at=here)
    command = [sys.executable, "-m", "curator", "tune", "run", *settings, "--name", "stopped"]
    metrics = here / "run" / "tune" / "stopped" / "job" / "metrics.jsonl"
    with subprocess.Popen(command, cwd=here, stderr=subprocess.PIPE, text=True) as going:
        until = time.monotonic() + 120
        while not (metrics.exists() and len(metrics.read_text().splitlines()) > 10):
            assert time.monotonic() < until, "no step was made"
            assert going.poll() is None
            time.sleep(0.02)
        going.send_signal(signal.SIGINT)
        _, said = going.communicate(timeout=120)
    assert going.returncode == 3, said
    assert "run the same command again to continue" in said
    curator("tune", "run", *settings, "--name", "stopped", at=here)
    weights = [
        (here / "run" / "tune" / name / "model" / "model.safetensors").read_bytes()
        for name in ("whole", "stopped")
    ]
    assert weights[0] == weights[1]


def test_a_job_is_run_elsewhere_and_finished_here(here: Path) -> None:
    written = json.loads(
        curator("tune", "run", "method=lora", "--prepare", "--json", at=here).stdout
    )
    command = [sys.executable, "-m", "curator.training", written["job"]]
    subprocess.run(command, cwd=here, check=True, capture_output=True)
    found = json.loads(curator("tune", "run", "method=lora", "--json", at=here).stdout)
    assert found["compared"]["agreement"] == 1.0
    assert (here / found["folder"] / "adapter" / "adapter_model.safetensors").exists()


def test_what_was_hard_becomes_scores_of_the_run(here: Path) -> None:
    found = json.loads(
        curator("tune", "run", "record_losses=true", "--name", "hard", "--json", at=here).stdout
    )
    scores = Run.open(here / "run").scores().drop_nulls("tune_hard__loss_after").collect()
    assert scores.height == found["training"]["records"]
    assert (scores["tune_hard__loss_after"] < scores["tune_hard__loss_before"]).all()
    assert (scores["tune_hard__gradient_norm"] > 0).all()
    assert max(found["hardest"].values()) == scores["tune_hard__loss_after"].max()
    learnt = scores["tune_hard__loss_after"] * scores["tune_hard__learnt"]
    assert scores["tune_hard__learnt"].sum() == found["training"]["learnt"]
    assert learnt.sum() > 0
    curator("report", "run", at=here)
    curator("explain", "run", scores["id"][0], at=here)


def test_nothing_kept_is_said(here: Path) -> None:
    strict = RECIPE.replace("filter: empty", "filter: length, min_words: 9999")
    (here / "strict.yaml").write_text(strict)
    curator("run", "strict.yaml", "--out", "nothing", at=here)
    assert "no record is left to train on" in curator("tune", "nothing", at=here, code=1).stderr
