"""Rows: packed examples cut into the forward passes of one process."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from curator.training.batches import IGNORED, PackedRows, collate
from curator.training.conversation import Example
from curator.training.pack import pack


class Rows:
    """The examples packed once, with what each row holds; one more row is empty."""

    def __init__(
        self, examples: Sequence[Example], width: int, *, padding: int, packing: bool
    ) -> None:
        lengths = np.array([len(example) for example in examples], np.int64)
        learnt = np.array([int(example.supervised[1:].sum()) for example in examples], np.int64)
        places = pack(lengths.tolist(), width) if packing else [[i] for i in range(len(examples))]
        self._packed = PackedRows(examples, [*places, []], width, padding)
        self.examples = examples
        self._places = places
        self._lengths = lengths
        self.longest = int(lengths.max(initial=1))
        self.learnt = np.array([learnt[row].sum() for row in places], np.int64)
        """(rows,), supervised tokens."""

    def __len__(self) -> int:
        return len(self._places)

    def records_of(self, place: int) -> list[int]:
        """Return which examples are in a row."""
        return list(self._places[place])

    def lengths_of(self, place: int) -> list[int]:
        """Return the lengths of the examples in a row."""
        found: list[int] = self._lengths[self._places[place]].tolist()
        return found

    def passes(
        self, places: Sequence[int], each: int, *, process: int, processes: int, even: bool
    ) -> list[list[int]]:
        """Deal rows to one process, `each` of them a forward pass.

        Every process gets equally many passes, empty rows where there are none left: gradients
        are exchanged in each. With `even` all passes are filled up to one shape.
        """
        empty = len(self._places)
        mine = list(places[process::processes])
        count = max(1, -(-len(places[::processes]) // each))
        cut = [mine[i * each : (i + 1) * each] for i in range(count)]
        return [one + [empty] * ((each if even else 1) - len(one)) for one in cut]

    def batch(self, places: Sequence[int]) -> dict[str, Any]:
        """Return the tensors of one forward pass, with `learnt`: which of its tokens are."""
        found = collate([self._packed[place] for place in places])
        # Whose example a token is of, the model need not know.
        del found["segments"]
        # Counted here, where nobody waits for a device.
        found["learnt"] = (found["shift_labels"].flatten() != IGNORED).nonzero().flatten()
        return found
