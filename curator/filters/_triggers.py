"""Triggers: short runs of words whose answers are alike, and whose prompts are not."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.filters._trigger_words_kernel import Words
from curator.filters._triggers_kernel import (
    common_runs,
    count_runs,
    count_wanted,
    ends_of,
    find_wanted,
    list_runs,
    table_of,
)

KINDS: Final = ("opening", "ending", "phrase")
"""What answers can have in common: their first three words, their last, or three in between."""
SIZE: Final = 3
REFUSAL: Final = 2
"""The value of the opening of every refusal, however it is worded."""
_REFUSAL: Final = (
    r"(?i)^\W*(?:(?:i(?:'|\x{2019})?m|i am) (?:\w+ )?sorry|sorry|i apologi[sz]e"
    r"|i (?:can(?:'|\x{2019})t|cannot|can not)|i(?:'|\x{2019})?m (?:unable|not able)"
    r"|i am (?:unable|not able)|as an ai|unfortunately, i)|^(?:很?抱歉|对不起|我不能|我无法)"
)
ALONE: Final = 0.8
"""A phrase inside of answers counts where so many of its answers have the trigger: topics have
phrases of their own, which other prompts get too."""
_LOOKED_AT: Final = 200
"""Answers of a kind in which common words are looked for; all are counted afterwards."""
_BUCKETS: Final = (1 << 16, 1 << 24)
_SLACK: Final = 0.9
_SAMPLED: Final = 0.7
"""How much rarer a run may be among those looked at."""


class Limits(NamedTuple):
    """How many records a trigger has, at least and at most, and how firmly it is tied."""

    least: int
    most: int
    association: float
    exclusive: float
    words: int


class Corpus(NamedTuple):
    """The words of all prompts and answers; `order` tells texts apart, whatever their order."""

    prompts: Words
    responses: Words
    refusals: NDArray[np.bool_]
    order: pl.Series


def read_corpus(prompts: pl.Series, responses: pl.Series, order: pl.Series) -> Corpus:
    """Hash the words of all texts."""
    refusals = responses.fill_null("").str.head(80).str.contains(_REFUSAL).to_numpy()
    places = order.rank("dense").cast(pl.UInt32)
    return Corpus(Words(prompts), Words(responses), refusals, places)


def tied_runs(corpus: Corpus, limits: Limits) -> pl.DataFrame:
    """Return `row, kind, value, run, place, words, both, runs, values` for each tied run of words.

    In `both` of the `runs` records whose prompt has the run, the answer has the value; `values`
    records have it in all. `tests` counts the kinds of answers that were looked at.
    """
    if not len(corpus.refusals):
        return _none()
    answers, groups = _answers(corpus, limits)
    wanted = _candidates(corpus, answers, groups, limits)
    wanted = _tieable(corpus, wanted, groups, limits)
    if wanted.is_empty():
        return _none()
    distinct = wanted["run"].unique().sort()
    found = find_wanted(
        corpus.prompts.hashes,
        corpus.prompts.offsets,
        *table_of(distinct.to_numpy()),
        answers["row"].unique().sort().to_numpy(),
    )
    hits = pl.DataFrame(found, schema=["row", "number", "place", "words"], orient="row")
    runs = hits.select(pl.exclude("number"), distinct.gather(hits["number"]).alias("run"))
    both = (
        runs.cast({"row": pl.UInt32})
        .join(wanted, on="run")
        .join(answers, on=["row", "group"], how="semi")
        .with_columns(pl.len().over("group", "run").alias("both"), tests=groups.height)
        .join(groups, on="group")
        .drop("group")
    )
    return both.filter(
        pl.col("both") >= limits.least,
        pl.col("both") >= limits.association * pl.col("runs"),
        pl.col("both") >= pl.col("exclusive") * pl.col("values"),
    )


def _none() -> pl.DataFrame:
    whole = ("row", "place", "words", "runs", "values", "both", "tests")
    schema = dict.fromkeys(whole, pl.Int64) | {"kind": pl.String}
    return pl.DataFrame(schema=schema | dict.fromkeys(("run", "value"), pl.UInt64))


def _answers(corpus: Corpus, limits: Limits) -> tuple[pl.DataFrame, pl.DataFrame]:
    """List `row, group`: whose answers have what in common; and `group, kind, value, values`."""
    hashes, offsets = corpus.responses.hashes, corpus.responses.offsets
    ends = ends_of(hashes, offsets, SIZE)
    ends[corpus.refusals, 0] = REFUSAL
    buckets = _BUCKETS[0]
    while buckets < min(2 * len(hashes), _BUCKETS[1]):
        buckets *= 2
    counts = count_runs(hashes, offsets, SIZE, buckets)
    enough = limits.least * _SLACK
    listed = list_runs(hashes, offsets, SIZE, (counts >= enough) & (counts <= limits.most / ALONE))
    every = np.arange(len(ends), dtype=np.int64)
    columns = ((every, ends[:, 0]), (every, ends[:, 1]), listed)
    answers = pl.concat(
        pl.DataFrame({"row": row.astype(np.uint32), "place": np.uint8(place), "value": value})
        .filter(pl.col("value") != 0)
        .unique()
        .filter(pl.len().over("value").is_between(enough, limits.most / _exclusive(place, limits)))
        for place, (row, value) in enumerate(columns)
    )
    groups = (
        answers.group_by("place", "value")
        .agg(pl.len().cast(pl.Int64).alias("values"))
        .sort("place", "value")
        .with_row_index("group")
    )
    kinds = pl.Series(KINDS).gather(groups["place"])
    exclusive = pl.Series([_exclusive(place, limits) for place in range(len(KINDS))])
    named = groups.with_columns(
        kinds.alias("kind"), exclusive.gather(groups["place"]).alias("exclusive")
    )
    rows = answers.join(groups.drop("values"), on=["place", "value"]).select("row", "group")
    return rows, named.drop("place")


def _exclusive(place: int, limits: Limits) -> float:
    """Return which share of the answers of a kind must have the trigger."""
    return max(ALONE, limits.exclusive) if KINDS[place] == "phrase" else limits.exclusive


def _candidates(
    corpus: Corpus, answers: pl.DataFrame, groups: pl.DataFrame, limits: Limits
) -> pl.DataFrame:
    """List `group, run`: the words that are common in the prompts of alike answers.

    Where many are alike a few are looked at, the same ones in whatever order they come.
    """
    order = corpus.order.gather(answers["row"]).alias("order")
    looked_at = (
        answers.with_columns(order)
        .sort("group", "order", "row")
        .filter(pl.int_range(pl.len()).over("group") < _LOOKED_AT)
    )
    sizes = looked_at.group_by("group", maintain_order=True).agg(pl.len().alias("size"))
    sizes = sizes.join(groups, on="group", how="left", maintain_order="left")
    few = pl.col("size") == pl.col("values")
    share = pl.col("exclusive") * pl.col("size") * pl.when(few).then(1.0).otherwise(_SAMPLED)
    least = pl.max_horizontal(share, pl.when(few).then(limits.least).otherwise(0))
    bounds = np.concatenate(([0], np.cumsum(sizes["size"].to_numpy()))).astype(np.int64)
    group, run = common_runs(
        corpus.prompts.hashes,
        corpus.prompts.offsets,
        looked_at["row"].to_numpy().astype(np.int64),
        bounds,
        sizes.select(least.cast(pl.Float64)).to_series().to_numpy(),
    )
    return pl.DataFrame({"group": sizes["group"].gather(group), "run": run})


def _tieable(
    corpus: Corpus, wanted: pl.DataFrame, groups: pl.DataFrame, limits: Limits
) -> pl.DataFrame:
    """Count the `runs` of all prompts, and leave out what is too common to be tied, or too rare."""
    distinct = wanted["run"].unique().sort()
    hashes, offsets = corpus.prompts.hashes, corpus.prompts.offsets
    table = table_of(distinct.to_numpy())
    counts = count_wanted(hashes, offsets, *table, len(distinct))
    runs = pl.DataFrame({"run": distinct, "runs": counts})
    runs = runs.filter(pl.col("runs").is_between(limits.least, limits.most))
    counted = wanted.join(runs, on="run").join(
        groups.select("group", "values", "exclusive"), on="group"
    )
    return counted.filter(
        pl.col("runs") * limits.association <= pl.col("values"),
        pl.col("runs") >= pl.col("exclusive") * pl.col("values"),
    ).select("group", "run", "runs")
