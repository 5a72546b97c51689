"""Embedders: models that turn a text into a vector, texts that mean the same into near ones."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of
from curator.models.folders import digest_of_folder, folder_of
from curator.models.names import read_name
from curator.models.store import file_of

Vectors = NDArray[np.float32]
_BUNDLED = ("embedder", "embedder_pieces")


class Embedder(Protocol):
    """What every embedder does."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a row of unit length for each text, `[n, dimensions]`.

        A text without anything the model knows gets a row of zeros. A row depends on its text
        alone, not on those beside it.
        """


def embedder(model: str = "bundled") -> Embedder:
    """Load an embedder, once a process: `bundled`, or `hub:` with the id or path of a model.

    A folder in the form of model2vec is read as static vectors; any other as a model of
    sentence-transformers, which needs the extra `models`.

    Raises:
        ModelError: there is no such model on this machine, or it cannot be read.
        MissingExtraError: it is a transformer, and the extra `models` is not installed.
    """
    return _loaded(model, tuple(embedder_files(model).items()))


def embedder_files(model: str) -> dict[str, str]:
    """Return the sha256 of the files that an embedder is read from, by name; nothing is loaded.

    Raises:
        ModelError: there is no such model on this machine.
    """
    named = read_name(model)
    if named.kind == "bundled":
        return {name: card_of(name, "embedding").sha256 for name in _BUNDLED}
    return {named.shown: digest_of_folder(folder_of(named))}


@cache
def _loaded(model: str, _files: tuple[tuple[str, str], ...]) -> Embedder:
    from curator.models.embedder_static import StaticEmbedder, is_static

    named = read_name(model)
    if named.kind == "bundled":
        weights, pieces = (file_of(card_of(name, "embedding")) for name in _BUNDLED)
        return StaticEmbedder.load(weights, pieces)
    folder = folder_of(named)
    if is_static(folder):
        return StaticEmbedder.load(folder / "model.safetensors", folder / "tokenizer.json")
    from curator.models.embedder_transformer import TransformerEmbedder

    return TransformerEmbedder.load(folder)
