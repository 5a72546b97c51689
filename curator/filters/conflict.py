"""Conflict: the same question, answered otherwise elsewhere."""

from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.features import SIDE_COLUMNS, asked, comparable
from curator.filters._closed_answers import (
    asks_for_a_fact,
    closed_answers,
    is_offered,
    is_open,
)
from curator.filters.base import Action, CorpusFilter, threshold

_EDGES = r"(?:^|\s)[\p{Pi}\p{Ps}\"']+|[\p{Po}\p{Pf}\p{Pe}--[%#*&@/\\]]+(?:\s|$)"
_IDLE = r" (?:(?:a|an|the|please|kindly|pls|plz) )+"


class Conflict(CorpusFilter):
    """Flag records whose question has another answer in another record.

    Two prompts are the same question when they differ at most in case, white space, punctuation at
    the edges of words, articles, "please" and "what's"; label, system prompt and tools must be
    equal. Two answers disagree when both are closed: yes and no, two numbers (the only one, or the
    marked final one), two choices, two labels of this data, two names that answer who, when or
    where. Two poems to one prompt never disagree.
    """

    filter: Literal["conflict"] = "conflict"
    actions: ClassVar[dict[str, Action]] = {"other_answer": "flag"}
    min_similarity: float = threshold(0.5, ge=0.0, le=1.0)
    """From this similarity of the two prompts on (Jaccard index of their words), another answer is
    a reason. Only articles, "please" and "what's" make it less than 1; they matter little, so 0.5
    stops nothing but the shortest. 1 asks for the same words."""
    label_records: int = Field(20, ge=2)
    """Short answers given to so many different prompts are labels of this data. Read: with 5, the
    same answer to one question in eight wordings passed for a label; with 20 none did."""
    most_answers: int = Field(5, ge=2)
    """A question with more different answers than this is an open one."""

    def columns(self) -> tuple[str, ...]:
        return ("id", *SIDE_COLUMNS)

    def rules(self) -> dict[str, pl.Expr]:
        return {"other_answer": pl.col("similarity") >= self.min_similarity}

    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        answers = self._answers(measured)
        groups = self._groups(answers)
        found = _disagreements(groups)
        told = answers.join(
            found, on=["question", "kind", "unit", "value"], how="left", maintain_order="left"
        ).sort("row")
        similar = _similarities(measured, told)
        height = measured.select(pl.len()).collect().item()
        rows = pl.select(row=pl.int_range(height, dtype=pl.UInt32))
        return rows.join(similar, on="row", how="left", maintain_order="left").select(
            pl.col("conflicts").fill_null(0).cast(pl.Int64),
            pl.col("similarity").fill_null(0.0),
            pl.col("other").fill_null("none"),
        )

    def _answers(self, measured: pl.LazyFrame) -> pl.DataFrame:
        """Return one row for each record with a closed answer, its question as a hash."""
        prompt = asked()
        closed = (
            measured.select(self.columns())
            .with_row_index("row")
            .filter(pl.col("label").is_null() | pl.col("label"))
            .select("row", "id", prompt, comparable(), *closed_answers(prompt, pl.col("response")))
            .filter(pl.col("value").is_not_null(), pl.col("prompt") != "")
        )
        return closed.select(
            "row",
            "id",
            pl.struct(_skeleton(), "comparable").hash(seed=0).alias("question"),
            "kind",
            "unit",
            "value",
            is_open(pl.col("prompt")).alias("open"),
            asks_for_a_fact(pl.col("prompt")).alias("fact"),
            is_offered(pl.col("prompt"), pl.col("value")).alias("offered"),
        ).collect()

    def _groups(self, answers: pl.DataFrame) -> pl.DataFrame:
        """Count the records of each answer to each question that has several closed answers."""
        texts = answers.filter(pl.col("kind") == "words")
        labels = texts.group_by("value").agg(pl.col("question").n_unique().alias("prompts"))
        groups = answers.group_by("question", "kind", "unit", "value").agg(
            pl.len().alias("records"),
            pl.col("id").min(),
            pl.col("open").any(),
            pl.col("fact").any(),
            pl.col("offered").all(),
        )
        several = pl.len().over("question", "kind", "unit")
        return (
            groups.filter(several > 1, several <= self.most_answers)
            .join(labels, on="value", how="left")
            .with_columns(
                (pl.col("offered") | (pl.col("prompts") >= self.label_records)).alias("label")
            )
        )


def _skeleton() -> pl.Expr:
    """Return a prompt without what does not make it another question."""
    return _bare(pl.col("prompt")).str.replace_all(_IDLE, " ").alias("question")


def _bare(prompt: pl.Expr) -> pl.Expr:
    """Return a prompt in lower case, one space around every word, no punctuation at its edges."""
    folded = pl.concat_str(pl.lit(" "), prompt.str.to_lowercase(), pl.lit(" "))
    said = folded.str.replace_all(r"\b(what|who|where|when|how)['\x{2019}]s\b", "${1} is")
    return said.str.replace_all(_EDGES, " ").str.replace_all(r"\s+", " ")


def _disagreements(groups: pl.DataFrame) -> pl.DataFrame:
    """Return for each answer how many records disagree, and one of them."""
    keys = ["question", "kind", "unit"]
    both = groups.join(groups, on=keys, suffix="_other").filter(
        pl.col("value") != pl.col("value_other")
    )
    labels = pl.col("label") & pl.col("label_other")
    fact, is_open_ended = (pl.col(name) | pl.col(f"{name}_other") for name in ("fact", "open"))
    names = fact & ~_overlap("value", "value_other")
    real = pl.col("kind").ne("words") | (~is_open_ended & (labels | names))
    return (
        both.filter(real)
        .sort("records_other", "id_other", descending=[True, False])
        .group_by(*keys, "value", maintain_order=True)
        .agg(
            pl.col("records_other").sum().alias("conflicts"),
            pl.col("id_other").first().alias("other"),
        )
    )


def _overlap(one: str, other: str) -> pl.Expr:
    """Say whether two short texts share a word, or one is part of the other."""
    words = [pl.col(name).str.extract_all(r"[\p{L}\p{N}]+") for name in (one, other)]
    return (
        (words[0].list.set_intersection(words[1]).list.len() > 0)
        | pl.col(one).str.contains(pl.col(other), literal=True)
        | pl.col(other).str.contains(pl.col(one), literal=True)
    )


def _similarities(measured: pl.LazyFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add the Jaccard index of the words of the two prompts."""
    found = told.drop_nulls("conflicts").select("row", "id", "conflicts", "other")
    ids = pl.concat([found["id"], found["other"]]).unique()
    split = _bare(asked()).str.extract_all(r"\S+").list.unique()
    words = (
        measured.filter(pl.col("id").is_in(ids.implode()))
        .select("id", split.alias("words"))
        .unique("id")
        .collect()
    )
    both = found.join(words, on="id", how="left").join(
        words.rename({"id": "other", "words": "theirs"}), on="other", how="left"
    )
    shared = pl.col("words").list.set_intersection("theirs").list.len()
    total = pl.col("words").list.set_union("theirs").list.len()
    return both.select("row", "conflicts", (shared / total).alias("similarity"), "other")
