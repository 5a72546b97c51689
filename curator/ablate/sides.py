"""Sides: what is held out before any filter has a say, and what would give it away."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup import near_pairs
from curator.features import answered, asked, comparable
from curator.filters import DuplicateFilter
from curator.records import normalise
from curator.run import Run
from curator.splits import Neighbours, sides_of

Mask = NDArray[np.bool_]
TRAIN, HELD_OUT = "train", "held_out"
SHARES = {TRAIN: 90, HELD_OUT: 10}
_FLOOR = 0.7


@dataclass(frozen=True)
class Sides:
    """Where the records of a run are."""

    training: Mask
    """(records,), on the training side and near nothing that is held out."""
    held_out: Mask
    """(records,), by the hash of their prompt."""
    leaked: int
    """Records of the training side that nearly repeat a held-out one, here or in a file."""


def sides_in(run: Run, files: pl.DataFrame) -> Sides:
    """Split the records of a run, and take away what nearly repeats a held-out record.

    `files` are held-out records from elsewhere; whoever asks the same as one of them goes too.
    """
    records = run.records().select("prompt", "text").collect()
    sides = sides_of(records["prompt"], records["text"], SHARES)
    held_out = np.array([side == HELD_OUT for side in sides], np.bool_)
    outside = np.concatenate([held_out, np.ones(files.height, np.bool_)])
    near = np.zeros(len(outside), np.bool_)
    for neighbours in _neighbours(run, files):
        near |= neighbours.near(outside)
    near[: len(held_out)] |= _asked_in(records["prompt"], files)
    training = ~held_out & ~near[: len(held_out)]
    leaked = int(np.count_nonzero(~held_out & ~training))
    return Sides(training, held_out, leaked)


def _neighbours(run: Run, files: pl.DataFrame) -> Iterator[Neighbours]:
    """Read the pairs that the recipe's filters found, and find all near pairs, files included."""
    columns = (asked(), answered(), comparable())
    texts = pl.concat(
        [run.records().select(columns).collect(), files.select(columns)], how="vertical"
    )
    for entry in run.recipe.filters:
        if isinstance(entry, DuplicateFilter):
            yield Neighbours.of(run.pairs(entry.label).collect(), texts.height)
    yield Neighbours.of(near_pairs(texts, view="pair", floor=_FLOOR), texts.height)


def _asked_in(prompts: pl.Series, files: pl.DataFrame) -> Mask:
    """Mark the records that ask what a record of the files asks."""
    theirs = {normalise(prompt) for prompt in files["prompt"] if prompt}
    return np.array([normalise(prompt or "") in theirs for prompt in prompts], np.bool_)
