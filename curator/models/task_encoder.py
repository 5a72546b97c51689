"""The encoder's vote on tasks: a head over what the bundled trunk makes of a prompt.

`benchmarks/training/task_head.py` trains it.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of
from curator.models.store import file_of
from curator.models.task_parts import encoder_text

if TYPE_CHECKING:
    from curator.models.encoder import Head, Trunk
    from curator.models.tensors import Array

Floats = NDArray[np.float64]
HEAD, TAIL = 64, 32
"""Word pieces that are read at the two ends of a longer prompt."""
SHARE = 0.7
"""What the encoder's log-odds count for where both have read, chosen on held-out prompts."""


class EncoderTask:
    """Votes on the classes of prompts."""

    def __init__(self, trunk: "Trunk", head: "Head") -> None:
        self._trunk, self._head = trunk, head
        self._vote = lru_cache(maxsize=1 << 13)(self._vote_on)

    def vote(self, prompts: Sequence[str], fine: Floats) -> Floats:
        """Return the static model's log-odds of fine classes, blended with those of the head."""
        if not prompts:
            return fine
        return blend(fine, np.stack([self._vote(prompt) for prompt in prompts]))

    def _vote_on(self, prompt: str) -> Floats:
        return self._head.judge(read_prompt(self._trunk, prompt)).astype(np.float64)


def blend(static: Floats, encoder: Floats) -> Floats:
    """Return the log-odds of fine classes by both models."""
    first, second = (one - one.mean(1, keepdims=True) for one in (static, encoder))
    found: Floats = (1 - SHARE) * first + SHARE * second
    return found


def read_prompt(trunk: "Trunk", prompt: str) -> "Array":
    """Return the trunk's states for the head and the tail of a prompt."""
    return trunk.read(encoder_text(prompt), HEAD + TAIL + 2, TAIL)


@cache
def encoder_task() -> EncoderTask:
    """Load the bundled head, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    from curator.models.encoder import Head, bundled_trunk

    return EncoderTask(bundled_trunk(), Head.load(file_of(card_of("task_head"))))
