"""Training: one arm with one seed, from the records it sees to what the model then knows."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from curator.ablate.held_out import HeldOutSet, ask
from curator.ablate.layout import RowsOf, rows_for
from curator.ablate.protocol import Budget
from curator.ablate.results import OnSet, Result
from curator.ablate.texts import Reading

if TYPE_CHECKING:
    from curator.training.conversation import Example
    from curator.training.plan import Plan
    from curator.training.settings import Training

DECAY = 0.98
"""Of the mean of weights: about the last fifty steps count."""
_LAST = 10


@dataclass(frozen=True)
class Bench:
    """What every training of an ablation shares."""

    base: Path
    """The folder of the model that all begin with."""
    digest: str
    """What is in it."""
    reading: Reading
    settings: "Training"
    budget: Budget
    sets: Mapping[str, HeldOutSet]

    def depends(self, examples: "Sequence[Example]", seed: int) -> dict[str, Any]:
        """Return all that a result depends on."""
        digest = xxhash.xxh3_128()
        for example in examples:
            digest.update(example.tokens.tobytes())
            digest.update(example.supervised.tobytes())
        return {
            "examples": digest.hexdigest(),
            "seed": seed,
            "base": self.digest,
            "budget": asdict(self.budget),
            "settings": asdict(self.settings),
            "sets": {name: one.key for name, one in self.sets.items()},
            "decay": DECAY,
        }


def train_arm(bench: Bench, arm: str, examples: "Sequence[Example]", seed: int) -> Result:
    """Train the base on some records, and ask the held-out sets; nothing is written."""
    from curator.training.quiet import without_bars

    began = time.perf_counter()
    rows = rows_for(examples, bench.budget)
    with without_bars():
        model, history = trained(bench, examples, rows, seed)
        sets = asked(bench, model)
    last = [line["loss"] for line in history[-max(1, len(history) // _LAST) :]]
    return Result(
        arm=arm,
        seed=seed,
        records=len({example.id for example in examples}),
        unique_tokens=sum(int(example.supervised.sum()) for example in examples),
        seen_tokens=sum(line["supervised_tokens"] for line in history),
        epochs=round(len(history) / rows.steps_an_epoch, 3),
        loss=round(float(np.mean(last)), 6),
        seconds=round(time.perf_counter() - began, 2),
        sets=sets,
    )


def trained(
    bench: Bench, examples: "Sequence[Example]", rows: RowsOf, seed: int
) -> tuple[Any, list[dict[str, Any]]]:
    """Return the trained model, and what each step came to."""
    from transformers import set_seed

    from curator.ablate.average import Averaged
    from curator.training.model import load_model
    from curator.training.train import train

    settings = replace(bench.settings, seed=seed, max_steps=bench.budget.steps)
    set_seed(seed)  # adapters begin at random
    model = load_model(bench.base, settings)
    planned = plan_of(model, examples, rows, bench, settings)
    found = train(
        model,
        bench.reading.renderer.tokenizer,
        examples,
        [],
        settings,
        None,
        callbacks=[Averaged(DECAY)],
        planned=planned,
    )
    return found.model, found.history


def plan_of(
    model: Any, examples: "Sequence[Example]", rows: RowsOf, bench: Bench, settings: "Training"
) -> "Plan":
    """Return the planner's plan, with our rows: as many of them in one pass as it thinks fit."""
    from curator.training.machine import machine
    from curator.training.plan import plan
    from curator.training.shape import ModelShape

    lengths = [len(example) for example in examples]
    each = rows.each
    wanted = replace(settings, batch_tokens=each * rows.width)
    found = plan(ModelShape.of(model.config), wanted, lengths, machine())
    fits = [n for n in range(1, each + 1) if each % n == 0 and n * rows.width <= found.micro_tokens]
    passes = max(fits, default=1)
    return replace(
        found,
        row_tokens=rows.width,
        rows=passes,
        accumulation=each // passes,
        steps=bench.budget.steps,
    )


def asked(bench: Bench, model: Any) -> dict[str, OnSet]:
    """Ask every held-out set; answers are written for the first, the clean one."""
    return {
        name: ask(model, one, bench.reading, answers=place == 0)
        for place, (name, one) in enumerate(bench.sets.items())
    }
