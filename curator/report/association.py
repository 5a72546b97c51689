"""Association: which words and outcomes go with one group more than with the others of its axis."""

from typing import NamedTuple

import polars as pl

from curator.groups import AXES
from curator.groups.attributes import ATTRIBUTES
from curator.report.significance import adjusted, two_sided
from curator.report.traits import FEWEST

LEVEL = 0.05
"""Share of false findings among those shown that is put up with (Benjamini and Hochberg 1995)."""
PRIOR = 100.0
"""Weight of the prior: so many words of the list, spread like all of them, are added to a group."""
LEAST = 5
"""What is found less often of a group is not compared: the normal approximation is poor there."""
MOST = 6
"""Words and outcomes shown of a group."""
_SCHEMA = {
    "axis": pl.String,
    "group": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "found": pl.Int64,
    "trials": pl.Int64,
    "others_found": pl.Int64,
    "others_trials": pl.Int64,
    "log_odds": pl.Float64,
    "z": pl.Float64,
    "p": pl.Float64,
    "id": pl.String,
}
_CELL = ["axis", "group"]
_NOT = "not"
"""The kind of the records that an outcome is not so of; it is counted and never shown."""


class Outcome(NamedTuple):
    """Something that is so or not of each record, such as a refusal; null where not judged."""

    kind: str
    name: str
    values: pl.Series
    units: pl.Series
    """Records with an equal unit, such as the hash of the answer, count as one."""


def members_of(named: pl.Series) -> pl.DataFrame:
    """List who is mentioned alone of its axis: `row, axis, group`, from names like `age.old`.

    A record that mentions two groups of an axis tells of neither and is left out, so the groups
    that are compared share no record; groups of fewer than 20 records are left out too.
    """
    listed = (
        named.to_frame("named")
        .with_row_index("row")
        .with_columns(pl.col("named").str.split(" "))
        .explode("named")
        .filter(pl.col("named") != "")
        .with_columns(pl.col("named").str.split_exact(".", 1).struct.rename_fields(_CELL))
        .unnest("named")
    )
    alone = listed.filter(pl.len().over("row", "axis") == 1)
    large = alone.filter(pl.len().over(_CELL) >= FEWEST)
    return large.filter(pl.col("group").n_unique().over("axis") > 1)


def words_of(records: pl.LazyFrame, rows: pl.Series) -> pl.DataFrame:
    """List the attribute words in the texts of some rows: `row, kind, name, unit`.

    Each word once a record, where it first stands; `unit` is the hash of it with the two words on
    either side, so that a passage which many records quote can be counted once.
    """
    before, after = (pl.col("name").shift(by) for by in (1, -1))
    around = pl.concat_str(
        pl.col("name").shift(2), before, "name", after, pl.col("name").shift(-2), ignore_nulls=True
    )
    return (
        records.select("text")
        .with_row_index("row")
        .filter(pl.col("row").is_in(rows.unique().implode()))
        .select(
            "row", pl.col("text").str.to_lowercase().str.extract_all(r"[a-z0-9]+").alias("name")
        )
        .collect(engine="streaming")
        .explode("name")
        .with_columns(around.hash().alias("unit"))
        .filter(pl.col("name").is_in(list(ATTRIBUTES)))
        .unique(["row", "name"], keep="first", maintain_order=True)
        .select("row", pl.col("name").replace_strict(ATTRIBUTES).alias("kind"), "name", "unit")
    )


