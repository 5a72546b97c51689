"""Leading text: an opening that many prompts share, or many answers."""

import math
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.filters.base import Action, CorpusFilter, threshold

_FEWEST = 20


class LeadingText(CorpusFilter):
    """Flag records whose prompt, or answer, begins with the same text as many others.

    A preamble (instructions, descriptions of tools) that stands before a thousand prompts makes
    them look alike to every measure of length or similarity; it may belong into the system turn. A
    shared opening of answers ("Sure, I'd be happy to help!") is what a model will learn first.
    """

    filter: Literal["leading_text"] = "leading_text"
    actions: ClassVar[dict[str, Action]] = {"prompt": "flag", "response": "flag"}
    min_characters: int = Field(64, ge=8)
    """Shorter openings of prompts are not measured: usual ones ("Write a function that ...") end
    before. Of the real sets read, only those with preambles and one template share 64."""
    min_response_characters: int = Field(16, ge=8)
    """Shorter openings of answers are not measured; 16 is "As an AI language"."""
    min_share: float = Field(0.01, gt=0.0, le=1.0)
    """Openings of a smaller share of the records are not measured, nor those of fewer than 20
    different texts."""
    max_prompt_share: float = threshold(0.01, ge=0.0, le=1.0)
    """An opening of at least this share of the prompts is a reason. The longest preambles of the
    real sets stand before 3 to 15% of their records, a task's template before 1%."""
    max_response_share: float = threshold(0.05, ge=0.0, le=1.0)
    """An opening of at least this share of the answers is a reason. Read: at 5 to 10% are habits of
    an assistant, at 1 to 2% answers to one kind of question ("The square root of ...")."""

    def columns(self) -> tuple[str, ...]:
        return ("prompt", "response")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "prompt": pl.col("prompt_share") >= self.max_prompt_share,
            "response": pl.col("response_share") >= self.max_response_share,
        }

    def least(self, records: int) -> int:
        """Return how many different texts an opening must have, of so many records."""
        return max(_FEWEST, math.ceil(self.min_share * records))

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        sizes = {"prompt": self.min_characters, "response": self.min_response_characters}
        return pl.concat(
            (self._openings(measured, view, size) for view, size in sizes.items()),
            how="horizontal",
        )

    def _openings(self, measured: pl.LazyFrame, view: str, characters: int) -> pl.DataFrame:
        from curator.dedup import shared_openings

        texts = measured.select(view).collect().to_series()
        found = shared_openings(texts, characters, self.least(len(texts)))
        return found.fill_null(0).select(
            (pl.col("records") / len(texts)).alias(f"{view}_share"),
            pl.col("records").alias(f"{view}_records"),
            pl.col("characters").alias(f"{view}_characters"),
        )
