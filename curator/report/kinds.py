"""Kinds: what each record asks for, in which language, how long, as far as a filter has told."""

import polars as pl

from curator.filters import Filter
from curator.report.wording import words_in
from curator.run import Run

SEVERAL, ONE = "several", "one"
KINDS_SCHEMA = pl.Schema(
    {
        "task": pl.String,
        "fine": pl.String,
        "domain": pl.String,
        "language": pl.String,
        "turns": pl.String,
        "asked": pl.Int64,
        "answered": pl.Int64,
        "kept": pl.Boolean,
    }
)


def kinds_of(run: Run, kept: pl.Series) -> pl.DataFrame:
    """Return `KINDS_SCHEMA` for every record, in order; null is what no filter of the recipe told.

    `fine` has its coarse class before a dot; `turns` says whether more than one is asked; `asked`
    and `answered` are words.
    """
    told = run.scores().select(
        "id",
        _scored(run, "task", "task"),
        _scored(run, "task", "fine"),
        _scored(run, "task", "domain"),
        _scored(run, "language", "language"),
    )
    roles = pl.col("messages").list.eval(pl.element().struct.field("role") == "user")
    several = roles.list.sum() > 1
    counted = run.records().select(
        pl.when(several).then(pl.lit(SEVERAL)).otherwise(pl.lit(ONE)).alias("turns"),
        words_in(pl.col("prompt")).alias("asked"),
        words_in(pl.col("response")).alias("answered"),
    )
    both = told.collect().with_columns(_fine()).hstack(counted.collect(engine="streaming"))
    return both.with_columns(kept.alias("kept")).select(KINDS_SCHEMA.names()).cast(KINDS_SCHEMA)


def labelled(run: Run, tag: str) -> str | None:
    """Return the label of the first filter of a kind."""
    filters: list[Filter] = list(run.recipe.filters)
    return next((entry.label for entry in filters if entry.tag == tag), None)


def _scored(run: Run, tag: str, measure: str) -> pl.Expr:
    """Return a measure of the first filter of a kind that has it, or null."""
    column = f"{labelled(run, tag)}__{measure}"
    there = column in run.scores().collect_schema().names()
    return (pl.col(column) if there else pl.lit(None, pl.String)).alias(measure)


def _fine() -> pl.Expr:
    """Put the coarse class before the fine one; where there is no fine class, it is the coarse."""
    return pl.concat_str("task", "fine", separator=".").fill_null(pl.col("task")).alias("fine")
