"""Progress: what is known after every optimizer step, and who is told."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Progress:
    """One optimizer step; a line of `metrics.jsonl` has these fields."""

    step: int
    """Optimizer steps done, the first being 1."""
    steps: int
    """Steps of the whole run."""
    epoch: float
    loss: float
    """Nats per supervised token of this step."""
    learning_rate: float
    gradient_norm: float
    """Before it was clipped."""
    tokens: int
    """Of this step over all processes, without padding."""
    supervised_tokens: int
    seconds: float
    """What the step took, without looks and checkpoints."""
    tokens_per_second: float
    mfu: float | None
    """Model FLOPs done a second, as a share of what the GPUs can do by their data sheet; None on a
    CPU, and where nobody has said."""
    peak_memory: int
    """Bytes: of the device on a GPU, of the process elsewhere."""
    elapsed: float
    """Seconds since the run began, without the time between a kill and its resumption."""
    seconds_left: float
    micro_tokens: int
    """Tokens of one forward pass, padding included."""
    passes: int
    """Forward passes of this step, in each process."""
    checkpointing: bool
    memory_ran_out: int
    """How often passes had to be made smaller during this step."""
    eval_loss: float | None = None
    """Nats per supervised token held out, where the run looked at them after this step."""


class Listener(Protocol):
    """Whoever wants to be told of every step."""

    def __call__(self, progress: Progress) -> None:
        """Be told of one step that is done."""


def silent(progress: Progress) -> None:
    """Listen to nothing."""
