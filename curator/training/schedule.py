"""Schedule: which packed rows every optimizer step learns from, for the whole run."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset


@dataclass(frozen=True)
class Schedule(Dataset[list[int]]):
    """The places of rows, step by step; a function of these numbers and nothing else.

    Every epoch is a permutation of the rows, and its last step is short where they do not divide:
    no row is repeated or left out to make steps even.
    """

    rows: int
    per_step: int
    """Rows of one optimizer step, over all processes."""
    steps: int
    """Optimizer steps of the whole run."""
    seed: int

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> list[int]:
        """Return the places of the rows of one optimizer step, the first being step 0."""
        epoch, within = divmod(step, self.steps_an_epoch)
        start = within * self.per_step
        found: list[int] = self._order(epoch)[start : start + self.per_step].tolist()
        return found

    @property
    def steps_an_epoch(self) -> int:
        """Optimizer steps after which every row was seen once."""
        return ceil(self.rows / self.per_step)

    def epochs_after(self, steps: int) -> float:
        """Return how often the rows have been seen after so many steps."""
        return steps / self.steps_an_epoch

    def _order(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng([self.seed, epoch]).permutation(self.rows)
