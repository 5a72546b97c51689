"""Dry run: all that is known of a training run before a second of it is spent."""

from collections import Counter
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curator.recipe import Tune
from curator.report.shown import Piece, Place, pieces, shown
from curator.run import Run
from curator.tune.base import need_training
from curator.tune.material import Material, material_of
from curator.tune.settings import training_of

if TYPE_CHECKING:
    from curator.training.lint import Notice
    from curator.training.machine import Machine
    from curator.training.plan import Plan
    from curator.training.prepare import LeftOut, Prepared

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


def dry_run(run: Run, tune: Tune, folder: Path | None = None, *, processes: int = 1) -> DryRun:
    """Do everything but train: read, render, check, pack and plan for the model in `folder`.

    Without a folder it is the model that the settings name. Raises what `material_of` does.
    """
    need_training("training a model")
    from curator.training.lint import lint

    found = material_of(run, tune, folder)
    prepared, others = found.training, [*found.told.left_out]
    others += [one for side in found.sides[1:] for one in side.left_out]
    notices = lint(found.told.training, prepared, found.renderer, others=others)
    plan, machine = _planned(prepared, tune, found.base, (run.recipe.seed, processes))
    rows, fill = _packed(prepared, plan.row_tokens, packing=tune.packing)
    spent = None if plan.seconds is None else plan.seconds / _SECONDS_AN_HOUR
    return DryRun(
        run=run.recipe.name,
        model=tune.model,
        method=tune.method,
        kept=run.manifest.counts["kept"],
        sides=_sides(found),
        left_out=[replace(one, said=shown(one.said)) for one in found.lost],
        notices=[replace(one, text=shown(one.text)) for one in notices],
        records=_shown(found),
        rows=rows,
        fill=fill,
        epochs=_epochs(plan, rows, processes),
        plan=plan,
        machine=machine,
        cost=None if spent is None or tune.price_per_hour is None else spent * tune.price_per_hour,
    )


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
    """Return how often records are seen; the last step of an epoch has the rows that are left."""
    return plan.steps / max(1, ceil(rows / (plan.rows * plan.accumulation * processes)))


def _sides(material: Material) -> list[Side]:
    found: list[Side] = []
    for (name, side), made in zip(material.told.sides.items(), material.sides, strict=True):
        lengths: dict[str, int] = {}
        if made.examples:
            sizes = np.quantile(made.lengths, list(_QUANTILES.values())).astype(int).tolist()
            lengths = dict(zip(_QUANTILES, sizes, strict=True))
        counts = (len(side), len(made.examples), made.tokens, made.supervised)
        found.append(Side(name, *counts, lengths))
    return found


def _shown(material: Material) -> list[ShownRecord]:
    """Write out a short and a middling record."""
    renderer = material.renderer
    order = sorted(material.training.examples, key=lambda one: (len(one), one.id))
    chosen = {order[int(share * (len(order) - 1))].id: None for share in _SHARES}
    said = {one.id: one for one in material.told.training if one.id in chosen}
    found: list[ShownRecord] = []
    for id_ in chosen:
        written, *_ = renderer.written(said[id_])
        ((example, _),) = renderer.encode([written])
        places = [Place(*span) for span in written.learnt]
        counts = (len(example), int(example.supervised.sum()))
        found.append(ShownRecord(id_, *counts, pieces(written.text, places)))
    return found
