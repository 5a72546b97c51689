"""Batches: packed rows as tensors, each document with positions and labels of its own."""

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils.data import Dataset

from curator.training.conversation import Example

IGNORED = -100
"""The label of a token that is not learnt, as torch's cross entropy has it."""


class PackedRows(Dataset[dict[str, Any]]):
    """Rows of several examples each, padded to one length."""

    def __init__(
        self, examples: Sequence[Example], rows: Sequence[Sequence[int]], length: int, padding: int
    ) -> None:
        self.examples = examples
        self.rows = rows
        self.length = length
        self._padding = padding

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> dict[str, Any]:
        """Return `input_ids, position_ids, shift_labels, segments` of one row, each (length,)."""
        tokens = torch.full((self.length,), self._padding, dtype=torch.long)
        positions = torch.zeros(self.length, dtype=torch.long)
        labels = torch.full((self.length,), IGNORED, dtype=torch.long)
        segments = torch.full((self.length,), -1, dtype=torch.long)
        at = 0
        for document in self.rows[place]:
            example = self.examples[document]
            end = at + len(example)
            ids = torch.from_numpy(example.tokens).long()
            tokens[at:end] = ids
            positions[at:end] = torch.arange(len(example))
            learnt = torch.from_numpy(example.supervised[1:])
            labels[at : end - 1] = torch.where(learnt, ids[1:], IGNORED)
            segments[at:end] = document
            at = end
        return {
            "input_ids": tokens,
            "position_ids": positions,
            "shift_labels": labels,
            "segments": segments,
        }


def collate(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Stack rows: every value becomes (rows, length)."""
    return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
