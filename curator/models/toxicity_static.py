"""The static toxicity model: NumPy alone, a fraction of a millisecond for a text.

Two readers of the same words are added up: a linear model over hashed words, word pairs and
character n-grams (Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification"), and a
convolution over static word vectors (Kim 2014) that were distilled from all-MiniLM-L6-v2 (Reimers
and Gurevych 2019; Tulkens and van Dongen 2024, "Model2Vec"). A long text is as toxic as its worst
window of 100 words. `benchmarks/training/toxicity_static.py` trains it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from curator.models import _toxicity_scores_kernel as scores_kernel
from curator.models._toxicity_words_kernel import fill_slots, find_slots
from curator.models.tensors import Array, read_tensors
from curator.models.toxicity import OUTPUTS
from curator.models.toxicity_text import Words, read_words

WEIGHTS = Path(__file__).parent / "weights" / "toxicity_static.safetensors"
_SLOTS = 1 << 17
_CHARACTERS = 2_000_000
"""How much text is scored at once: it bounds the memory."""


class Vocabulary(NamedTuple):
    """The words that have a vector."""

    slots: NDArray[np.uint64]
    """An open table of their hashes."""
    rows: NDArray[np.int32]
    """The row of each slot's word; the last entry stands for every other word and is 0."""

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> Self:
        """Index the words in the order of their vectors; rows count from one."""
        slots = np.zeros(_SLOTS, np.uint64)
        rows = np.zeros(_SLOTS + 1, np.int32)
        rows[fill_slots(hashes, slots)] = np.arange(1, len(hashes) + 1)
        return cls(slots, rows)

    def rows_of(self, words: Words) -> NDArray[np.int32]:
        """Return the row of every word, 0 where it is not known."""
        found: NDArray[np.int32] = self.rows[find_slots(words.hashes, self.slots)]
        return found


class StaticToxicity:
    """Scores texts; made by `load`."""

    def __init__(self, tensors: dict[str, Array]) -> None:
        self._tensors = {**tensors, "ngrams": tensors["ngrams"].astype(np.float32)}
        self._vocabulary = Vocabulary.of(tensors["words"])
        self._taps = _tabulate(tensors)

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """Read a model file, the bundled one by default."""
        return cls(read_tensors(path))

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return calibrated probabilities: a row for each text, a column for each of `OUTPUTS`.

        A text without words, the empty text too, scores 0.
        """
        parts = [self._score(batch) for batch in _batches(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, len(OUTPUTS)), np.float32)

    def _score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        words = read_words(texts, self._vocabulary.slots)
        windows, ends = scores_kernel.list_windows(words.counts)
        found = np.zeros((len(texts), len(OUTPUTS)), np.float32)
        if len(windows) == 0:
            return found
        linear, pooled = self.signals(words, windows)
        chances = _chances(self.blend(linear, self.read_pooled(pooled)))
        sizes = np.diff(ends, prepend=0)
        filled = sizes > 0
        found[filled] = np.maximum.reduceat(chances, (ends - sizes)[filled], axis=0)
        return found

    def signals(self, words: Words, windows: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return the linear scores of each window and the pooled signals of the convolution."""
        kept = self._tensors
        sums = scores_kernel.sum_ngrams(
            words.letters, words.ends, words.hashes, windows, kept["ngrams"]
        )
        rows = self._vocabulary.rows_of(words)
        pooled = scores_kernel.pool_signals(
            rows, words.counts, self._taps, kept["conv_bias"], windows
        )
        return sums + kept["ngram_bias"], pooled

    def read_pooled(self, pooled: Array) -> Array:
        """Return what the convolution's two layers make of the pooled signals."""
        kept = self._tensors
        hidden = np.maximum(pooled @ kept["hidden"] + kept["hidden_bias"], 0)
        found: Array = hidden @ kept["out"] + kept["out_bias"]
        return found

    def blend(self, linear: Array, convolved: Array) -> Array:
        """Add up both readers as calibrated: one row of weights for each output."""
        weights = self._tensors["blend"]
        found: Array = weights[:, 0] * linear + weights[:, 1] * convolved + weights[:, 2]
        return found


def _tabulate(tensors: dict[str, Array]) -> Array:
    """Multiply each known word's vector with the filter at each of its places."""
    vectors = tensors["vectors"].astype(np.float32) * tensors["vector_scale"]
    places, size, width = tensors["conv"].shape
    filters = tensors["conv"].transpose(1, 0, 2).reshape(size, places * width)
    taps: Array = vectors @ filters
    return np.vstack([np.zeros((1, taps.shape[1]), np.float32), taps])


def _chances(logits: Array) -> Array:
    found: Array = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return found


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut the texts where a batch is full; a text is never cut."""
    start, size = 0, 0
    for end, text in enumerate(texts, 1):
        size += len(text)
        if size > _CHARACTERS or end == len(texts):
            yield texts[start:end]
            start, size = end, 0
