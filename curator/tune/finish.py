"""Finish: a training that is done becomes files that were checked, a card, and scores."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import curator
from curator.recipe import Tune
from curator.run import Run, write_text
from curator.splits import sides_in_order
from curator.tune.card import write_model_card
from curator.tune.material import Material
from curator.tune.tuned import Compared, Side, Tuned

if TYPE_CHECKING:
    from curator.training.conversation import Conversation, Example
    from curator.training.prepare import Prepared

_COMPARED = 4
"""Records whose logits are compared: one shows a wrong matrix, and the rest cost little."""
_TRAINERS = ("torch", "transformers", "peft", "accelerate")


@dataclass(frozen=True)
class Outcome:
    """What came of a training, before its files are written."""

    model: Any
    steps: int
    epochs: float
    best_step: int | None
    """The step whose weights these are, where they are not the last one's."""
    seconds: float
    before: float | None
    """Loss on the validation split before, in nats per learnt token."""


def finish(run: Run, folder: Path, settings: Tune, material: Material, outcome: Outcome) -> Tuned:
    """Write the model, check its files, and write what is known of it last of all."""
    from curator.training.merge import save_trained

    held_out = material.held_out.examples
    shown = (held_out or material.training.examples)[:_COMPARED]
    model = outcome.model
    after = mean_loss(model, held_out)
    parity = save_trained(model, material.tokenizer, folder, shown, material.renderer.ends)
    largest = max(parity.merged, parity.reloaded)
    names = sides_in_order(settings.splits)
    tuned = Tuned(
        base=settings.model,
        settings=settings,
        seed=run.recipe.seed,
        training=_side(names[0], material.told.training, material.training),
        validation=_side(names[1], material.told.held_out, material.held_out) if held_out else None,
        left_out=material.left_out,
        fingerprint=material.fingerprint,
        steps=outcome.steps,
        epochs=outcome.epochs,
        best_step=outcome.best_step,
        precision=str(model.dtype).removeprefix("torch."),
        device=device_name(),
        seconds=round(outcome.seconds, 1),
        before=outcome.before,
        after=after,
        compared=Compared(
            records=len(shown), largest=largest, agreement=parity.agreement, scale=parity.scale
        ),
        versions=_versions(),
    )
    card = write_model_card(run, tuned)
    for place in (folder / "model", folder / "adapter"):
        if place.is_dir():
            write_text(place / "README.md", card)
    write_text(folder / "tuned.json", tuned.model_dump_json(indent=2) + "\n")
    return tuned


def mean_loss(model: Any, examples: "Sequence[Example]") -> float | None:
    """Return the loss over some examples in nats per learnt token; None where there are none."""
    from curator.training.nll import nll

    if not examples:
        return None
    found = nll(model, examples, max(len(example) for example in examples))
    return float(found.nll.sum() / found.tokens.sum())


def device_name() -> str:
    """Name where the model is trained, as people call it."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def _side(name: str, conversations: "Sequence[Conversation]", prepared: "Prepared") -> Side:
    learnt = {example.id for example in prepared.examples}
    return Side(
        name=name,
        records=sum(one.id in learnt for one in conversations),
        tokens=prepared.tokens,
        learnt=prepared.supervised,
    )


def _versions() -> dict[str, str]:
    found = {"curator": curator.__version__, "python": platform.python_version()}
    return found | {name: version(name) for name in _TRAINERS}
