"""Semantic duplicate: the same asked and answered before, in other words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from curator.features import SIDE_COLUMNS, Embedding, Feature, answered, asked, comparable
from curator.filters._guard_words import digest_of_words
from curator.filters.base import DuplicateFilter, threshold
from curator.models import card_of, embedder_files, placed_name

if TYPE_CHECKING:
    from curator.dedup import Compared

Guard = Literal[
    "numbers",
    "negation",
    "names",
    "contrasts",
    "identifiers",
    "direction",
    "language",
    "content",
]
_GUARDS: tuple[Guard, ...] = get_args(Guard)


class SemanticDuplicate(DuplicateFilter):
    """Drop records that have a kept record which says the same in other words.

    Similarity is the cosine of embeddings mixed with that of the words' trigrams, exact for every
    pair. Guards keep apart what is worded alike and asks for something else.
    """

    filter: Literal["semantic_duplicate"] = "semantic_duplicate"
    needs = ("embedding",)
    names_files = ("model",)
    view: Literal["pair", "prompt", "response", "text"] = "pair"
    """What is compared; `pair` is the smaller of two similarities: of all that is asked and of all
    that is answered. Records with another label, system prompt or tools are never a pair, nor a
    plain record with a preference pair."""
    model: str = "bundled"
    """Which embedder: `bundled`, or `hub:` with the id or path of a model of
    sentence-transformers."""
    min_similarity: float = threshold(0.7, ge=0.0, le=1.0)
    """From this similarity to a kept record on, a record is a `duplicate`. The guards, not the
    threshold, make it precise: of the 16 pairs of prompts in alpaca_random_9k that they let pass 15
    ask the same, down to 0.5; two answers to one question are 0.65 to 0.85 alike."""
    floor: float = Field(0.6, ge=0.5, le=1.0)
    """Pairs are complete from here up; the threshold can move freely above it."""
    spelling: float = Field(0.4, ge=0.0, le=1.0)
    """Share of the trigrams in the similarity, the embedding has the rest. Between 0.4 and 0.6 the
    AUROC on paraphrases (MSR, training part) differs by 0.0012."""
    guards: tuple[Guard, ...] = _GUARDS
    """What keeps a pair apart, however similar: different `numbers`, another `negation`, `names`
    that one lacks, words in `contrasts` (rise, fall), code `identifiers`, `direction` (A to B, B to
    A), another `language`, and a word of `content` without a counterpart."""
    exact_rows: int = Field(200_000, ge=1_000)
    """Records up to which all pairs are searched; of more, an index (HNSW) finds most. Only records
    with the same numbers and negations count together, where those guards are on."""

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)

    def files(self) -> dict[str, str]:
        words = {"semantic_words.txt": digest_of_words()}
        language = {"lid.176.ftz": card_of("lid.176.ftz").sha256}
        return {**words, **language, **embedder_files("bundled")}

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return placed_name(value, place)

    def columns(self) -> tuple[str, ...]:
        return SIDE_COLUMNS if self.view == "pair" else (self.view,)

    def pairs(self, measured: pl.LazyFrame) -> pl.LazyFrame:
        from curator.dedup import semantic_pairs
        from curator.filters._guarded import Guarded

        views = (asked(), answered(), comparable()) if self.view == "pair" else self.columns()
        records = measured.select(*views, "embedding").collect()
        texts = _texts(records)
        answers = texts.to_series(1) if texts.width > 1 else None
        return semantic_pairs(
            self._compared(records, texts),
            floor=self.floor,
            exact_rows=self.exact_rows,
            judge=Guarded(texts.to_series(0), answers, self.guards),
        ).lazy()

    def _compared(self, records: pl.DataFrame, texts: pl.DataFrame) -> "Compared":
        from curator.dedup import Compared
        from curator.filters._guard_keys import guard_keys

        blank = texts.select((pl.all() == "").name.suffix("_blank"))
        groups = blank.with_columns(
            guard_keys(texts.to_series(0), self.guards).alias("key"),
            *(records[name] for name in records.columns if name == "comparable"),
        )
        vectors = np.hsplit(records["embedding"].to_numpy(), texts.width)
        return Compared(
            sides=[self._mixed(*side) for side in zip(vectors, texts, strict=True)],
            keys=texts.select(pl.all().str.replace_all(r"\s+", " ")),
            groups=groups.hash_rows(seed=0).to_numpy(),
            empty=blank.select(pl.all_horizontal(pl.all())).to_series().to_numpy(),
        )

    def _mixed(self, vectors: NDArray[np.float32], texts: pl.Series) -> NDArray[np.float32]:
        """Put trigrams beside embeddings, so that a dot product is the weighted mean of both.

        A blank side is as near to another blank one as can be.
        """
        from curator.dedup import gram_vectors

        size = vectors.shape[1]
        grams = gram_vectors(texts)
        mixed = np.empty((len(texts), size + grams.shape[1]), np.float32)
        np.multiply(vectors, np.float32(np.sqrt(1 - self.spelling)), out=mixed[:, :size])
        np.multiply(grams, np.float32(np.sqrt(self.spelling)), out=mixed[:, size:])
        mixed[(texts == "").to_numpy(), 0] = 1.0
        return mixed


def _texts(records: pl.DataFrame) -> pl.DataFrame:
    """Return what is compared; null is empty."""
    sides = records.drop("embedding", "comparable", strict=False)
    return sides.select(pl.all().fill_null("").str.strip_chars())
