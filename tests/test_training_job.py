"""A job is a folder that trains by itself, wherever torch and its kin are installed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from curator.errors import ModelError, RunError
from curator.training.__main__ import DONE, INTERRUPTED, USER_ERROR, Lines, main
from curator.training.conversation import Conversation, Example
from curator.training.job import Job, read_job, run_job, write_job
from curator.training.model import load_tokenizer
from curator.training.progress import Progress
from curator.training.render import Renderer
from curator.training.tiny import make_tiny
from tests.training_runs import PLAIN
from tests.training_tasks import SHARDED

ROOT = Path(__file__).parent.parent
ABSENT = (
    *("polars", "pydantic", "typer", "rich", "numba", "datasketch", "xxhash", "ftfy", "pyarrow"),
    *(
        "datasets",
        "pandas",
        "scipy",
        "sklearn",
        "trl",
        "tensorboard",
        "onnxruntime",
        "bitsandbytes",
    ),
)
SETTINGS = replace(PLAIN, max_steps=4, batch_tokens=64, eval_every=2, learning_rate=1e-2)
ASKED = Conversation("q", [{"role": "user", "content": "say 1"}])


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a job beside its model, and the same job around it."""
    folder = tmp_path_factory.mktemp("jobs")
    texts = [f"say {number}" for number in range(12)]
    make_tiny(folder / "inside" / "base", texts, width=32, layers=2)
    shutil.copytree(folder / "inside" / "base", folder / "model")
    renderer = Renderer(load_tokenizer(folder / "model"))
    examples = [renderer.render(_talk(str(i), text)) for i, text in enumerate(texts)]
    job = Job(folder / "model", SETTINGS, examples[:9], examples[9:], [ASKED])
    write_job(folder / "job", job)
    write_job(folder / "inside", replace(job, model=folder / "inside" / "base"))
    return folder


def _talk(name: str, text: str) -> Conversation:
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": text[::-1]}]
    return Conversation(name, turns, group="é")


def test_a_job_is_read_as_it_was_written(made: Path) -> None:
    job = read_job(made / "job")
    assert (job.settings, job.prompts, job.model) == (SETTINGS, [ASKED], made / "model")
    assert [len(job.training), len(job.held_out)] == [9, 3]
    renderer = Renderer(load_tokenizer(made / "model"))
    for number, found in enumerate([*job.training, *job.held_out]):
        wanted = renderer.render(_talk(str(number), f"say {number}"))
        assert (found.id, found.group) == (wanted.id, wanted.group)
        assert found.tokens.dtype == np.int32
        assert found.tokens.tolist() == wanted.tokens.tolist()
        assert found.supervised.tolist() == wanted.supervised.tolist()


def test_a_job_without_held_out_records_is_one(made: Path, tmp_path: Path) -> None:
    job = replace(read_job(made / "job"), held_out=[], prompts=[])
    write_job(tmp_path, job)
    assert read_job(tmp_path).held_out == []
    history = run_job(tmp_path).history
    assert [step["eval_loss"] for step in history] == [None] * 4


def test_nothing_of_a_job_is_pickled(made: Path) -> None:
    names = {path.name for path in (made / "job").iterdir()}
    assert names == {"job.json", "tokens.safetensors", "records.json", "fsdp2.yaml"}


def test_a_job_moves_with_the_model_in_it(made: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(made / "inside", tmp_path / "elsewhere")
    assert read_job(moved).model == moved / "base"


def test_a_model_put_into_a_moved_job_is_found(made: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(made / "job", tmp_path / "elsewhere")
    facts = json.loads((moved / "job.json").read_text())
    (moved / "job.json").write_text(json.dumps(facts | {"model": "/gone/model"}))
    with pytest.raises(ModelError, match="put it there, or at"):
        read_job(moved)
    shutil.copytree(made / "model", moved / "model")
    assert read_job(moved).model == moved / "model"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda job: (job / "job.json").unlink(), "is not a training job"),
        (lambda job: (job / "job.json").write_text('{"format": 1,'), "damaged"),
        (lambda job: _change(job, format=2), "format 2"),
        (lambda job: _change(job, settings={"epochs": 1}), "learning_rate"),
        (lambda job: (job / "tokens.safetensors").write_bytes(b"1234567890"), "cannot be read"),
        (lambda job: (job / "records.json").unlink(), "cannot be read"),
        (lambda job: (job / "records.json").write_text('{"training": []}'), "cannot be read"),
    ],
)
def test_a_damaged_job_says_what_is_wrong(
    made: Path, tmp_path: Path, damage: Callable[[Path], Any], said: str
) -> None:
    job = shutil.copytree(made / "job", tmp_path / "job")
    damage(job)
    with pytest.raises(RunError, match=said):
        read_job(job)


