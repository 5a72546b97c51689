"""Evaluation: everything that was found out about a model, as its files and screens tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from curator.report import as_json
from curator.report.shown import shown
from curator.tune.evaluate.exam import Taken
from curator.tune.evaluate.judge import Judged
from curator.tune.evaluate.marks import held_by
from curator.tune.evaluate.verdict import Claim

LAYOUT = 1
"""Raised when `evaluation.json` becomes another shape."""


@dataclass(frozen=True)
class Tables:
    """What was counted of one model."""

    losses: pl.DataFrame
    """`group, records, tokens, loss, low, high, few`: nats a supervised token of held-out records,
    for all and for each kind of task."""
    shares: pl.DataFrame
    """`part, measure, found, total, share, low, high`."""
    left_out: dict[str, int]
    """Held-out records that the model cannot read, by reason."""


@dataclass(frozen=True)
class Asked:
    """What was asked, of whom and how."""

    model: str
    before: str | None
    run: str | None
    side: str | None
    """The held-out side of the run."""
    left_out: dict[str, int]
    """Records of that side that nobody was asked about, by reason."""
    prompts: dict[str, int]
    most_tokens: int
    quick: bool
    seed: int
    versions: dict[str, str]


@dataclass(frozen=True)
class Answered:
    """One prompt with what was answered to it, personal values masked."""

    part: str
    id: str
    prompt: str
    answer: str
    stopped: bool
    held: list[str]
    """The measures that hold of the answer: constraints followed, or faults."""
    before: str | None = None
    stopped_before: bool | None = None
    held_before: list[str] | None = None


@dataclass(frozen=True)
class Evaluation:
    """What was found out about a model, and of it against the model before it."""

    asked: Asked
    verdict: str
    claims: Sequence[Claim]
    after: Tables
    before: Tables | None
    loss_changes: pl.DataFrame | None
    """`group, change, low, high, certain`; none where the models cut texts into other tokens."""
    changes: pl.DataFrame | None
    """`part, measure, total, gained, lost, change, low, high, p, certain`."""
    judged: Judged | None
    answers: Sequence[Answered]
    notes: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return what `evaluation.json` holds; docs/evaluate.md explains every key."""
        told = {
            "layout": LAYOUT,
            "asked": vars(self.asked),
            "verdict": self.verdict,
            "claims": list(self.claims),
            "after": vars(self.after),
            "before": self.before and vars(self.before),
            "loss_changes": self.loss_changes,
            "changes": self.changes,
            "judged": self.judged and vars(self.judged),
            "notes": list(self.notes),
            "answers": [vars(one) for one in self.answers],
        }
        return {name: as_json(value) for name, value in told.items()}


def answered(after: Taken, before: Taken | None) -> list[Answered]:
    """Put the answers of two models side by side, or list those of one."""
    held, held_before = held_by(after.marks), held_by(before.marks) if before else {}
    found = []
    for place, one in enumerate(after.replies):
        key = (one.prompt.part, one.prompt.id)
        other = before.replies[place] if before else None
        found.append(
            Answered(
                part=one.prompt.part,
                id=one.prompt.id,
                prompt=shown(one.prompt.text),
                answer=shown(one.text),
                stopped=one.stopped,
                held=held.get(key, []),
                before=shown(other.text) if other else None,
                stopped_before=other.stopped if other else None,
                held_before=held_before.get(key, []) if other else None,
            )
        )
    return found
