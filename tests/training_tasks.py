"""What tests run in other processes: `python -m tests.training_tasks FOLDER TASK...`."""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import DistributedType
from transformers import TrainerCallback

from curator.training.trainer import SftTrainer
from tests.training_runs import DROPPING, PLAIN, TRAINING, Signal, cut, run, small_model

SAVING = replace(PLAIN, save_every=3, eval_every=3)
DROPPING_SAVING = replace(DROPPING, save_every=3, eval_every=3)
KILLED_AT = 8
SHARDED = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_STATE_DICT_TYPE": "FULL_STATE_DICT",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
}
"""What `accelerate launch` says to its processes by `fsdp2.yaml`."""


def killed(folder: Path) -> None:
    run(folder, SAVING, Signal(KILLED_AT))


def killed_dropping(folder: Path) -> None:
    run(folder, DROPPING_SAVING, Signal(KILLED_AT))


def killed_saving(folder: Path) -> None:
    """Die in the middle of writing the second checkpoint."""
    save = SftTrainer._save_rng_state

    def die(trainer: Any, output_dir: str) -> None:
        if trainer.state.global_step == 6:
            os.kill(os.getpid(), signal.SIGKILL)
        save(trainer, output_dir)

    SftTrainer._save_rng_state = die
    run(folder, SAVING)


def terminated(folder: Path) -> None:
    try:
        run(folder, SAVING, Signal(4, signal.SIGTERM))
    except KeyboardInterrupt:
        sys.exit(3)


def two(folder: Path) -> None:
    run(folder, SAVING, planned=cut(1, 2))


def two_uneven(folder: Path) -> None:
    """Train on five rows: of the second step the second process has none."""
    trained = run(folder, SAVING, training=TRAINING[:7], planned=cut(1, 2, steps=4))
    assert trained.steps == 4


def two_dropping(folder: Path) -> None:
    run(folder, DROPPING_SAVING, planned=cut(1, 2))


def two_killed(folder: Path) -> None:
    run(folder, DROPPING_SAVING, Signal(KILLED_AT), planned=cut(1, 2))


def two_terminated(folder: Path) -> None:
    """Ask one of the processes to stop; both do, after the same step."""
    asked = [Signal(4, signal.SIGTERM)] if os.environ["RANK"] == "1" else []
    try:
        run(folder, SAVING, *asked, planned=cut(1, 2))
    except KeyboardInterrupt:
        sys.exit(3)


def two_resumed(folder: Path) -> None:
    run(folder.with_name("two_killed"), DROPPING_SAVING, planned=cut(1, 2), resume=True)


def two_out_of_memory(folder: Path) -> None:
    """Let the memory of the first process run out, from the fifth step on."""
    full = [Full(at=5)] if os.environ["RANK"] == "0" else []
    run(folder, SAVING, *full, planned=cut(2, 1))


def two_smaller(folder: Path) -> None:
    run(folder.with_name("two_out_of_memory"), SAVING, planned=cut(2, 1), resume=True)


@dataclass
class Full(TrainerCallback):
    """A memory that is full from one step on."""

    at: int

    def on_step_begin(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        if state.global_step == self.at - 1:
            model.register_forward_pre_hook(self._allocate)

    def _allocate(self, *_: Any) -> None:
        raise torch.OutOfMemoryError("no room")


def _spread() -> None:
    """Spread weights over processes (FSDP2), on CPUs, where accelerate does not think of it."""
    os.environ.update(SHARDED)
    begin = PartialState.__init__

    def pretend(state: Any, *args: Any, **settings: Any) -> None:
        begin(state, *args, **settings)
        # Of the kinds that accelerate shards, one that needs no other code.
        state.distributed_type = DistributedType.MULTI_NPU

    PartialState.__init__ = pretend


def sharded(folder: Path) -> None:
    _spread()
    run(folder, SAVING, planned=cut(1, 2)).save(folder / "trained")


def sharded_killed(folder: Path) -> None:
    _spread()
    run(folder, DROPPING_SAVING, Signal(KILLED_AT), planned=cut(1, 2))


def sharded_resumed(folder: Path) -> None:
    _spread()
    killed = folder.with_name("sharded_killed")
    run(killed, DROPPING_SAVING, planned=cut(1, 2), resume=True).save(killed / "trained")


def sharded_dropping(folder: Path) -> None:
    _spread()
    run(folder, DROPPING_SAVING, planned=cut(1, 2)).save(folder / "trained")


def _end(task: Callable[[Path], None], folder: Path) -> None:
    """Run a task and leave, without the tidying up that would copy the parent's memory."""
    code = 1
    try:
        task(folder)
        code = 0
    except SystemExit as asked:
        code = int(asked.code or 0)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main(folder: Path, tasks: list[str]) -> None:
    """Run each task in a child, which may die; note how it ended."""
    torch.set_num_threads(1)
    # What libraries prepare at first use, they then prepare for all children.
    small_model(DROPPING).save_pretrained(folder / f"first-{os.environ.get('RANK', 0)}")
    codes = {}
    for place, task in enumerate(tasks):
        child = os.fork()
        if child == 0:
            if "PORTS" in os.environ:
                os.environ["MASTER_PORT"] = os.environ["PORTS"].split(",")[place]
            _end(globals()[task], folder / task)
        codes[task] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (folder / f"codes-{os.environ.get('RANK', 0)}.json").write_text(json.dumps(codes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