def test_the_config_for_spread_weights_says_what_the_tests_of_it_say(made: Path) -> None:
    """What accelerate makes of `fsdp2.yaml` is what `sharded` runs are told."""
    launch = pytest.importorskip("accelerate.commands.launch")
    from accelerate.utils.launch import prepare_multi_gpu_env

    said = ["--config_file", str(made / "job" / "fsdp2.yaml"), "--num_processes", "2"]
    arguments = launch.launch_command_parser().parse_args([*said, "-m", "curator.training", "x"])
    arguments, _, _ = launch._validate_launch_command(arguments)
    told = prepare_multi_gpu_env(arguments)
    assert {name: told[name].lower() for name in SHARDED} == {
        name: value.lower() for name, value in SHARDED.items()
    }


def _change(job: Path, **facts: Any) -> None:
    path = job / "job.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def test_a_job_runs_where_only_torch_and_its_kin_are_under_torchrun(
    made: Path, tmp_path: Path
) -> None:
    """Two processes, started as users do, in which importing anything else fails."""
    job = shutil.copytree(made / "inside", tmp_path / "job")
    (tmp_path / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        f"absent = {ABSENT}\n"
        "def find_spec(name, path=None, target=None):\n"
        "    return None if name.split('.')[0] in absent else find(name, path, target)\n"
        "PathFinder.find_spec = staticmethod(find_spec)\n"
    )
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--standalone", "--local-addr", "127.0.0.1", "-m", "curator.training", str(job)]
    found = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert found.returncode == DONE, found.stderr
    assert found.stderr.count("step 4/4") == 1
    one = run_job(shutil.copytree(made / "inside", tmp_path / "one"))
    steps = [json.loads(line) for line in (job / "metrics.jsonl").read_text().splitlines()]
    assert [s["loss"] for s in steps] == pytest.approx([s["loss"] for s in one.history], rel=1e-5)
    answers = [json.loads(line) for line in (job / "answers.jsonl").read_text().splitlines()]
    assert [(answer["step"], answer["id"]) for answer in answers] == [(2, "q"), (4, "q")]
    names = {path.name for path in (job / "trained").iterdir()}
    assert names >= {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"}


def test_the_command_trains_and_then_has_nothing_left_to_do(
    made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    job = shutil.copytree(made / "inside", tmp_path / "job")
    assert main([str(job)]) == DONE
    told = capfd.readouterr()
    assert told.out == ""
    assert [line.split("  ")[0] for line in told.err.splitlines()] == [
        "step 1/4",
        "step 2/4",
        "step 4/4",
    ]
    assert "held out" in told.err.splitlines()[-1]
    before = (job / "metrics.jsonl").read_text()
    first = load_file(job / "trained" / "model.safetensors")
    assert main([str(job)]) == DONE
    assert capfd.readouterr().err == ""
    assert (job / "metrics.jsonl").read_text() == before
    again = load_file(job / "trained" / "model.safetensors")
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert main([str(job), "--fresh"]) == DONE
    assert len(capfd.readouterr().err.splitlines()) == 3


def test_a_mistake_is_one_message_and_exit_code_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == USER_ERROR
    assert capfd.readouterr().err.startswith(f"error: {tmp_path} is not a training job")


def test_an_interrupted_job_ends_with_exit_code_3(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    job = shutil.copytree(made / "inside", tmp_path / "job")

    def interrupt(lines: Lines, progress: Progress) -> None:
        if progress.step == 2:
            os.kill(os.getpid(), 2)

    monkeypatch.setattr(Lines, "__call__", interrupt)
    assert main([str(job)]) == INTERRUPTED
    assert "to continue" in capfd.readouterr().err
    monkeypatch.undo()
    assert main([str(job)]) == DONE
    steps = [json.loads(line)["step"] for line in (job / "metrics.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3, 4]


def test_records_with_any_name_come_back(made: Path, tmp_path: Path) -> None:
    odd = Example('"\n\u2028✓', np.array([5], np.int32), np.array([False]), "")
    write_job(tmp_path, replace(read_job(made / "job"), training=[odd]))
    (found,) = read_job(tmp_path).training
    assert (found.id, found.tokens.tolist(), found.supervised.tolist()) == (odd.id, [5], [False])
