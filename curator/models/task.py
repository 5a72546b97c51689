"""Task: the bundled models that say what a prompt asks for, behind one face."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of

if TYPE_CHECKING:
    from curator.models.task_encoder import EncoderTask
    from curator.models.task_static import StaticTask

Floats = NDArray[np.float64]
Tier = Literal["bundled", "encoder"]
_FILES = {
    "bundled": ("embedder", "embedder_pieces", "task_static"),
    "encoder": ("encoder_pieces", "encoder_trunk", "task_head"),
}


class TaskModel:
    """Says what prompts ask for; made by `task_model`."""

    def __init__(self, static: "StaticTask", encoder: "EncoderTask | None") -> None:
        self._static, self._encoder = static, encoder

    def outputs(self, prompts: Sequence[str]) -> Floats:
        """Return the static model's outputs, one row a prompt, in the order of the taxonomy.

        Log-odds of fine classes, domains and forms, then the difficulty, and the log-odds that two
        things are asked for.
        """
        return self._static.outputs(prompts)

    def vote(self, prompts: Sequence[str], fine: Floats) -> Floats:
        """Return the log-odds of fine classes with the encoder's vote, where there is one."""
        return fine if self._encoder is None else self._encoder.vote(prompts, fine)

    def confidence(self, chances: Floats) -> Floats:
        """Return how likely it is that a class is right which got this chance (Platt 1999)."""
        slope, offset = self._static.calibrations[0 if self._encoder is None else 1]
        odds = np.clip(chances, 1e-9, 1 - 1e-9)
        found: Floats = 1 / (1 + np.exp(-slope * np.log(odds / (1 - odds)) - offset))
        return found


@cache
def task_model(tier: Tier) -> TaskModel:
    """Load a bundled model, once a process: `bundled` alone, or helped by the `encoder`.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    from curator.models.task_static import static_task

    if tier == "bundled":
        return TaskModel(static_task(), None)
    from curator.models.task_encoder import encoder_task

    return TaskModel(static_task(), encoder_task())


def task_files(tier: Tier) -> dict[str, str]:
    """Return the sha256 of each file that a tier reads, by its name."""
    names = _FILES["bundled"] + (_FILES["encoder"] if tier == "encoder" else ())
    return {name: card_of(name).sha256 for name in names}
