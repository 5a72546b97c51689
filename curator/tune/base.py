"""Base: the folder of the model that a name means, which is fetched from nowhere."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import xxhash

from curator.errors import MissingExtraError, ModelError
from curator.models import Named, folder_of
from curator.places import cache_folder
from curator.recipe import Tune
from curator.run import Run

TINY = "tiny"
"""The name of the small model with random weights that is made on the spot."""
_OPENINGS = (".", "/", "~")
_SHAPE = "1"
"""Raised when a tiny model of the same texts becomes another one."""


def base_folder(name: str, texts: Callable[[], Iterable[str]]) -> Path:
    """Return the folder of a model: `tiny`, a path, or a hub id that is on this machine.

    `texts` are what the tokenizer of a tiny model is learnt from; equal texts make an equal model,
    which is kept in the cache.

    Raises:
        MissingExtraError: torch, transformers, peft or accelerate is not installed.
        ModelError: there is no such model here.
    """
    need_training(f"the model {name}")
    if name == TINY:
        return _tiny(list(texts()))
    place = name.removeprefix("hub:")
    is_folder = not place.startswith(_OPENINGS) and Path(place).is_dir()
    return folder_of(Named("hub", f"./{place}" if is_folder else place))


def base_of(run: Run, settings: Tune) -> Path:
    """Return the folder of the model that a run's settings name."""
    return base_folder(settings.model, lambda: _kept_texts(run))


def _kept_texts(run: Run) -> list[str]:
    texts = run.records(kept=True).select(pl.concat_list("prompt", "response").explode())
    return texts.collect().to_series().drop_nulls().to_list()


def need_training(purpose: str) -> None:
    """Make sure that the extra `tune` is installed, without importing it.

    Raises:
        MissingExtraError: one of its packages is not installed.
    """
    for package in ("torch", "transformers", "peft", "accelerate"):
        if find_spec(package) is None:
            raise MissingExtraError(package, "tune", purpose)


def _tiny(texts: list[str]) -> Path:
    """Make a tiny model, or find the one that was made of the same texts."""
    from curator.training.quiet import without_bars
    from curator.training.tiny import make_tiny

    if not any(texts):
        raise ModelError("a tiny model learns its words from the kept records, and there are none")
    seen = xxhash.xxh3_128_hexdigest("\0".join([_SHAPE, *texts]).encode("utf-8", "replace"))
    place = cache_folder() / "models" / f"tiny-{seen[:16]}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as temporary:
            with without_bars():
                made = make_tiny(Path(temporary) / place.name, texts)
            if not place.is_dir():
                shutil.move(made, place)
    return place
