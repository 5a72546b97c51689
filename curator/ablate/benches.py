"""Benches: the model that all arms begin with, and the run in its tokens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.ablate.arms import arms_of
from curator.ablate.base import LARGE, SIZES, TINY_RATE, Size, micro_base, micro_place, tiny_base
from curator.ablate.choosing import largest_affordable, seconds_of, whole_budget
from curator.ablate.material import Material, Told, material_of
from curator.ablate.micro import BUDGET
from curator.ablate.texts import Reading
from curator.ablate.training import Bench
from curator.ablate.wanted import Wanted
from curator.models import digest_of_folder
from curator.recipe import Tune
from curator.run import Run
from curator.tune.base import TINY, base_folder
from curator.tune.settings import training_of

if TYPE_CHECKING:
    from curator.training.settings import Training

Note = Callable[[str], None]
_MICRO_TOKENS = 256
_TINY_TOKENS = 512
_FEWEST_ROW = 512
_RARE = 0.3


@dataclass(frozen=True)
class Benched:
    """What trainings share, and what they are given."""

    bench: Bench
    material: Material
    size: int | None = None
    """The place of a model of our own among the sizes there are; None for any other."""


def bench_of(wanted: Wanted, told: Told, out: Path, size: int | None, note: Note) -> Benched:
    """Find or make the model, and write everything in its tokens.

    A model of our own has the `size` that is given, or the largest for which there is time.
    """
    if wanted.micro:
        settings = _tiny_settings(Tune(), _MICRO_TOKENS)
        if not micro_place().is_dir():
            note("making the model that all begin with: once, in about a minute; it is kept")
        bench, material = _bench(told, micro_base(settings), settings, constructed=True)
        return Benched(replace(bench, budget=BUDGET), material)
    tune = _tune(told.run)
    if wanted.model != TINY:
        base = base_folder(wanted.model, told.texts)
        return Benched(*_bench(told, base, training_of(tune, 0)))
    settings = _tiny_settings(tune, _TINY_TOKENS)
    sizes = sizes_here()
    if size is not None:
        base = tiny_base(out / "base" / str(size), told.texts(), sizes[size])
        return Benched(*_bench(told, base, settings), size)
    first = tiny_base(out / "base" / "0", told.texts(), sizes[0])
    bench, material = _bench(told, first, settings)
    place = _largest(wanted, bench, material, sizes)
    note(f"model: our own, {sizes[place].width} wide and {sizes[place].layers} layers deep")
    if place:
        base = tiny_base(out / "base" / str(place), told.texts(), sizes[place])
        bench = replace(bench, base=base, digest=digest_of_folder(base))
    return Benched(bench, material, place)


def sizes_here() -> list[Size]:
    """Return the sizes of models that are made on a machine like this, the smallest first."""
    import torch

    return [*SIZES, *(LARGE if torch.cuda.is_available() else ())]


def _largest(wanted: Wanted, bench: Bench, material: Material, sizes: list[Size]) -> int:
    """Choose the largest model with which every arm is trained in time, or else the smallest."""
    arms = [arm for arm in arms_of(material.pool) if wanted.takes(arm)]
    seconds = seconds_of(bench, material.examples_of(arms[0], 0))
    words = len(bench.reading.renderer.tokenizer)
    costs = [size.parameters(words) / sizes[0].parameters(words) for size in sizes]
    return largest_affordable(seconds, costs, wanted.seeds * len(arms), wanted.minutes * 60)


def _bench(
    told: Told, base: Path, settings: "Training", *, constructed: bool = False
) -> tuple[Bench, Material]:
    from curator.training.model import load_tokenizer
    from curator.training.render import Renderer

    reading = Reading(Renderer(load_tokenizer(base)), settings.max_tokens)
    material = material_of(told, reading, constructed=constructed)
    raw = material.pool.tokens[material.pool.usable]
    longest = max(len(one) for made in material.examples for one in made)
    per_row = max(1, round(_RARE * max(_FEWEST_ROW, 2 * longest)))
    budget = whole_budget(int(raw.sum()), per_row)
    digest = digest_of_folder(base)
    return Bench(base, digest, reading, settings, budget, material.sets), material


def _tune(run: Run) -> Tune:
    return run.recipe.tune or Tune()


def _tiny_settings(tune: Tune, max_tokens: int) -> "Training":
    """Return the settings of a model with random weights: all of them are trained, and fast."""
    changes: dict[str, Any] = {
        "method": "full",
        "learning_rate": TINY_RATE,
        "schedule": "cosine",
        "warmup": 0.05,
        "weight_decay": 0.0,
        "max_tokens": min(tune.max_tokens, max_tokens),
        "micro_tokens": None,
        "precision": "float32",
        "compile": "off",
    }
    return training_of(tune.model_copy(update=changes), 0)
