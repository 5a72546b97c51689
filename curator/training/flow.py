"""Flow: when a training run looks at the held-out loss, saves itself, and stops."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

from transformers import TrainerCallback


@dataclass
class Flow(TrainerCallback):
    """Says after every optimizer step what comes next, from the state alone: resuming needs it."""

    eval_every: int | None
    """Steps between two looks at the held-out loss; never when None."""
    save_every: int | None
    patience: int | None
    interrupted: Callable[[], bool]
    """Whether a person or the system asked to stop; all processes are told the same."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        done = state.global_step >= state.max_steps
        control.should_evaluate = _due(state.global_step, self.eval_every, done=done)
        control.should_save = _due(state.global_step, self.save_every, done=done)
        if self.interrupted():
            # A look that is due is still taken: it counts for the best weights and for patience.
            control.should_training_stop = control.should_save = True

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        losses = looks(state)
        if self.save_every and losses[-1] < min(losses[:-1], default=inf):
            control.should_save = True
        if self.patience and impatient(losses, self.patience):
            control.should_training_stop = True
            control.should_save = self.save_every is not None


def looks(state: Any) -> list[float]:
    """Return the held-out losses so far; one that is not a number is as bad as can be."""
    found = [entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry]
    return [inf if isnan(loss) else loss for loss in found]


def impatient(losses: list[float], patience: int) -> bool:
    """Say whether the last `patience` looks were no better than the best before them."""
    if not losses:
        return False
    return len(losses) - 1 - losses.index(min(losses)) >= patience


def _due(step: int, every: int | None, *, done: bool) -> bool:
    return every is not None and (done or step % every == 0)
