"""Meter: every optimizer step measured, written down and told to who listens."""

import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import Any

import torch
from transformers import TrainerCallback

from curator.errors import CuratorError
from curator.training.flops import training_flops
from curator.training.journal import Journal
from curator.training.machine import Machine
from curator.training.progress import Listener, Progress
from curator.training.shape import ModelShape
from curator.training.trainer import SftTrainer


@dataclass
class Meter(TrainerCallback):
    """Measures steps in every process; the first one writes, and has listeners."""

    trainer: SftTrainer
    shape: ModelShape
    machine: Machine
    journal: Journal
    listeners: Sequence[Listener]
    _began: float = 0.0
    _before: float = 0.0
    """Seconds of the run before this process took over."""
    _first: int = 0
    _waiting: Progress | None = None
    """A step whose look at the held-out loss is still to come."""
    _step_began: float = field(default_factory=time.perf_counter)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._began, self._first = time.perf_counter(), state.global_step
        self._before = self.journal.lines[-1]["elapsed"] if self.journal.lines else 0.0

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._step_began = time.perf_counter()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if "grad_norm" not in logs:
            return
        progress = self._measured(state, logs)
        if not (isfinite(progress.loss) and isfinite(progress.gradient_norm)):
            raise CuratorError(
                f"the loss of step {progress.step} is {progress.loss:g}, and its gradient is "
                f"{progress.gradient_norm:g} long: nothing more can be learnt. Lower "
                f"`learning_rate`, or raise `warmup`, and begin anew"
            )
        if control.should_evaluate:
            self._waiting = progress
        else:
            self._tell(progress)

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any, **_: Any) -> None:
        if self._waiting is not None:
            self._tell(replace(self._waiting, eval_loss=metrics["eval_loss"]))
            self._waiting = None

    def _measured(self, state: Any, logs: dict[str, Any]) -> Progress:
        now = time.perf_counter()
        seconds, here = now - self._step_began, now - self._began
        done = self.trainer.step_facts(state.global_step)
        tokens = sum(done.lengths)
        flops = training_flops(self.shape, self.trainer.work.settings, done.lengths)
        # What a CPU can do is only known from a short try, and others may work beside this one.
        known = self.machine.peak if self.machine.device == "cuda" else None
        peak = known and known * self.trainer.args.world_size
        each = here / (state.global_step - self._first)
        return Progress(
            step=state.global_step,
            steps=state.max_steps,
            epoch=self.trainer.work.schedule.epochs_after(state.global_step),
            loss=logs["loss"],
            learning_rate=logs["learning_rate"],
            gradient_norm=logs["grad_norm"],
            tokens=tokens,
            supervised_tokens=done.supervised,
            seconds=seconds,
            tokens_per_second=tokens / seconds,
            mfu=flops / seconds / peak if peak else None,
            peak_memory=_peak_memory(),
            elapsed=self._before + here,
            seconds_left=each * (state.max_steps - state.global_step),
            micro_tokens=self.trainer.plan.micro_tokens,
            passes=done.passes,
            checkpointing=self.trainer.plan.checkpointing,
            memory_ran_out=self.trainer.memory_ran_out,
        )

    def _tell(self, progress: Progress) -> None:
        self.journal.append(asdict(progress))
        for listener in self.listeners:
            listener(progress)


def _peak_memory() -> int:
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
