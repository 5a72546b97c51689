"""Disparity: which kinds of records each filter removes more often than the others."""

from collections.abc import Sequence

import polars as pl

from curator.filters import DuplicateFilter, Filter
from curator.groups import AXES
from curator.report.funnel import step_of
from curator.report.traits import FEWEST, GROUP_ORDER, LEAST_DROPPED, NOT_JUDGED, SEVERAL, TRAITS
from curator.report.wilson import quantile, wilson

CONFIDENCE = 0.95
RATIO = 2.0
"""A warning needs a share at least this many times that of the rest."""
GAP = 0.01
"""A warning needs a share at least this much above that of the rest."""
BY_DESIGN = {
    ("length", "length"),
    ("empty", "length"),
    ("turns", "turns"),
    ("structure", "length"),
    ("structure", "turns"),
    ("language", "script"),
    ("language", "language"),
    *(("bias", axis) for axis in AXES),
    ("length", "dialect"),
    *(("length", axis) for axis in AXES),
}
"""What a filter is there to tell apart (filter, trait) is no disparity; and the longer a text, the
more it mentions."""


def disparity_of(
    decisions: pl.DataFrame, traits: pl.DataFrame, filters: Sequence[Filter]
) -> pl.DataFrame:
    """Return for every filter, trait and group the share of its records that the filter drops.

    A record counts for every filter that would drop it, deciding or not; for a duplicate filter
    only the records that no step before it dropped count. `low` and `high` are the 95%
    interval; `rest` is the share among all other records. `warning` says that the group loses far
    more than the rest: at least 20 records, 5 of them dropped, a share twice that of the rest and a
    point above it, and intervals that do not meet, each taken at 95% over all comparisons
    together (Bonferroni).
    """
    late = [entry.label for entry in filters if isinstance(entry, DuplicateFilter)]
    early = [entry.label for entry in filters if entry.label not in late]
    step = decisions.select(step_of("reason")).to_series()
    tables = [_shares(decisions, traits, early)]
    for place, label in enumerate(late):
        reached = decisions["kept"] | step.is_in([*late[place:], "select"])
        tables.append(_shares(decisions.filter(reached), traits.filter(reached), [label]))
    return _judge(pl.concat(tables), {entry.label: entry.tag for entry in filters})


def warnings_of(disparity: pl.DataFrame) -> pl.DataFrame:
    """Return the groups that lose far more than the rest, the worst of each filter and trait."""
    return (
        disparity.filter("warning")
        .sort("share", "group", descending=[True, False])
        .unique(["step", "trait"], keep="first", maintain_order=True)
    )


def _shares(decisions: pl.DataFrame, traits: pl.DataFrame, labels: list[str]) -> pl.DataFrame:
    """Count by filter, trait and group what there is and what the filter drops of it."""
    removed = _removed(decisions, labels)
    return (
        pl.concat([_grouped(removed, traits[trait]) for trait in TRAITS if trait in traits.columns])
        .filter(pl.col("groups") > 1)
        .unpivot(
            labels,
            index=["trait", "group", "records"],
            variable_name="step",
            value_name="dropped",
        )
        .cast({"dropped": pl.Int64})
    )


def _removed(decisions: pl.DataFrame, labels: list[str]) -> pl.DataFrame:
    """Mark for each filter the records it drops, looking at distinct combinations only."""
    joined = decisions.select(
        pl.when(~pl.col("kept")).then(pl.col("reasons").list.join("\n")).alias("all")
    )
    named = "\n" + pl.col("all")
    marks = [
        named.str.contains(f"\n{label}.", literal=True).fill_null(False).alias(label)  # noqa: FBT003
        for label in labels
    ]
    distinct = joined.unique().with_columns(marks)
    return joined.join(
        distinct, on="all", how="left", nulls_equal=True, maintain_order="left"
    ).drop("all")


def _grouped(removed: pl.DataFrame, groups: pl.Series) -> pl.DataFrame:
    order = {name: place for place, name in enumerate(GROUP_ORDER.get(groups.name, []))}
    return (
        removed.with_columns(groups.fill_null("(none)").alias("group"))
        .filter(pl.col("group") != NOT_JUDGED)
        .group_by("group")
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col(removed.columns).sum().cast(pl.Int64))
        .with_columns(
            pl.lit(groups.name).alias("trait"),
            pl.len().alias("groups"),
            pl.col("group")
            .replace_strict(order, default=-pl.col("records"), return_dtype=pl.Int64)
            .alias("place"),
        )
        .sort("place", "group")
    )


def _judge(table: pl.DataFrame, tags: dict[str, str]) -> pl.DataFrame:
    records, dropped = pl.col("records"), pl.col("dropped")
    other = records.sum().over("step", "trait") - records
    other_dropped = dropped.sum().over("step", "trait") - dropped
    low, high = wilson(dropped, records, quantile(CONFIDENCE))
    strict = quantile(1 - (1 - CONFIDENCE) / max(1, table.height))
    share, rest = dropped / records, other_dropped / other
    apart = wilson(dropped, records, strict)[0] > wilson(other_dropped, other, strict)[1]
    design = pl.struct(pl.col("step").replace_strict(tags, return_dtype=pl.String), "trait").is_in(
        [{"step": tag, "trait": trait} for tag, trait in sorted(BY_DESIGN)]
    )
    many = (records >= FEWEST) & (dropped >= LEAST_DROPPED) & (pl.col("group") != SEVERAL)
    far = many & (share >= RATIO * rest) & (share - rest >= GAP) & apart
    return table.select(
        "step",
        "trait",
        "group",
        "records",
        "dropped",
        share.alias("share"),
        low.alias("low"),
        high.alias("high"),
        rest.alias("rest"),
        (far & ~design).alias("warning"),
    )
