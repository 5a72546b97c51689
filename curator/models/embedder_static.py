"""The static embedder: the mean of the vectors of a text's word pieces, and nothing else.

The form of model2vec (Tulkens and van Dongen 2024): a table of vectors, a weight for each, and a
tokenizer. The bundled one was distilled from all-MiniLM-L6-v2 by
`benchmarks/training/embedder_static.py`; any other of that form is read too.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.models.tensors import Array, read_tensors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READ = 8_000
"""Characters of a text that are read: what a prompt asks stands there, and longer ones cost."""
_BATCH = 1_000_000
"""Characters that are cut into pieces at once: it bounds the memory."""


class StaticEmbedder:
    """Embeds texts; made by `load`."""

    def __init__(self, tokenizer: "Tokenizer", vectors: Array, weights: Array) -> None:
        self._tokenizer, self._vectors, self._weights = tokenizer, vectors, weights

    @classmethod
    def load(cls, weights: Path, pieces: Path) -> Self:
        """Read the vectors and the tokenizer.

        Raises:
            ModelError: they are not in the form of model2vec.
        """
        from tokenizers import Tokenizer

        try:
            tensors = read_tensors(weights)
            tokenizer = Tokenizer.from_file(str(pieces))
            vectors = tensors["embeddings"]
        except Exception as error:  # the library of the tokenizer raises bare exceptions
            raise ModelError(
                f"{weights.parent} cannot be read as static vectors ({error}): save it once with "
                f"`save_pretrained` of model2vec"
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        scale = tensors.get("weights", np.ones(len(vectors)))
        mapped = tensors.get("mapping", np.arange(tokenizer.get_vocab_size()))
        known: Array = np.ascontiguousarray(vectors[mapped].astype(_kept_type(vectors)))
        return cls(tokenizer, known, scale.astype(np.float32))

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return int(self._vectors.shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of unit length for each text, of zeros where it has no known piece."""
        from curator.models._embedder_kernel import sum_rows

        out = np.zeros((len(texts), self.dimensions), np.float32)
        for first, batch in _batches(texts):
            found = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            rows = [cut.ids for cut in found]
            ends = np.cumsum([len(row) for row in rows])
            flat = np.fromiter((one for row in rows for one in row), np.uint32, int(ends[-1]))
            sum_rows(flat, ends, self._vectors, self._weights, out[first : first + len(batch)])
        return out


def is_static(folder: Path) -> bool:
    """Say whether a folder holds a model in the form of model2vec."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("model_type") == "model2vec"


def _kept_type(vectors: Array) -> type:
    return np.int8 if vectors.dtype == np.int8 else np.float32


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Cut the texts, shortened, where a batch is full; give each its place."""
    first, size = 0, 0
    batch: list[str] = []
    for place, text in enumerate(texts):
        if size > _BATCH:
            yield first, batch
            first, size, batch = place, 0, []
        batch.append(text[:READ])
        size += len(batch[-1])
    if batch:
        yield first, batch
