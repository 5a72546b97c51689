"""Work: a training run laid out, step by step, before the first one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b

from curator.errors import CuratorError
from curator.training.conversation import Example
from curator.training.plan import Plan
from curator.training.rows import Rows
from curator.training.schedule import Schedule
from curator.training.settings import Training

_MAY_CHANGE = ("checkpointing", "compile", "micro_tokens")
"""Settings that say how a step is calculated, and not what."""


@dataclass(frozen=True)
class Work:
    """What is to be done in a run."""

    settings: Training
    plan: Plan
    schedule: Schedule
    rows: Rows
    held_out: Rows
    processes: int = 1

    @cached_property
    def fingerprint(self) -> str:
        """Name the run by all that its steps depend on: settings, rows of a step, tokens."""
        settings = asdict(self.settings)
        told = sorted((name, settings[name]) for name in settings if name not in _MAY_CHANGE)
        found = blake2b(digest_size=16)
        found.update(repr((told, self.plan.row_tokens, self.schedule)).encode())
        for rows in (self.rows, self.held_out):
            found.update(repr(len(rows.examples)).encode())
            for example in rows.examples:
                found.update(repr(len(example)).encode())
                found.update(example.tokens.tobytes())
                found.update(example.supervised.tobytes())
        return found.hexdigest()

    @property
    def eval_every(self) -> int | None:
        """Steps between two looks at the held-out loss: a tenth of the run unless said."""
        if not len(self.held_out):
            return None
        return self.settings.eval_every or max(1, self.schedule.steps // 10)

    @property
    def save_every(self) -> int | None:
        """Steps between two checkpoints: as often as there are looks unless said."""
        return self.settings.save_every or self.eval_every


def lay_out(
    training: Sequence[Example],
    held_out: Sequence[Example],
    settings: Training,
    plan: Plan,
    *,
    processes: int,
    padding: int,
) -> Work:
    """Pack the examples once, and deal the rows to optimizer steps."""
    if not training:
        raise CuratorError("no record is left to train on: look at why they were left out")
    longest = max((len(example) for example in held_out), default=0)
    rows, held = (
        Rows(examples, width, padding=padding, packing=settings.packing)
        for examples, width in (
            (training, plan.row_tokens),
            # Rows fit the records that are trained on; one that is held out may be longer.
            (held_out, max(plan.row_tokens, longest)),
        )
    )
    schedule = Schedule(
        rows=len(rows),
        # A plan rounds up where a step holds all rows there are.
        per_step=max(1, min(len(rows), plan.rows * plan.accumulation * processes)),
        steps=plan.steps,
        seed=settings.seed,
    )
    return Work(settings, plan, schedule, rows, held, processes)
