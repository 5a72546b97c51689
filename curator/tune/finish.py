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
from curator.run.layout import TUNED_SCORES
from curator.splits import sides_in_order
from curator.tune.card import write_model_card
from curator.tune.hardness import read_losses, write_scores
from curator.tune.material import Material
from curator.tune.tuned import Compared, Side, Tuned

if TYPE_CHECKING:
    from curator.training.conversation import Conversation, Example
    from curator.training.nll import Losses
    from curator.training.prepare import Prepared

_COMPARED = 4
"""Records whose logits are compared: one shows a wrong matrix, and the rest cost little."""
TUNED = "tuned.json"
"""What is known of a finished training; written last."""
_HARDEST = 5
_TRAINERS = ("torch", "transformers", "peft", "accelerate")


@dataclass(frozen=True)
class Before:
    """What the model made of the splits before it was trained."""

    validation: float | None
    """Nats per learnt token of the validation split; null where there is none."""
    each: "Losses | None"
    """The losses of each training example, where they were asked for."""


@dataclass(frozen=True)
class Outcome:
    """What came of a training, before its files are written."""

    model: Any
    steps: int
    epochs: float
    best_step: int | None
    """The step whose weights these are, where they are not the last one's."""
    seconds: float


def finish(
    run: Run, folder: Path, settings: Tune, material: Material, known: tuple[Before, Outcome]
) -> Tuned:
    """Write the model, check its files, and write what is known of it last of all."""
    before, outcome = known
    taught = material.training.examples
    after = mean_loss(outcome.model, material.held_out.examples)
    hardest: dict[str, float] = {}
    if before.each is not None:
        losses = (before.each, read_losses(outcome.model, taught))
        found = write_scores(folder / TUNED_SCORES, outcome.model, taught, losses)
        hardest = dict(found.select("id", "loss_after").head(_HARDEST).iter_rows())
    tuned = Tuned(
        base=settings.model,
        settings=settings,
        seed=run.recipe.seed,
        **_sides(settings, material),
        left_out=material.left_out,
        fingerprint=material.fingerprint,
        steps=outcome.steps,
        epochs=outcome.epochs,
        best_step=outcome.best_step,
        precision=str(outcome.model.dtype).removeprefix("torch."),
        device=device_name(),
        seconds=round(outcome.seconds, 1),
        before=before.validation,
        after=after,
        hardest=hardest,
        compared=_saved(folder, outcome.model, material),
        versions=_versions(),
    )
    card = write_model_card(run, tuned)
    for place in (folder / "model", folder / "adapter"):
        if place.is_dir():
            write_text(place / "README.md", card)
    write_text(folder / TUNED, tuned.model_dump_json(indent=2) + "\n")
    return tuned


def _saved(folder: Path, model: Any, material: Material) -> Compared:
    """Write the model and its adapter, and say how far their files are from what was trained."""
    from curator.training.merge import save_trained

    shown = (material.held_out.examples or material.training.examples)[:_COMPARED]
    found = save_trained(model, material.tokenizer, folder, shown, material.renderer.ends)
    return Compared(
        records=len(shown),
        largest=max(found.merged, found.reloaded),
        agreement=found.agreement,
        scale=found.scale,
    )


def _sides(settings: Tune, material: Material) -> dict[str, Side | None]:
    names, told = sides_in_order(settings.splits), material.told
    held_out = material.held_out
    return {
        "training": _side(names[0], told.training, material.training),
        "validation": _side(names[1], told.held_out, held_out) if held_out.examples else None,
    }


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
