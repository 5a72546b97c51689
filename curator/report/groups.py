"""Groups: which languages and social groups the records are of, as the scores of filters tell."""

import polars as pl

from curator.filters import Filter
from curator.groups import AXES
from curator.report.disparity import CONFIDENCE
from curator.report.traits import FEWEST, MOST_GROUPS, NOT_JUDGED
from curator.report.wilson import quantile, wilson
from curator.run import Run

NOBODY, SEVERAL, OTHER = "nobody", "several", "(other)"


def groups_of(run: Run) -> pl.DataFrame:
    """Return for each record, in order, its `language` and per axis the group it mentions.

    Only what some filter of the recipe has scored is there; `several` is more than one group.
    """
    columns: list[pl.Expr] = []
    if label := _label(run, "language"):
        columns.append(pl.col(f"{label}__language").fill_null(NOT_JUDGED).alias("language"))
    if label := _label(run, "bias"):
        columns += [_mentioned(pl.col(f"{label}__groups"), axis) for axis in AXES]
    named = run.scores().select(columns).collect() if columns else pl.DataFrame()
    told = [_commonest(column) for column in named.get_columns()]
    return pl.DataFrame([column for column in told if _tells(column)])


def represented_of(run: Run, kept: pl.Series) -> pl.DataFrame:
    """Count who is mentioned: `axis, group, records, share, low, high, kept`, the most first.

    `low` and `high` are the share's 95% interval; `kept` is how many of the records stay.
    """
    label = _label(run, "bias")
    if label is None:
        return pl.DataFrame()
    scores = run.scores().select(pl.col(f"{label}__groups").alias("named")).collect()
    listed = scores.with_columns(pl.col("named").str.split(" "), kept).explode("named")
    low, high = wilson(pl.col("records"), pl.lit(scores.height), quantile(CONFIDENCE))
    return (
        listed.filter(pl.col("named") != "")
        .group_by("named")
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64))
        .with_columns(share=pl.col("records") / scores.height)
        .select(
            pl.col("named").str.split(".").list.first().alias("axis"),
            pl.col("named").str.split(".").list.last().str.replace_all("_", " ").alias("group"),
            "records",
            "share",
            low.alias("low"),
            high.alias("high"),
            "kept",
        )
        .sort(
            pl.col("axis").cast(pl.Enum(AXES)), "records", "group", descending=[False, True, False]
        )
    )


def _label(run: Run, tag: str) -> str | None:
    filters: list[Filter] = list(run.recipe.filters)
    return next((entry.label for entry in filters if entry.tag == tag), None)


def _mentioned(groups: pl.Expr, axis: str) -> pl.Expr:
    """Name the one group of an axis that is mentioned."""
    own = groups.str.extract_all(rf"\b{axis}\.\S+")
    only = own.list.first().str.strip_prefix(f"{axis}.").str.replace_all("_", " ")
    return (
        pl.when(own.list.len() > 1)
        .then(pl.lit(SEVERAL))
        .otherwise(only.fill_null(NOBODY))
        .alias(axis)
    )


def _commonest(names: pl.Series) -> pl.Series:
    """Put together what is rare: a group too small for a warning, and beyond the largest ones."""
    counts = names.value_counts().sort("count", names.name, descending=[True, False])
    large = counts.filter(pl.col("count") >= FEWEST)[names.name].head(MOST_GROUPS)
    name = pl.col(names.name)
    grouped = pl.when(name.is_in(large.implode())).then(name).otherwise(pl.lit(OTHER))
    return names.to_frame().select(grouped.alias(names.name)).to_series()


def _tells(names: pl.Series) -> bool:
    """Say whether there are two groups large enough to be compared."""
    judged = names.filter(names != NOT_JUDGED).value_counts()["count"]
    return int((judged >= FEWEST).sum()) > 1
