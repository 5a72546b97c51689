"""The small encoder that ships inside: a trunk that reads a text, and a head for each task.

All-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019), tuned by
`benchmarks/training/toxicity_encoder.py`; weights of eight bits, run by ONNX Runtime. Texts go
through one at a time: the rounding of eight-bit inference depends on what else is in a batch, and a
score may not.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of
from curator.models.store import file_of
from curator.models.wordpiece import WordPiece

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Array = NDArray[np.float32]


class Trunk:
    """The lower layers; made by `load`."""

    def __init__(self, session: "InferenceSession", pieces: WordPiece) -> None:
        self._session, self._pieces = session, pieces

    @classmethod
    def load(cls, model: Path, pieces: Path) -> Self:
        """Read the layers and the word pieces."""
        return cls(_session(model), WordPiece.load(pieces))

    def read(self, text: str, longest: int, tail: int = 0) -> Array:
        """Return the states of at most `longest` pieces of a text: one, pieces, width.

        The last `tail` of them are from its end where it is longer.
        """
        rows = np.array([self._pieces.encode(text, longest, tail)], np.int64)
        found: Array = self._session.run(None, {"tokens": rows})[0]
        return found


class Head:
    """The upper layers for one task; made by `load`."""

    def __init__(self, session: "InferenceSession") -> None:
        self._session = session

    @classmethod
    def load(cls, model: Path) -> Self:
        """Read the layers."""
        return cls(_session(model))

    def judge(self, states: Array) -> Array:
        """Return the outputs for the states of one text."""
        found: Array = self._session.run(None, {"states": states})[0][0]
        return found


@cache
def bundled_trunk() -> Trunk:
    """Load the bundled trunk, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    return Trunk.load(file_of(card_of("encoder_trunk")), file_of(card_of("encoder_pieces")))


def _session(path: Path) -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    # Shards are measured side by side: more threads for each would only get in the way.
    options.log_severity_level = 3
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
