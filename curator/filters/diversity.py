"""Diversity: where a record lies among all the others."""

from collections.abc import Callable
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.features import Embedding, Feature, answered, asked
from curator.filters.base import Action, CorpusFilter, threshold
from curator.models import placed_name


class Diversity(CorpusFilter):
    """Map the records: a place in the plane, a cluster with its words, the nearest neighbour.

    Records that ask for like things lie near each other. The scores are for the report, which draws
    the map, for quotas and for selection; both rules are off. What is measured of a record depends
    on all the others, but not on their order.
    """

    filter: Literal["diversity"] = "diversity"
    actions: ClassVar[dict[str, Action]] = {"crowded": "off", "far": "off"}
    names_files: ClassVar[tuple[str, ...]] = ("model",)
    view: Literal["pair", "prompt", "response", "text"] = "prompt"
    """Which text is compared; `pair` is all that is asked beside all that is answered."""
    model: str = "bundled"
    """Which embedder: `bundled`, or `hub:` with the id or path of a model of sentence-transformers
    or model2vec."""
    clusters: int | None = Field(None, ge=1, le=1000)
    """How many clusters there are; when absent, the root of half the records (Mardia, Kent and
    Bibby 1979), and 60 at most, which a map can still show."""
    max_similarity: float = threshold(0.95, ge=0.0, le=1.0)
    """From this cosine to the nearest record on, a record is `crowded`. Read, with the bundled
    embedder: the same request again, in almost the same words or with other numbers (53 of 13,759
    records of four English sets); Chinese ones often only look alike to it."""
    min_similarity: float = threshold(0.3, ge=0.0, le=1.0)
    """Up to this cosine a record is `far` from all the others. Read: questions about what nobody
    else asks about, such as a cartoon or a tap (2 of 13,775 records)."""

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return placed_name(value, place)

    def columns(self) -> tuple[str, ...]:
        if self.view == "pair":
            return ("content", "prompt", "follow_up", "response", "rejected_text")
        return ("content", self.view)

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "crowded": pl.col("nearest") >= self.max_similarity,
            "far": pl.col("nearest") <= self.min_similarity,
        }

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        from curator.diversity.atlas import atlas_of

        both = pl.concat_str(asked(), answered(), separator=" ", ignore_nulls=True)
        text = both if self.view == "pair" else pl.col(self.view)
        columns = measured.select("content", text.alias("text"), "embedding").collect()
        return atlas_of(columns, self.clusters)
