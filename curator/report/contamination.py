"""Contamination: which test questions stand in which records, set by set."""

from typing import NamedTuple

import polars as pl

from curator.filters.decontaminate import HIT, Decontaminate
from curator.report.shown import Piece, Place, excerpt
from curator.run import Run

CONTAMINATED = 0.02
"""A set of which more than this share is hit counts as contaminated (Lambert et al. 2024, Tulu 3,
§3.2: training data that overlaps with more than 2% of an evaluation is removed)."""
MOST = 25
"""How many hits are shown of a set; all are counted, and all stand in the score `hits`."""
_SIZE = 240
_MEASURES = {
    "tulu3": ("coverage", "max_coverage"),
    "gpt3": ("run", "min_run"),
    "exact": ("exact", "min_exact"),
    "semantic": ("alike", "min_similarity"),
}


class Leak(NamedTuple):
    """One record that holds one question: by which rules, and with what words."""

    question: str
    id: str
    place: str
    kept: bool
    rules: str
    coverage: float
    run: int
    text: list[Piece]


class Contamination(NamedTuple):
    """What one filter found.

    `sets` has a row for each evaluation set: `set, questions, hit, share, contaminated, records,
    kept`, the last two counting records that hold any of its questions.
    """

    label: str
    sets: pl.DataFrame
    leaks: list[Leak]


def contamination_of(run: Run, decisions: pl.DataFrame) -> list[Contamination]:
    """Gather what every filter `decontaminate` of the recipe found, whether it drops or flags."""
    found = []
    for entry in run.recipe.filters:
        if isinstance(entry, Decontaminate):
            hits = hits_of(run, entry).join(decisions.select("id", "kept"), on="id")
            found.append(Contamination(entry.label, _sets(entry, hits), _leaks(run, entry, hits)))
    return found


def hits_of(run: Run, entry: Decontaminate) -> pl.DataFrame:
    """Return `id, set, row`, the measures and `rules` of every hit that a rule fires for."""
    column = f"{entry.label}__hits"
    listed = run.scores().select("id", column).drop_nulls(column).collect()
    hits = (
        listed.select("id", pl.col(column).str.json_decode(pl.List(HIT)).alias("hit"))
        .explode("hit")
        .unnest("hit")
    )
    fired = [
        pl.when(_fires(entry, rule)).then(pl.lit(rule))
        for rule in _MEASURES
        if entry.action(rule) != "off"
    ]
    rules = pl.concat_str(*fired, separator=", ", ignore_nulls=True) if fired else pl.lit("")
    return hits.with_columns(rules=rules).filter(pl.col("rules") != "")


def _fires(entry: Decontaminate, rule: str) -> pl.Expr:
    """Say of one hit what the rule says of a record's strongest."""
    measure, limit = _MEASURES[rule]
    value, bound = pl.col(measure), pl.lit(getattr(entry, limit))
    return value > bound if limit.startswith("max") else value >= bound


def _sets(entry: Decontaminate, hits: pl.DataFrame) -> pl.DataFrame:
    counts = (
        hits.group_by("set")
        .agg(
            hit=pl.col("row").n_unique(),
            records=pl.col("id").n_unique(),
            kept=pl.col("id").filter("kept").n_unique(),
        )
        .cast({"hit": pl.Int64, "records": pl.Int64, "kept": pl.Int64})
    )
    names = pl.Series("set", [one.set for one in entry.index().questions], pl.String)
    every = names.value_counts(name="questions").cast({"questions": pl.Int64}).sort("set")
    joined = every.join(counts, on="set", how="left", maintain_order="left")
    share = pl.col("hit") / pl.col("questions")
    return joined.with_columns(pl.col("hit", "records", "kept").fill_null(0)).select(
        "set",
        "questions",
        "hit",
        share.alias("share"),
        (share > CONTAMINATED).alias("contaminated"),
        "records",
        "kept",
    )


def _leaks(run: Run, entry: Decontaminate, hits: pl.DataFrame) -> list[Leak]:
    chosen = hits.sort("set", "row", "id").group_by("set", maintain_order=True).head(MOST)
    ids = chosen["id"].unique()
    texts = run.records().filter(pl.col("id").is_in(ids.implode()))
    rows = texts.select("id", "source", "row", "text").collect()
    by_id = {row["id"]: row for row in rows.iter_rows(named=True)}
    return [
        Leak(
            f"{hit['set']}:{hit['row']}",
            hit["id"],
            f"{by_id[hit['id']]['source']}:{by_id[hit['id']]['row']}",
            hit["kept"],
            hit["rules"],
            hit["coverage"],
            hit["run"],
            _overlap(entry, by_id[hit["id"]]["text"] or ""),
        )
        for hit in chosen.iter_rows(named=True)
    ]


def _overlap(entry: Decontaminate, text: str) -> list[Piece]:
    """Crop a text around the words that it shares with test questions, and highlight them."""
    places = [Place(span.start, span.end) for span in entry.spans(text)]
    return excerpt(text, sorted(set(places)), _SIZE)
