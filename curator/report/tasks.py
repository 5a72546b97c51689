"""Tasks: how many records there are of each class, how long, in which languages, how varied."""

import polars as pl

from curator.diversity.entropy import effective_number
from curator.report.kinds import SEVERAL

_LANGUAGES = 3
TASKS_SCHEMA = pl.Schema(
    {
        "task": pl.String,
        "fine": pl.String,
        "records": pl.Int64,
        "kept": pl.Int64,
        "asked": pl.Float64,
        "answered": pl.Float64,
        "several": pl.Float64,
        "languages": pl.List(pl.Struct({"language": pl.String, "share": pl.Float64})),
    }  # type: ignore[arg-type]  # an instance beside classes is one object to mypy
)


def tasks_of(kinds: pl.DataFrame) -> pl.DataFrame:
    """Count each fine class, the largest coarse class first (see `TASKS_SCHEMA`).

    `asked` and `answered` are medians of words of the kept records, or of all where none is kept;
    `several` is the share of them with more than one question.
    """
    return _classes(kinds, ["task", "fine"])


def coarse_of(kinds: pl.DataFrame) -> pl.DataFrame:
    """Count each coarse class, the largest first; `fine` repeats its name."""
    return _classes(kinds.with_columns(fine="task"), ["task", "fine"])


def _classes(kinds: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    told = kinds.drop_nulls("task")
    if told.is_empty():
        return TASKS_SCHEMA.to_frame()
    left = told.filter(pl.col("kept") | ~pl.col("kept").any().over(keys))
    sizes = told.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64)
    )
    looks = left.group_by(keys).agg(
        pl.col("asked", "answered").median(), (pl.col("turns") == SEVERAL).mean().alias("several")
    )
    return (
        sizes.join(looks, on=keys)
        .join(_languages(left, keys), on=keys, how="left")
        .with_columns(pl.col("records").sum().over("task").alias("whole"))
        .sort(-pl.col("whole"), "task", -pl.col("records"), "fine")
        .select(TASKS_SCHEMA.names())
        .cast(TASKS_SCHEMA)
    )


def _languages(left: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the commonest languages of each class with their shares of what was judged."""
    return (
        left.drop_nulls("language")
        .group_by(*keys, "language")
        .len()
        .with_columns((pl.col("len") / pl.col("len").sum().over(keys)).alias("share"))
        .sort("len", "language", descending=[True, False])
        .group_by(keys, maintain_order=True)
        .agg(pl.struct("language", "share").head(_LANGUAGES).alias("languages"))
    )


def counts_of(kinds: pl.DataFrame, column: str) -> pl.DataFrame:
    """Count the records and the kept of each value of a column, the commonest first."""
    return (
        kinds.drop_nulls(column)
        .group_by(pl.col(column).alias("name"))
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64))
        .sort("records", "name", descending=[True, False])
    )


def effective(kinds: pl.DataFrame, column: str) -> tuple[float | None, float | None]:
    """Return the effective number of classes among all and among the kept; null if none is told."""
    counts = counts_of(kinds, column)
    if counts.is_empty():
        return None, None
    return effective_number(counts["records"]), effective_number(counts["kept"]) or None
