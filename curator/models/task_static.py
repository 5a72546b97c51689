"""The static task model: what a prompt asks for, by NumPy alone and a compiled pass.

Three voters are added up: hashed words and groups of words at the head and the tail of a prompt
(Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification"), signs such as questions,
options and given texts, and a small network over the embeddings of head and tail.
`benchmarks/training/task_static.py` trains it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from curator.models import _task_words_kernel as kernel
from curator.models.catalogue import card_of
from curator.models.embedders import embedder
from curator.models.store import file_of
from curator.models.task_parts import asked_parts
from curator.models.task_text import cue_table, read_features
from curator.models.tensors import Array, read_tensors

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
LOUDNESS = 4.0
"""What embeddings are multiplied by: their entries are small beside the signs."""
_ROWS = 4_096
"""How many prompts are read at once: it bounds the memory."""


class StaticTask:
    """Says what prompts ask for; made by `load`."""

    def __init__(self, tensors: dict[str, Array], embed: Embed) -> None:
        self._words = tensors["words"]
        self._scale = tensors["words_scale"].astype(np.float64)
        self._cues = cue_table(tensors["cues"])
        self._dense = {
            name: tensors[name].astype(np.float64)
            for name in ("signs", "hidden", "hidden_bias", "out", "bias")
        }
        self._embed = embed
        self.calibrations = tensors["calibration"].astype(np.float64)
        """Slope and offset for the log-odds of the likeliest coarse class: of this model alone, and
        of it with the encoder."""

    @classmethod
    def load(cls, path: Path, embed: Embed) -> Self:
        """Read a model file."""
        return cls(read_tensors(path), embed)

    def outputs(self, prompts: Sequence[str]) -> NDArray[np.float64]:
        """Return the outputs, one row a prompt: log-odds of classes, domains and forms, and more.

        They come in the order of the taxonomy: fine classes, domains, forms, difficulty, and
        whether two things are asked for.
        """
        parts = [self._outputs(prompts[at : at + _ROWS]) for at in range(0, len(prompts), _ROWS)]
        width = self._words.shape[1]
        return np.concatenate(parts) if parts else np.zeros((0, width))

    def _outputs(self, prompts: Sequence[str]) -> NDArray[np.float64]:
        features = read_features(prompts, self._cues)
        voted = kernel.sum_rows(features.hashed, features.ends, self._words) * self._scale
        signs = features.signs.astype(np.float64)
        kept = self._dense
        seen = np.hstack([signs, meaning_of(prompts, self._embed)])
        hidden = np.maximum(seen @ kept["hidden"] + kept["hidden_bias"], 0)
        found: NDArray[np.float64] = (
            voted + signs @ kept["signs"] + hidden @ kept["out"] + kept["bias"]
        )
        return found


def meaning_of(prompts: Sequence[str], embed: Embed) -> NDArray[np.float64]:
    """Return the embeddings of the head and of the tail of each prompt, side by side."""
    parts = [asked_parts(prompt) for prompt in prompts]
    sides = [embed([part[side] for part in parts]) for side in (0, 1)]
    return LOUDNESS * np.hstack(sides).astype(np.float64)


@cache
def static_task() -> StaticTask:
    """Load the bundled model, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    return StaticTask.load(file_of(card_of("task_static")), embedder("bundled").embed)
