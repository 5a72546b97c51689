"""Embedding: where a text lies in a space in which texts that mean the same lie near."""

from typing import ClassVar, Literal

import numpy as np
import polars as pl

from curator.features.base import Feature
from curator.features.sides import answered, asked


class Embedding(Feature):
    """A vector of unit length for every record, of zeros where the text is empty.

    It is never a score: it is stored beside the scores, as it lies in memory.
    """

    tag: ClassVar[str] = "embedding"
    mapped: ClassVar[bool] = True
    names_files: ClassVar[tuple[str, ...]] = ("model",)
    view: Literal["pair", "prompt", "response", "text"] = "prompt"
    """Which text is embedded; `pair` puts the vectors of all that is asked and of all that is
    answered side by side, each of unit length."""
    model: str = "bundled"
    """Which embedder: `bundled`, or `hub:` with the id or path of a model of sentence-transformers
    or model2vec."""

    def compute(self, records: pl.DataFrame) -> pl.Series:
        from curator.models import embedder

        found = embedder(self.model)
        texts = records.select(asked(), answered()) if self.view == "pair" else records[[self.view]]
        sides = [found.embed(side.fill_null("").to_list()) for side in texts]
        vectors = np.hstack(sides)
        return pl.Series(self.tag, vectors, dtype=pl.Array(pl.Float32, vectors.shape[1]))

    def files(self) -> dict[str, str]:
        from curator.models import embedder_files

        return embedder_files(self.model)
