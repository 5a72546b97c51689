"""Material: everything a training needs of a run, as tokens of the model it is to teach."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from curator.errors import CuratorError
from curator.recipe import Tune
from curator.run import Run
from curator.tune.base import base_of
from curator.tune.conversations import Told, conversations_of

if TYPE_CHECKING:
    from curator.training.prepare import Prepared
    from curator.training.render import Renderer


@dataclass(frozen=True)
class Material:
    """What is trained on and what is watched, with the model that both are written for."""

    base: Path
    """The folder of the model."""
    renderer: "Renderer"
    told: Told
    training: "Prepared"
    held_out: "Prepared"

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the model."""
        return self.renderer.tokenizer

    @property
    def left_out(self) -> dict[str, int]:
        """Count the kept records that are neither trained on nor watched, by reason."""
        lost = (*self.told.left_out, *self.training.left_out, *self.held_out.left_out)
        return dict(sorted(Counter(one.reason for one in lost).items()))

    @property
    def fingerprint(self) -> str:
        """The xxh3-128 of what is trained on, in order: ids begin with the hash of a content."""
        ids = "\n".join(example.id for example in self.training.examples)
        return xxhash.xxh3_128_hexdigest(ids.encode())


def material_of(run: Run, settings: Tune) -> Material:
    """Gather what a run has to teach a model.

    Raises:
        MissingExtraError: the extra `tune` is not installed.
        ModelError: there is no such model, or its template cannot be learnt from.
        CuratorError: nothing is left to train on.
    """
    told = conversations_of(run, settings.splits)
    if not told.training:
        raise _nothing(run, Counter(one.reason for one in told.left_out))
    base = base_of(run, settings)
    from curator.training.model import load_tokenizer
    from curator.training.prepare import prepare
    from curator.training.render import Renderer

    renderer = Renderer(load_tokenizer(base), learn_from=settings.learn_from)
    training, held_out = (
        prepare(one, renderer, max_tokens=settings.max_tokens, over_long=settings.over_long)
        for one in (told.training, told.held_out)
    )
    found = Material(base, renderer, told, training, held_out)
    if not training.examples:
        raise _nothing(run, found.left_out)
    return found


def _nothing(run: Run, left_out: Mapping[str, int]) -> CuratorError:
    why = ", ".join(f"{reason} {count:,}" for reason, count in left_out.items())
    return CuratorError(
        f"{run.path} has nothing to train on ({why or 'no record was kept for the first split'}): "
        f"look at its report, or at `splits` of `tune:`"
    )
