"""Contaminated: what records have of test questions, as scores."""

import polars as pl

from curator.evaluation import Index, matches_in

LISTED = {"coverage": 0.25, "run": 10, "exact": 1, "alike": 1e-6}
"""From so much of a question on, it is listed among a record's hits."""


def scores_of(
    prompts: pl.Series, texts: pl.Series, index: Index, alike: pl.DataFrame | None
) -> pl.DataFrame:
    """Measure records by what the user says and by all that is in them.

    `alike` has `row, question, alike` of paraphrases; None where they were not looked for. The
    strongest question is named: what is there whole before what is covered most.
    """
    found = _measured(prompts, texts, index, alike)
    order = ["exact", "coverage", "run", "alike"]
    ranked = found.sort("row", *order, "question", descending=[False, *[True] * 4, False])
    named = pl.DataFrame(
        {
            "question": pl.int_range(len(index.questions), dtype=pl.Int64, eager=True),
            "set": [one.set for one in index.questions],
            "number": [one.number for one in index.questions],
        },
        {"question": pl.Int64, "set": pl.String, "number": pl.Int64},
    )
    hits = ranked.join(named, on="question", how="left", maintain_order="left")
    is_listed = pl.any_horizontal(pl.col(name) >= least for name, least in LISTED.items())
    hit = pl.struct("set", pl.col("number").alias("row"), "coverage", "run", "exact", "alike")
    by_row = hits.group_by("row", maintain_order=True).agg(
        pl.col("coverage").max().alias("tulu3"),
        pl.col("run").max().alias("gpt3"),
        pl.col("exact").max(),
        pl.col("alike").max().alias("semantic"),
        pl.format("{}:{}", "set", "number").filter(is_listed).first().alias("question"),
        hit.struct.json_encode().filter(is_listed).str.join(",").alias("hits"),
    )
    every = pl.DataFrame({"row": pl.int_range(len(prompts), dtype=pl.Int64, eager=True)})
    scores = every.join(by_row, on="row", how="left", maintain_order="left").drop("row")
    semantic = pl.lit(None, pl.Float64) if alike is None else pl.col("semantic").fill_null(0.0)
    return scores.with_columns(
        pl.col("tulu3").fill_null(0.0),
        pl.col("gpt3", "exact").fill_null(0),
        semantic.alias("semantic"),
        pl.when(pl.col("hits") != "").then(pl.format("[{}]", "hits")).alias("hits"),
    )


def _measured(
    prompts: pl.Series, texts: pl.Series, index: Index, alike: pl.DataFrame | None
) -> pl.DataFrame:
    """Return what each record has of each question; only the user's words count as covered."""
    said = matches_in(prompts, index)
    whole = matches_in(texts, index).with_columns(coverage=pl.lit(0.0))
    parts = [said, whole] if alike is None else [said, whole, alike]
    every = pl.concat(parts, how="diagonal")
    if alike is None:
        every = every.with_columns(alike=pl.lit(0.0))
    measures = pl.col("coverage", "alike").fill_null(0.0).round(6), pl.col("run", "whole")
    both = every.with_columns(measures[0], measures[1].fill_null(0)).rename({"whole": "exact"})
    return both.group_by("row", "question").agg(pl.all().max())
