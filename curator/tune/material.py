"""Material: everything a training needs of a run, as tokens of the model it is to teach."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from curator.errors import RunError
from curator.recipe import Tune
from curator.run import Run
from curator.tune.base import base_of, need_training
from curator.tune.conversations import Told, conversations_of

if TYPE_CHECKING:
    from curator.training.prepare import LeftOut, Prepared
    from curator.training.render import Renderer


@dataclass(frozen=True)
class Material:
    """What is trained on and what is watched, with the model that both are written for."""

    base: Path
    """The folder of the model."""
    renderer: "Renderer"
    told: Told
    sides: "list[Prepared]"
    """As tokens, in the order of `told.sides`: the one that is trained on first."""

    @property
    def training(self) -> "Prepared":
        """What is trained on."""
        return self.sides[0]

    @property
    def held_out(self) -> "Prepared":
        """What is watched meanwhile; nothing without a second split."""
        from curator.training.prepare import Prepared

        return self.sides[1] if len(self.sides) > 1 else Prepared()

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the model."""
        return self.renderer.tokenizer

    @property
    def lost(self) -> "list[LeftOut]":
        """The kept records that are neither trained on nor watched, and why."""
        return [*self.told.left_out, *(one for side in self.sides for one in side.left_out)]

    @property
    def left_out(self) -> dict[str, int]:
        """How many records are left out for each reason, the commonest first."""
        return dict(Counter(one.reason for one in self.lost).most_common())

    @property
    def digest(self) -> str:
        """The xxh3-128 of all that is learnt and watched: ids, tokens, and which are learnt."""
        found = xxhash.xxh3_128()
        for place, side in enumerate(self.sides):
            for example in side.examples:
                found.update(f"{place} {example.id} {len(example)}".encode())
                found.update(example.tokens.tobytes())
                found.update(example.supervised.tobytes())
        return found.hexdigest()

    @property
    def fingerprint(self) -> str:
        """The xxh3-128 of what is trained on, in order: ids begin with the hash of a content."""
        ids = "\n".join(example.id for example in self.training.examples)
        return xxhash.xxh3_128_hexdigest(ids.encode())


def material_of(run: Run, settings: Tune, base: Path | None = None) -> Material:
    """Gather what a run has to teach the model in `base`, or the one that the settings name.

    Raises:
        MissingExtraError: the extra `tune` is not installed.
        ModelError: there is no such model, or its template ends no answer.
        RunError: nothing is left to train on.
    """
    need_training("training a model")
    from curator.training.model import load_tokenizer
    from curator.training.prepare import prepare
    from curator.training.render import Renderer

    told = conversations_of(run, settings.splits)
    if not told.training:
        raise _nothing(told.left_out)
    base = base or base_of(run, settings)
    renderer = Renderer(load_tokenizer(base), learn_from=settings.learn_from)
    sides = [
        prepare(one, renderer, max_tokens=settings.max_tokens, over_long=settings.over_long)
        for one in told.sides.values()
    ]
    found = Material(base, renderer, told, sides)
    if not found.training.examples:
        raise _nothing(found.lost)
    return found


def _nothing(left_out: "Sequence[LeftOut]") -> RunError:
    reasons = Counter(one.said or one.reason for one in left_out).most_common(3)
    why = "; ".join(f"{reason} ({count:,})" for reason, count in reasons) or "none was kept"
    return RunError(f"no record is left to train on: {why}. Loosen the recipe, or its `tune:`")
