"""Clock: the same stop watch for every trainer that is measured."""

import statistics
import time
from typing import Any

import torch
from transformers import TrainerCallback
from workload import slices

WINDOWS = 5


class Clock(TrainerCallback):  # type: ignore[misc]
    """Notes when every optimizer step ended, with the device idle, and stops after some time."""

    def __init__(self, *, warm_up: int, seconds: float, most_steps: int) -> None:
        self.ends: list[float] = []
        self.warm_up = warm_up
        self._seconds = seconds
        self._most = most_steps
        self.began = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start."""
        self.began = self._now()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Note the end of a step; stop when there was time enough."""
        self.ends.append(self._now())
        done = len(self.ends) - self.warm_up
        spent = self.ends[-1] - self.began
        if done >= self._most or (done >= 1 and spent >= self._seconds):
            control.should_training_stop = True

    @property
    def first_step(self) -> float:
        """Return the seconds of the first step, compilation included."""
        return self.ends[0] - self.began

    def rate(self, amounts: list[float]) -> float:
        """Return what is done a second after warming up: the median over windows of steps.

        `amounts` are what each step does, from the first one on.
        """
        took = [b - a for a, b in zip(self.ends, self.ends[1:], strict=False)]
        took, done = took[self.warm_up - 1 :], amounts[self.warm_up : len(self.ends)]
        rates = [sum(done[a:b]) / sum(took[a:b]) for a, b in slices(took, WINDOWS)]
        return statistics.median(rates)

    @staticmethod
    def _now() -> float:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return time.perf_counter()
