"""The encoder's vote on tasks: a small network over what the bundled trunk makes of a prompt.

It reads the mean, the greatest and the first of the trunk's states. `benchmarks/training/
task_encoder.py` trains it.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of
from curator.models.store import file_of
from curator.models.task_parts import encoder_text
from curator.models.tensors import Array, read_tensors

if TYPE_CHECKING:
    from curator.models.encoder import Trunk

Floats = NDArray[np.float64]
PIECES = 120
"""Word pieces of a prompt that are read."""
CLEAR = 0.95
"""Chance of the static model's likeliest fine class from which on the encoder is not asked."""
SHARE = 0.5
"""What the encoder's log-odds count for where both have read, chosen on held-out prompts."""


class EncoderTask:
    """Votes on the classes of prompts; made by `load`."""

    def __init__(self, trunk: "Trunk", tensors: dict[str, Array]) -> None:
        self._trunk = trunk
        self._kept = {name: one.astype(np.float64) for name, one in tensors.items()}
        slope, offset = map(float, tensors["calibration"])
        self.calibration = (slope, offset)
        """Of the log-odds of the likeliest coarse class."""
        self._vote = lru_cache(maxsize=1 << 13)(self._vote_on)

    @classmethod
    def load(cls, path: Path, trunk: "Trunk") -> Self:
        """Read the network."""
        return cls(trunk, read_tensors(path))

    def vote(self, prompts: Sequence[str], outputs: Floats) -> Floats:
        """Return the static model's outputs with those of the encoder where they are unsure."""
        classes = len(self._kept["bias"])
        fine = outputs[:, :classes]
        powers = np.exp(fine - fine.max(1, keepdims=True))
        unsure = np.flatnonzero(powers.max(1) / powers.sum(1) < CLEAR)
        found = outputs.copy()
        for place in map(int, unsure):
            own = fine[place] - fine[place].mean()
            found[place, :classes] = (1 - SHARE) * own + SHARE * self._vote(prompts[place])
        return found

    def _vote_on(self, prompt: str) -> Floats:
        kept = self._kept
        seen = (pooled(self._trunk, prompt) - kept["mean"]) / kept["spread"]
        hidden = np.maximum(seen @ kept["hidden"] + kept["hidden_bias"], 0)
        voted = hidden @ kept["out"] + kept["bias"]
        found: Floats = voted - voted.mean()
        return found


def pooled(trunk: "Trunk", prompt: str) -> NDArray[np.float32]:
    """Return the mean, the greatest and the first of the trunk's states for a prompt."""
    states = trunk.read(encoder_text(prompt), PIECES)[0]
    return np.concatenate([states.mean(0), states.max(0), states[0]])


@cache
def encoder_task() -> EncoderTask:
    """Load the bundled network, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    from curator.models.encoder import bundled_trunk

    return EncoderTask.load(file_of(card_of("task_encoder")), bundled_trunk())