def associations_of(
    members: pl.DataFrame, words: pl.DataFrame, outcomes: list[Outcome], ids: pl.Series
) -> pl.DataFrame:
    """Return what goes with each group more than with the others of its axis, the surest first.

    One row a group and word, kind of words or outcome: how often it is `found` among the `trials`
    of the group and of the others, the `log_odds` ratio, its `z`, its `p` adjusted for all
    comparisons (at most 0.05), and the `id` of a record. The trials of a word are all words of
    the list, so long texts count no more than short ones; those of an outcome are records. The
    odds have an informative Dirichlet prior, which draws rare words toward what holds of the axis
    as a whole (Monroe, Colaresi and Quinn 2008, Political Analysis 16:372). A word counts once a
    record, and once for all records that quote one passage; an outcome once for each answer.
    """
    if members.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    listed = words.select(pl.lit("words").alias("family"), "kind", "name", "row", "unit")
    kinds = listed.select(
        pl.lit("kinds").alias("family"),
        pl.lit("words of").alias("kind"),
        pl.col("kind").alias("name"),
        "row",
        "unit",
    ).unique(["row", "name"], keep="first", maintain_order=True)
    told = pl.concat([listed, kinds, *map(_answers, outcomes)])
    tested = _tested(_counted(members, told, ids)).filter(
        (pl.col("found") >= LEAST) & (pl.col("kind") != _NOT)
    )
    return (
        tested.with_columns(adjusted(two_sided(tested["z"])).alias("p"))
        .filter((pl.col("p") <= LEVEL) & (pl.col("z") > 0))
        .sort(pl.col("axis").cast(pl.Enum(AXES)), "group", -pl.col("z"), "name")
        .filter(pl.int_range(pl.len()).over(_CELL) < MOST)
        .select(list(_SCHEMA))
    )


def _answers(outcome: Outcome) -> pl.DataFrame:
    """List the records that an outcome was judged for, and whether it is so of them."""
    return (
        pl.DataFrame({"so": outcome.values.cast(pl.Boolean), "unit": outcome.units})
        .with_row_index("row")
        .drop_nulls("so")
        .select(
            pl.lit(outcome.name).alias("family"),
            pl.when("so").then(pl.lit(outcome.kind)).otherwise(pl.lit(_NOT)).alias("kind"),
            pl.lit(outcome.name).alias("name"),
            "row",
            "unit",
        )
    )


def _counted(members: pl.DataFrame, told: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Count how often each thing is found of each group, and all that is found of its family."""
    thing = ["family", "kind", "name"]
    named = members.with_columns(ids.gather(members["row"]).alias("id"))
    found = (
        named.join(told, on="row")
        .group_by(*_CELL, *thing, "unit")
        .agg(pl.col("id").min())
        .group_by(*_CELL, *thing)
        .agg(pl.len().cast(pl.Int64).alias("found"), pl.col("id").min())
    )
    groups = members.select(_CELL).unique()
    return (
        groups.join(told.select(thing).unique(), how="cross")
        .join(found, on=[*_CELL, *thing], how="left")
        .with_columns(pl.col("found").fill_null(0))
        .with_columns(
            pl.col("found").sum().over(*_CELL, "family").alias("trials"),
            pl.col("found").sum().over("axis", "family").alias("all_trials"),
            pl.col("found").sum().over("axis", *thing).alias("all_found"),
        )
    )


def _tested(counted: pl.DataFrame) -> pl.DataFrame:
    """Add the log-odds ratio under the prior, and its z."""
    found, trials = pl.col("found"), pl.col("trials")
    others_found, others_trials = pl.col("all_found") - found, pl.col("all_trials") - trials
    prior = PRIOR * pl.col("all_found") / pl.col("all_trials")
    yes, no = found + prior, trials - found + PRIOR - prior
    other_yes, other_no = others_found + prior, others_trials - others_found + PRIOR - prior
    ratio = (yes / no).log() - (other_yes / other_no).log()
    variance = 1 / yes + 1 / no + 1 / other_yes + 1 / other_no
    varied = (pl.col("all_found") > 0) & (pl.col("all_found") < pl.col("all_trials"))
    return counted.filter(varied).with_columns(
        others_found.alias("others_found"),
        others_trials.alias("others_trials"),
        ratio.alias("log_odds"),
        (ratio / variance.sqrt()).alias("z"),
    )
