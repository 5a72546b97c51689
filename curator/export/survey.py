"""Survey: what the kept records are, which a trainer's layout is chosen by."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from curator.records import Record

Kind = Literal["answers", "preference", "kto"]
KIND_WORDS: dict[Kind, str] = {
    "answers": "a conversation without judgement",
    "preference": "a preference pair",
    "kto": "an answer labelled good or bad",
}


@dataclass(frozen=True)
class Survey:
    """What the kept records have in common."""

    kind: Kind
    """What most of them are; a data set for a trainer is of one kind."""
    has_tools: bool = False
    """Whether any names tools, calls one or has a result of one."""
    has_system: bool = False
    """Whether any has a system turn."""
    single: bool = True
    """Whether each is one question and one answer, system turn aside."""
    has_weights: bool = False
    """Whether any turn is to be learnt, or not, against the custom of its role."""
    completions: bool = False
    """Whether all came as prompt and completion, so that the loss is on the completion only."""


def survey(kept: pl.LazyFrame, *, labelled: bool = False) -> Survey:
    """Look at all kept records once, without reading their texts.

    Pairs that are to be `labelled` count as two judged answers.
    """
    roles = pl.col("messages").list.eval(pl.element().struct.field("role"))
    kind = _kind().replace("preference", "kto") if labelled else _kind()
    facts = kept.select(
        kind.alias("kind"), "tools", "shape", roles.alias("roles"), _weighted().alias("weighted")
    )
    counts = facts.group_by("kind").len().collect()
    counted: dict[str, int] = dict(counts.iter_rows())
    most = max(KIND_WORDS, key=lambda name: counted.get(name, 0))
    turns = pl.col("roles").list.len() - pl.col("roles").list.count_matches("system")
    found = (
        facts.filter(pl.col("kind") == most)
        .select(
            has_tools=(pl.col("tools").is_not_null() | pl.col("roles").list.contains("tool")).any(),
            has_system=pl.col("roles").list.contains("system").any(),
            has_weights=pl.col("weighted").any(),
            single=(turns == 2).all(),  # noqa: PLR2004 (a question and an answer)
            completions=(pl.col("shape") == "prompt_completion").all(),
        )
        .collect()
    )
    return Survey(kind=most, **found.row(0, named=True))


def kind_of(record: Record) -> Kind:
    """Say what a record is."""
    if record.rejected is not None:
        return "preference"
    return "answers" if record.label is None else "kto"


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col("rejected").is_not_null())
        .then(pl.lit("preference"))
        .when(pl.col("label").is_not_null())
        .then(pl.lit("kto"))
        .otherwise(pl.lit("answers"))
    )


def _weighted() -> pl.Expr:
    """Say whether a turn has another weight than 1 for an answer and 0 for the rest."""
    turn = pl.element().struct
    usual = (turn.field("role") == "assistant").cast(pl.Float64)
    odd = (turn.field("weight") != usual).fill_null(value=False)
    return pl.col("messages").list.eval(odd).list.any()
