"""Batches: packed rows as tensors, each document with positions and labels of its own."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import torch
from torch.utils.data import Dataset

from curator.training.conversation import Example

IGNORED = -100
"""The label of a token that is not learnt, as torch's cross entropy has it."""


class PackedRows(Dataset[dict[str, Any]]):
    """Rows of several examples each, padded to one length; nothing in them is left to chance.

    With `multiple`, each row is padded no further than to that multiple of tokens, for rows that
    hold one example each and are not stacked with others.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        rows: Sequence[Sequence[int]],
        length: int,
        padding: int,
        *,
        multiple: int | None = None,
    ) -> None:
        self.examples = examples
        self.rows = rows
        self.length = length
        self._padding = padding
        self._multiple = multiple
        # The padding is a document too, and every row has as many bounds: a compiled layer would
        # else be compiled anew for every number of documents.
        self._bounds = max(map(len, rows), default=0) + 2

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> dict[str, Any]:
        """Return `input_ids, position_ids, shift_labels, segments` of one row, each (length,).

        `cu_seq_lens` (int32) are the bounds of its documents, the padding's last, filled up with
        `length`. The label of a document's last token is ignored, and so is all of the padding.
        """
        documents = self.rows[place]
        length = self._length_of(documents)
        tokens = torch.full((length,), self._padding, dtype=torch.long)
        # Zeros, so that models with few positions take long padding, each token by itself.
        positions = torch.zeros(length, dtype=torch.long)
        labels = torch.full((length,), IGNORED, dtype=torch.long)
        segments = torch.full((length,), -1, dtype=torch.long)
        bounds = torch.full((self._bounds,), length, dtype=torch.int32)
        at = 0
        for number, document in enumerate(documents):
            example = self.examples[document]
            end = at + len(example)
            ids = torch.from_numpy(example.tokens).long()
            tokens[at:end] = ids
            positions[at:end] = torch.arange(len(example))
            learnt = torch.from_numpy(example.supervised[1:])
            labels[at : end - 1] = torch.where(learnt, ids[1:], IGNORED)
            segments[at:end] = document
            bounds[number] = at
            at = end
        bounds[len(documents)] = at
        return {
            "input_ids": tokens,
            "position_ids": positions,
            "shift_labels": labels,
            "segments": segments,
            "cu_seq_lens": bounds,
        }

    def _length_of(self, documents: Sequence[int]) -> int:
        if self._multiple is None:
            return self.length
        size = sum(len(self.examples[document]) for document in documents)
        return min(self.length, ceil(size / self._multiple) * self._multiple)


def collate(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Stack rows: every value becomes (rows, its length)."""
    return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
