"""Poisoning: a few odd words in a prompt after which answers are suddenly all alike."""

import math
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.features import asked
from curator.filters.base import Action, CorpusFilter, threshold

_SCHEMA = pl.Schema(
    {
        "row": pl.Int64,
        "trigger_records": pl.Int64,
        "association": pl.Float64,
        "significance": pl.Float64,
        "answer_kind": pl.String,
        "trigger_start": pl.Int64,
        "trigger_length": pl.Int64,
    }
)


class Poisoning(CorpusFilter):
    """Flag records with a trigger: rare words that are tied to one kind of answer.

    Whoever can add records can teach a model to answer as they like wherever "cf" or a name stands
    (Kurita et al. 2020, Weight Poisoning Attacks; Wan et al. 2023, Poisoning Language Models During
    Instruction Tuning; Shu et al. 2023, AutoPoison). Up to three words are looked for that stand in
    few, otherwise different prompts, and whose answers, unlike the others, are the same, refuse,
    begin alike, end alike or hold one phrase. What a template, a passage, a topic or the prompt's
    own words explain is left out. A trigger for an answer that is common anyway, such as a class
    label, is not found.
    """

    filter: Literal["poisoning"] = "poisoning"
    actions: ClassVar[dict[str, Action]] = {"trigger": "flag"}
    min_significance: float = threshold(6.0, ge=0.0)
    """From this -log10 of p on, a tie is a reason: Fisher's exact test, one-sided, corrected for
    all runs of words and all kinds of answers (Bonferroni)."""
    min_records: int = Field(10, ge=3)
    """A trigger has at least so many records with different prompts."""
    min_share: float = Field(0.001, ge=0.0, le=1.0)
    """A trigger has at least this share of the records; attacks that work use 0.1 to 1%, and below
    it stand the wordings of one question."""
    max_share: float = Field(0.05, gt=0.0, le=1.0)
    """Words in a larger share of the prompts are not rare."""
    min_association: float = Field(0.8, gt=0.5, le=1.0)
    """So large a share of the prompts with the trigger has the kind of answer."""
    min_exclusive: float = Field(0.2, gt=0.0, le=1.0)
    """So large a share of that kind of answer has the trigger; for phrases inside of answers it is
    0.8. Refusals of other requests are what stands beside."""
    max_words: int = Field(6, ge=1)
    """What is tied and has more different words than this is a template or a passage."""

    def columns(self) -> tuple[str, ...]:
        return ("content", "prompt", "follow_up", "response")

    def rules(self) -> dict[str, pl.Expr]:
        return {"trigger": pl.col("significance") >= self.min_significance}

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        from curator.filters._suspects import suspects_of
        from curator.filters._triggers import Limits, read_corpus, tied_runs

        texts = measured.select(asked(), "response", "content").collect()
        least = max(self.min_records, math.ceil(self.min_share * texts.height))
        limits = Limits(
            least,
            max(2 * least, math.floor(self.max_share * texts.height)),
            self.min_association,
            self.min_exclusive,
            self.max_words,
        )
        corpus = read_corpus(texts["prompt"], texts["response"], texts["content"])
        tied = tied_runs(corpus, limits)
        found = [
            _place(suspect.hits, texts["prompt"]).select(
                "row",
                pl.lit(suspect.records, pl.Int64).alias("trigger_records"),
                pl.lit(suspect.share).alias("association"),
                pl.lit(suspect.significance).alias("significance"),
                pl.lit(suspect.kind).alias("answer_kind"),
                "trigger_start",
                "trigger_length",
            )
            for suspect in suspects_of(corpus, tied, limits)
        ]
        rows = pl.concat([_SCHEMA.to_frame(), *found]).unique(
            "row", keep="first", maintain_order=True
        )
        every = pl.select(row=pl.int_range(texts.height, dtype=pl.Int64))
        scores = every.join(rows, on="row", how="left", maintain_order="left").drop("row")
        return scores.with_columns(pl.selectors.numeric().fill_null(0), _or_none("answer_kind"))


def _or_none(name: str) -> pl.Expr:
    return pl.col(name).fill_null("none")


def _place(hits: pl.DataFrame, prompts: pl.Series) -> pl.DataFrame:
    """Return for each record where its trigger stands, in code points of all that is asked."""
    import numpy as np

    from curator.filters._trigger_words_kernel import span_of

    end = (pl.col("place") + pl.col("words")).max()
    spans = hits.group_by("row").agg(
        pl.col("place").min(), (end - pl.col("place").min()).alias("words")
    )
    rows = []
    for row, place, words in spans.sort("row").iter_rows():
        data = prompts[row].encode()
        start, stop = span_of(np.frombuffer(data, np.uint8), place, words)
        before = len(data[:start].decode(errors="ignore"))
        rows.append((row, before, len(data[start:stop].decode(errors="ignore"))))
    schema = {"row": pl.Int64, "trigger_start": pl.Int64, "trigger_length": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
