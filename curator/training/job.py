"""Job: a folder with all that a training run needs, to be run here or on another machine."""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from curator.errors import ModelError, RunError
from curator.training.conversation import Conversation, Example
from curator.training.examples import read_examples, write_examples
from curator.training.model import load_model, load_tokenizer
from curator.training.progress import Listener, silent
from curator.training.quiet import without_bars
from curator.training.settings import Training
from curator.training.train import Trained, train
from curator.training.watch import Watch

FORMAT = 1
"""Raise it when an older program would misread a job."""
TRAINED = "trained"
"""The folder of the weights, once they are."""
RESULT = "result.json"
"""Written last: what came of the training."""
_JOB = "job.json"
_SHARDED = "fsdp2.yaml"
_FSDP2 = """\
# accelerate launch --config_file fsdp2.yaml --num_processes N -m curator.training FOLDER
compute_environment: LOCAL_MACHINE
distributed_type: FSDP
mixed_precision: "no"
fsdp_config:
  fsdp_version: 2
  fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP
  fsdp_reshard_after_forward: true
  fsdp_state_dict_type: FULL_STATE_DICT
  fsdp_cpu_ram_efficient_loading: false
  fsdp_offload_params: false
"""


@dataclass(frozen=True)
class Job:
    """What a job folder holds."""

    model: Path
    settings: Training
    training: list[Example]
    held_out: list[Example]
    prompts: list[Conversation]
    """Answered at every look."""


def write_job(folder: Path, job: Job) -> Path:
    """Write a job; its description comes last, so that a folder that has one is whole.

    A model within the folder is named from there, so that both can be moved together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = job.model.resolve()
    inside = model.is_relative_to(folder.resolve())
    write_examples(folder, {"training": job.training, "held_out": job.held_out})
    (folder / _SHARDED).write_text(_FSDP2, "utf-8")
    facts = {
        "format": FORMAT,
        "model": str(model.relative_to(folder.resolve()) if inside else model),
        "settings": asdict(job.settings),
        "prompts": [asdict(prompt) for prompt in job.prompts],
    }
    beside = folder / f"{_JOB}.part"
    beside.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    beside.replace(folder / _JOB)
    return folder


def read_job(folder: Path) -> Job:
    """Read a job as it was written."""
    try:
        facts = json.loads((folder / _JOB).read_text("utf-8"))
    except OSError as error:
        raise RunError(
            f"{folder} is not a training job: it holds no {_JOB}; make one with `curator tune`"
        ) from error
    except ValueError as error:
        raise RunError(f"{folder / _JOB} is damaged ({error}): write the job anew") from error
    if facts.get("format") != FORMAT:
        raise RunError(
            f"{folder / _JOB} has format {facts.get('format')}, and this version reads {FORMAT}: "
            "run it with the version that wrote it, or write it anew"
        )
    sides = read_examples(folder, ("training", "held_out"))
    return Job(
        model=_model(folder, facts["model"]),
        settings=_settings(folder, facts["settings"]),
        training=sides["training"],
        held_out=sides["held_out"],
        prompts=[Conversation(**prompt) for prompt in facts["prompts"]],
    )


def run_job(
    folder: Path,
    *,
    resume: bool = True,
    listener: Listener = silent,
    tensorboard: bool = False,
) -> Trained:
    """Train as a job says; the weights come to `trained/`, what came of it to `result.json`."""
    job = read_job(folder)
    with without_bars():
        model, tokenizer = load_model(job.model, job.settings), load_tokenizer(job.model)
    trained = train(
        model,
        tokenizer,
        job.training,
        job.held_out,
        job.settings,
        folder,
        resume=resume,
        watch=Watch(listener, job.prompts, tensorboard=tensorboard),
    )
    trained.save(folder / TRAINED)
    if int(os.environ.get("RANK", "0")) == 0:
        facts = {"steps": trained.steps, "best_step": trained.best_step, "loss": trained.loss}
        (folder / RESULT).write_text(json.dumps(facts, indent=1), "utf-8")
    return trained


def _settings(folder: Path, facts: dict[str, Any]) -> Training:
    wanted = {field.name for field in fields(Training)}
    if facts.keys() != wanted:
        odd = sorted(facts.keys() ^ wanted)
        raise RunError(f"{folder / _JOB} and this version differ in {odd}: write the job anew")
    return Training(**facts)


def _model(folder: Path, name: str) -> Path:
    """Find the model: where it was, or beside the job under its own name."""
    places = [folder / name, folder / Path(name).name]
    for place in places:
        if place.is_dir():
            return place
    raise ModelError(
        f"the model of {folder} is not at {places[0]}: put it there, or at {places[1]}"
    )
