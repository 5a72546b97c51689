"""Groups: which languages and social groups the records are of, as the scores of filters tell."""

import polars as pl

from curator.filters import Filter
from curator.groups import AXES
from curator.groups.dialect import speaks_dialect
from curator.report.disparity import CONFIDENCE
from curator.report.traits import FEWEST, MOST_GROUPS, NOT_JUDGED, SEVERAL
from curator.report.wilson import quantile, wilson
from curator.run import Run

NOBODY, OTHER = "nobody", "(other)"
MARKED, UNMARKED = "African American English", "no marks of it"


def groups_of(run: Run) -> pl.DataFrame:
    """Return for each record, in order, its `language`, `dialect` and the group of each axis.

    Only what some filter of the recipe has scored is there; the dialect is read off the texts where
    groups are. `several` is more than one group.
    """
    columns: list[pl.Expr] = []
    if label := _label(run, "language"):
        columns.append(pl.col(f"{label}__language").fill_null(NOT_JUDGED).alias("language"))
    if label := _label(run, "bias"):
        columns += [_mentioned(pl.col(f"{label}__groups"), axis) for axis in AXES]
    named = run.scores().select(columns).collect() if columns else pl.DataFrame()
    if _label(run, "bias"):
        named = named.with_columns(_dialects(run))
    told = [_commonest(column) for column in named.get_columns()]
    return pl.DataFrame([column for column in told if _tells(column)])


def represented_of(run: Run, kept: pl.Series) -> pl.DataFrame:
    """Count who is mentioned: `axis, group`, how often before and after, the most first.

    `records` of all and their `share`, with its 95% interval from `low` to `high`; `of_axis` is
    their share of the records that mention anybody of the axis; `kept` is how many of them stay,
    and `kept_share` their share of all that stay, with `kept_low` and `kept_high`.
    """
    label = _label(run, "bias")
    if label is None:
        return pl.DataFrame()
    scores = run.scores().select(pl.col(f"{label}__groups").alias("named")).collect()
    listed = scores.with_row_index("row").with_columns(pl.col("named").str.split(" "), kept)
    listed = listed.explode("named")
    z, stay = quantile(CONFIDENCE), int(kept.sum())
    low, high = wilson(pl.col("records"), pl.lit(scores.height), z)
    kept_low, kept_high = wilson(pl.col("kept"), pl.lit(stay), z)
    axis = pl.col("named").str.split(".").list.first()
    told = listed.filter(pl.col("named") != "").with_columns(axis.alias("axis"))
    of_axis = told.group_by("axis").agg(pl.col("row").n_unique().alias("of"))
    return (
        told.group_by("axis", "named")
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64))
        .join(of_axis, on="axis")
        .select(
            "axis",
            pl.col("named").str.split(".").list.last().str.replace_all("_", " ").alias("group"),
            "records",
            (pl.col("records") / scores.height).alias("share"),
            low.alias("low"),
            high.alias("high"),
            (pl.col("records") / pl.col("of")).alias("of_axis"),
            "kept",
            pl.when(stay > 0).then(pl.col("kept") / stay).alias("kept_share"),
            pl.when(stay > 0).then(kept_low).alias("kept_low"),
            pl.when(stay > 0).then(kept_high).alias("kept_high"),
        )
        .sort(
            pl.col("axis").cast(pl.Enum(AXES)), "records", "group", descending=[False, True, False]
        )
    )


def _label(run: Run, tag: str) -> str | None:
    filters: list[Filter] = list(run.recipe.filters)
    return next((entry.label for entry in filters if entry.tag == tag), None)


def _dialects(run: Run) -> pl.Series:
    """Say of each record whether its text has marks of African American English."""
    marked = (
        pl.when(speaks_dialect(pl.col("text"))).then(pl.lit(MARKED)).otherwise(pl.lit(UNMARKED))
    )
    return run.records().select(marked.alias("dialect")).collect(engine="streaming").to_series()


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
