"""Held out: the records of a run that no model tuned on it has seen, nor anything near them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from curator.errors import InputError
from curator.export.rows import LEAK
from curator.recipe import Tune
from curator.run import Run
from curator.training.conversation import Conversation
from curator.tune.conversations import conversations_of
from curator.tune.tuned import Tuned

_TUNED = "tuned.json"


@dataclass(frozen=True)
class HeldOut:
    """The held-out side of a run."""

    side: str
    conversations: list[Conversation]
    left_out: dict[str, int]
    """Records that are not counted, by reason; `split.leak` is nearly one that is trained on."""
    settings: Tune


def held_out_of(run: Run, model: str, most: int) -> HeldOut:
    """Return the side of a run that was held out when a model was tuned, at most `most` records.

    The split is the one that the model was tuned with, or else that of the recipe. Of more records
    those with the first ids are taken; an id begins with a hash, so that they are any.
    """
    settings = _settings(run, model)
    told = conversations_of(run, settings.splits)
    names = list(told.sides)
    chosen = sorted({one.id: one for one in told.held_out}.values(), key=lambda one: one.id)
    leaks = Counter(one.reason for one in told.left_out if one.reason == LEAK)
    left_out = dict(leaks) | (
        {"beyond the limit": extra} if (extra := len(chosen) - most) > 0 else {}
    )
    return HeldOut(
        side=names[1] if len(names) > 1 else "",
        conversations=chosen[:most],
        left_out=left_out,
        settings=settings,
    )


def tuned_as(model: str) -> Tuned | None:
    """Return what `curator tune` wrote about a model; none where somebody else made it.

    Raises:
        InputError: the file is there, and cannot be read.
    """
    folder = Path(model)
    for path in (folder / _TUNED, folder.parent / _TUNED):
        if path.is_file():
            try:
                return Tuned.read(path.read_text("utf-8"))
            except ValidationError as error:
                raise InputError(f"{path} is not what `curator tune` writes: {error}") from error
    return None


def _settings(run: Run, model: str) -> Tune:
    tuned = tuned_as(model)
    return tuned.settings if tuned else run.recipe.tune or Tune()
