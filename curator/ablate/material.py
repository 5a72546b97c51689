"""Material: a run as pools and held-out sets, in tokens of the model that all arms begin with."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.ablate.arms import Arm, Pool
from curator.ablate.decided import kept_by, kept_without_each
from curator.ablate.held_out import HeldOutSet, own_questions
from curator.ablate.protocol import Origin
from curator.ablate.sides import Sides, sides_in
from curator.ablate.texts import Reading, conversations_in, conversations_in_run, read_files
from curator.ablate.trial import CLEAN, OTHER, UNTOUCHED
from curator.errors import CuratorError
from curator.run import Run

if TYPE_CHECKING:
    from curator.training.conversation import Conversation, Example


@dataclass(frozen=True)
class Told:
    """A run as conversations, before any model has seen them."""

    run: Run
    conversations: "list[Conversation | None]"
    sides: Sides
    clean: pl.DataFrame
    """Records of the files that are said to be clean; empty where nobody names one."""
    other: pl.DataFrame
    """Records of the files from elsewhere; our own questions where nobody names one."""

    def texts(self) -> Iterable[str]:
        """Return what may be trained on, of all arms, for a tokenizer that favours none."""
        for usable, one in zip(self.sides.training, self.conversations, strict=True):
            if usable and one is not None:
                yield "\n".join(str(turn["content"]) for turn in one.messages)


@dataclass(frozen=True)
class Material:
    """The same in tokens."""

    reading: Reading
    examples: "list[list[Example]]"
    """By record; none where it cannot be learnt from."""
    pool: Pool
    sets: dict[str, HeldOutSet]
    clean: Origin
    unusable: int
    """Records of the training side that nothing can be learnt from."""

    def examples_of(self, arm: Arm, seed: int) -> "list[Example]":
        """Return what one training of an arm sees, in the order of the run."""
        rows = arm.drawn(self.pool.tokens, seed)
        return [example for row in rows for example in self.examples[row]]


def told_of(run: Run, clean: Iterable[Path], other: Iterable[Path], spooled: Path) -> Told:
    """Read a run and the held-out files, and split them."""
    files = [read_files(paths, spooled) for paths in (clean, other)]
    files[1] = files[1] if files[1].height else own_questions()
    sides = sides_in(run, pl.concat(files))
    return Told(run, conversations_in_run(run), sides, files[0], files[1])


def material_of(told: Told, reading: Reading, *, constructed: bool) -> Material:
    """Write everything in tokens.

    `constructed` says that the clean files are clean by construction.

    Raises:
        CuratorError: nothing is left to train on, or to measure by.
    """
    sides, kept = told.sides, kept_by(told.run)
    usable = [
        one if training else None
        for one, training in zip(told.conversations, sides.training, strict=True)
    ]
    examples = reading.examples(usable)
    tokens = [sum(int(one.supervised.sum()) for one in made) for made in examples]
    pool = Pool(
        usable=sides.training & np.array([count > 0 for count in tokens], np.bool_),
        tokens=np.array(tokens, np.int64),
        kept=kept,
        without=kept_without_each(told.run),
    )
    origin: Origin = "recipe"
    if told.clean.height:
        origin = "construction" if constructed else "files"
    unusable = int(np.count_nonzero(sides.training & ~pool.usable))
    sets = _sets(told, kept, reading)
    material = Material(reading, examples, pool, sets, origin, unusable)
    _refuse_nothing(material, told.run)
    return material


def _sets(told: Told, kept: "np.ndarray", reading: Reading) -> dict[str, HeldOutSet]:
    """Return the held-out sets that hold anything, the clean one first."""
    raw = [one for one, out in zip(told.conversations, told.sides.held_out, strict=True) if out]
    stays = kept[told.sides.held_out]
    clean: list[Conversation | None]
    if told.clean.height:
        clean = list(conversations_in(told.clean))
    else:
        clean = [one for one, stay in zip(raw, stays, strict=True) if stay]
    sets = {CLEAN: HeldOutSet.of(clean, reading), UNTOUCHED: HeldOutSet.of(raw, reading)}
    sets[OTHER] = HeldOutSet.of(list(conversations_in(told.other)), reading)
    return {name: one for name, one in sets.items() if one.examples}


def _refuse_nothing(material: Material, run: Run) -> None:
    if CLEAN not in material.sets:
        raise CuratorError(
            f"no held-out record of {run.path} can be read: name a file of good answers with "
            f"--held-out, or give the recipe more data"
        )
    if not (material.pool.usable & material.pool.kept).any():
        raise CuratorError(
            f"{run.path} has no kept record to train on: look at its report, or at --held-out, for "
            f"what nearly repeats a held-out record is left out of every arm"
        )
