"""Tune: the kept records of a run become a trained model, in a folder of the run."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from curator.errors import RunError
from curator.models import digest_of_folder
from curator.recipe import Tune
from curator.run import Run, hold, write_text
from curator.tune.base import need_training
from curator.tune.card import shown_base
from curator.tune.finish import TUNED, Before, Outcome, finish, mean_loss
from curator.tune.hardness import read_losses
from curator.tune.material import Material, material_of
from curator.tune.settings import training_of
from curator.tune.tuned import Tuned

if TYPE_CHECKING:
    from curator.training.conversation import Conversation
    from curator.training.progress import Listener

JOB = "job"
_ASKED = "asked.json"
_PROMPTS = 3
"""Prompts of the validation split that are answered at every look where the recipe names none."""
_INTERRUPTED = 3


@dataclass(frozen=True)
class Ways:
    """How a training is gone about; none of it changes what is learnt."""

    name: str | None = None
    """Its folder below `tune/`; the model and the method when absent."""
    processes: int = 1
    """Processes, one a GPU."""
    fresh: bool = False
    """Train again where another training lies."""
    listener: "Listener | None" = None
    """Told of every step, where there is one process."""


def tune(run: Run, settings: Tune, ways: Ways) -> tuple[Path, Tuned]:
    """Train a model on the kept records, and return its folder and what is known of it.

    What was begun with the same settings and records is gone on with, and what is done is not done
    again.

    Raises:
        RunError: the folder holds a training of other settings or records.
        KeyboardInterrupt: it was asked to stop; the same call goes on.
    """
    need_training("training a model")
    from curator.training.quiet import without_bars

    folder = folder_of(run, settings, ways)
    with hold(folder / ".lock"), without_bars():
        material = material_of(run, settings)
        _begin(run, folder, settings, material, fresh=ways.fresh)
        done = folder / TUNED
        if done.exists():
            return folder, Tuned.model_validate_json(done.read_text("utf-8"))
        before = _read_before(settings, material)
        found = finish(run, folder, settings, material, (before, _train(folder / JOB, ways)))
        shutil.rmtree(folder / JOB / "trained", ignore_errors=True)
    return folder, found


def write_only(run: Run, settings: Tune, ways: Ways) -> Path:
    """Write the job of a training, and return its folder; `tune` goes on from it."""
    folder = folder_of(run, settings, ways)
    with hold(folder / ".lock"):
        _begin(run, folder, settings, material_of(run, settings), fresh=ways.fresh)
    return folder / JOB


def folder_of(run: Run, settings: Tune, ways: Ways) -> Path:
    """Return where a training lies: below `tune/`, under its name."""
    base = shown_base(settings.model.removeprefix("hub:")).rpartition("/")[2]
    name = f"{base}-{settings.method}" if ways.name is None else ways.name
    if not name or Path(name).name != name or name.startswith("."):
        raise RunError(
            f"--name {name!r} is no name of a folder: give it without slashes, and no dot in front"
        )
    return run.layout.tune / name


def _begin(run: Run, folder: Path, settings: Tune, material: Material, *, fresh: bool) -> None:
    """Make sure that the folder holds the job that is wanted, and no other."""
    asked = json.dumps(
        {
            "settings": settings.model_dump(mode="json"),
            "seed": run.recipe.seed,
            "base": digest_of_folder(material.base),
            "examples": material.digest,
        },
        indent=2,
    )
    told = folder / _ASKED
    if fresh or not told.exists():
        for path in folder.iterdir():
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        _write_job(run, folder / JOB, settings, material)
        write_text(told, asked)
    elif told.read_text("utf-8") != asked:
        raise RunError(
            f"{folder} holds a training of other settings, records or weights: give this one "
            f"another name with --name, or train again there with --fresh"
        )


def _write_job(run: Run, folder: Path, settings: Tune, material: Material) -> None:
    from curator.training.job import Job, write_job

    job = Job(
        model=material.base,
        settings=training_of(settings, run.recipe.seed),
        training=material.training.examples,
        held_out=material.held_out.examples,
        prompts=_prompts(settings, material),
    )
    write_job(folder, job)


def _prompts(settings: Tune, material: Material) -> "list[Conversation]":
    from curator.training.conversation import Conversation

    fit = {example.id for example in material.held_out.examples}
    asked = [one for one in material.told.held_out if one.id in fit][:_PROMPTS]
    if settings.prompts:
        asked = [
            Conversation(f"prompt-{number}", [{"role": "user", "content": text}])
            for number, text in enumerate(settings.prompts, start=1)
        ]
    for one in asked:
        material.renderer.prompt(one)  # one that the template refuses is told before training
    return asked


def _read_before(settings: Tune, material: Material) -> Before:
    """Read the splits with the model as it was."""
    from curator.training.model import read_model

    held_out, learnt = material.held_out.examples, material.training.examples
    if not held_out and not settings.record_losses:
        return Before(None, None)
    model = read_model(material.base, precision=settings.precision)
    each = read_losses(model, learnt) if settings.record_losses else None
    return Before(mean_loss(model, held_out), each)


def _train(job: Path, ways: Ways) -> Outcome:
    """Run the job here, in one process or several, or take what was run elsewhere."""
    from curator.training.job import RESULT, TRAINED, run_job
    from curator.training.model import read_model
    from curator.training.progress import silent

    if not (job / RESULT).exists():
        if ways.processes > 1:
            _run_in_processes(job, ways.processes)
        else:
            drawn = find_spec("tensorboard") is not None
            run_job(job, listener=ways.listener or silent, tensorboard=drawn)
    last = json.loads((job / "metrics.jsonl").read_text("utf-8").splitlines()[-1])
    best = json.loads((job / RESULT).read_text("utf-8"))["best_step"]
    return Outcome(read_model(job / TRAINED), last["step"], last["epoch"], best, last["elapsed"])


def _run_in_processes(job: Path, processes: int) -> None:
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [sys.executable, *launcher, "-m", "curator.training", str(job)]
    code = subprocess.run(command, check=False).returncode
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise RunError(f"{job} was not trained to its end: what its processes said is above")
