"""Dry run: all that is known of a training run before a second of it is spent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curator.errors import RunError
from curator.recipe import Tune
from curator.report.shown import Piece, Place, pieces, shown
from curator.run import Run
from curator.tune.conversations import Told, conversations_of
from curator.tune.settings import training_of

if TYPE_CHECKING:
    from curator.training.conversation import Conversation
    from curator.training.lint import Notice
    from curator.training.machine import Machine
    from curator.training.plan import Plan
    from curator.training.prepare import LeftOut, Prepared
    from curator.training.render import Renderer

_SHARES = (0.25, 0.5)
"""Which records are shown: not the shortest, and the one in the middle."""
_QUANTILES = {"median": 0.5, "p90": 0.9, "p99": 0.99, "longest": 1.0}
_SECONDS_AN_HOUR = 3600


@dataclass(frozen=True)
class Side:
    """What one side of the split is, in tokens of the model."""

    name: str
    records: int
    """Conversations; one that its input's weight takes twice counts twice."""
    examples: int
    tokens: int
    supervised: int
    lengths: dict[str, int]
    """Tokens of an example: `median, p90, p99, longest`; empty where there is none."""


@dataclass(frozen=True)
class ShownRecord:
    """A record as the model will see it, with what is learnt marked; values are masked."""

    id: str
    tokens: int
    supervised: int
    pieces: list[Piece]


@dataclass(frozen=True)
class DryRun:
    """What `curator tune` would do."""

    run: str
    model: str
    method: str
    kept: int
    sides: "list[Side]"
    """The one that is trained on first."""
    left_out: "list[LeftOut]"
    notices: "list[Notice]"
    records: list[ShownRecord]
    rows: int
    """Packed rows of an epoch."""
    fill: float
    """The share of the rows that is no padding."""
    epochs: float
    """How often each record would be seen."""
    plan: "Plan"
    machine: "Machine"
    cost: float | None
    """At `price_per_hour`; None where price or time are unknown."""

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many records are left out for each reason, the commonest first."""
        return dict(Counter(one.reason for one in self.left_out).most_common())


def dry_run(run: Run, tune: Tune, folder: Path, *, processes: int = 1) -> DryRun:
    """Do everything but train: read, render, check, pack and plan for the model in `folder`.

    Raises:
        ModelError: the model's tokenizer has no chat template, or one that ends no answer.
        RunError: there is nothing to train on.
    """
    from curator.training.lint import lint
    from curator.training.model import load_tokenizer
    from curator.training.render import Renderer

    told = conversations_of(run, tune.splits)
    renderer = Renderer(load_tokenizer(folder), learn_from=tune.learn_from)
    prepared = [_prepared(side, renderer, tune) for side in told.sides.values()]
    left_out = [*told.left_out, *(one for side in prepared for one in side.left_out)]
    need_examples(prepared[0], left_out)
    held_out = [one for side in prepared[1:] for one in side.left_out]
    notices = lint(told.training, prepared[0], renderer, others=[*told.left_out, *held_out])
    plan, machine = _planned(prepared[0], tune, folder, (run.recipe.seed, processes))
    rows, fill = _packed(prepared[0], plan.row_tokens, packing=tune.packing)
    spent = None if plan.seconds is None else plan.seconds / _SECONDS_AN_HOUR
    return DryRun(
        run=run.recipe.name,
        model=tune.model,
        method=tune.method,
        kept=run.manifest.counts["kept"],
        sides=_sides(told, prepared),
        left_out=[replace(one, said=shown(one.said)) for one in left_out],
        notices=[replace(one, text=shown(one.text)) for one in notices],
        records=_shown(told.training, prepared[0], renderer),
        rows=rows,
        fill=fill,
        epochs=_epochs(plan, rows, processes),
        plan=plan,
        machine=machine,
        cost=None if spent is None or tune.price_per_hour is None else spent * tune.price_per_hour,
    )


def need_examples(prepared: "Prepared", left_out: "Sequence[LeftOut]") -> None:
    """Make sure that there is something to train on.

    Raises:
        RunError: there is nothing; it says why.
    """
    if prepared.examples:
        return
    reasons = Counter(one.said or one.reason for one in left_out).most_common(3)
    why = "; ".join(f"{reason} ({count:,})" for reason, count in reasons) or "none was kept"
    raise RunError(f"no record is left to train on: {why}. Loosen the recipe, or its `tune:`")


def _prepared(
    conversations: "Sequence[Conversation]", renderer: "Renderer", tune: Tune
) -> "Prepared":
    from curator.training.prepare import prepare

    return prepare(conversations, renderer, max_tokens=tune.max_tokens, over_long=tune.over_long)


def _planned(
    prepared: "Prepared", tune: Tune, folder: Path, asked: tuple[int, int]
) -> "tuple[Plan, Machine]":
    from transformers import AutoConfig

    from curator.training.machine import machine
    from curator.training.plan import plan
    from curator.training.shape import ModelShape

    seed, processes = asked
    shape = ModelShape.of(AutoConfig.from_pretrained(folder, local_files_only=True))
    found = machine()
    settings = training_of(tune, seed)
    return plan(shape, settings, prepared.lengths, found, processes=processes), found


def _packed(prepared: "Prepared", row_tokens: int, *, packing: bool) -> tuple[int, float]:
    from curator.training.pack import fill, one_each, pack

    lengths = prepared.lengths
    rows = len(pack(lengths, row_tokens) if packing else one_each(lengths))
    return rows, fill(lengths, rows, row_tokens)


def _epochs(plan: "Plan", rows: int, processes: int) -> float:
    return plan.steps * plan.rows * plan.accumulation * processes / max(1, rows)


def _sides(told: Told, prepared: "Sequence[Prepared]") -> list[Side]:
    found: list[Side] = []
    for (name, side), made in zip(told.sides.items(), prepared, strict=True):
        lengths: dict[str, int] = {}
        if made.examples:
            sizes = np.quantile(made.lengths, list(_QUANTILES.values())).astype(int).tolist()
            lengths = dict(zip(_QUANTILES, sizes, strict=True))
        counts = (len(side), len(made.examples), made.tokens, made.supervised)
        found.append(Side(name, *counts, lengths))
    return found


def _shown(
    conversations: "Sequence[Conversation]", prepared: "Prepared", renderer: "Renderer"
) -> list[ShownRecord]:
    """Write out a short and a middling record."""
    order = sorted(prepared.examples, key=lambda one: (len(one), one.id))
    chosen = {order[int(share * (len(order) - 1))].id: None for share in _SHARES}
    said = {one.id: one for one in conversations if one.id in chosen}
    found: list[ShownRecord] = []
    for id_ in chosen:
        written, *_ = renderer.written(said[id_])
        ((example, _),) = renderer.encode([written])
        places = [Place(*span) for span in written.learnt]
        counts = (len(example), int(example.supervised.sum()))
        found.append(ShownRecord(id_, *counts, pieces(written.text, places)))
    return found
