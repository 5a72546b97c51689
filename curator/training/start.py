"""Start: whether a run begins or goes on, and from where."""

from dataclasses import dataclass
from pathlib import Path

from curator.errors import RunError
from curator.training.checkpoints import (
    clear,
    forget_plan,
    last_whole,
    resumed_plan,
    sealed,
    step_of,
)
from curator.training.plan import Plan
from curator.training.work import Work


@dataclass(frozen=True)
class Start:
    """Where a run begins."""

    plan: Plan
    checkpoint: Path | None = None
    """None at the very beginning."""
    step: int = 0
    finished: bool = False
    """Whether the run came to its end there."""


def start(folder: Path, work: Work, *, resume: bool, first: bool) -> Start:
    """Find the last whole checkpoint of this run, or make room for a new run.

    `first` is the one process that may remove what lies in the folder.
    """
    if not resume:
        if first:
            clear(folder)
            forget_plan(folder)
        return Start(work.plan)
    checkpoint = last_whole(folder)
    if checkpoint is None:
        return Start(resumed_plan(folder, work.plan, None))
    facts = sealed(checkpoint) or {}
    if facts.get("belongs") != work.fingerprint:
        raise RunError(
            f"{checkpoint} was written by a training with other records or settings: say the same "
            "as then to go on from it, or start anew without resuming"
        )
    if facts["processes"] != work.processes:
        raise RunError(
            f"{checkpoint} was written by {facts['processes']} processes, and now there are "
            f"{work.processes}: go on with as many, or start anew without resuming"
        )
    plan = resumed_plan(folder, work.plan, facts)
    return Start(plan, checkpoint, step_of(checkpoint), bool(facts.get("finished")))
