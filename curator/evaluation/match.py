"""Match: what texts and test questions have in common, run by run, with nothing left out."""

import numpy as np
import polars as pl

from curator.dedup.blocks import row_ranges
from curator.dedup.threads import map_threads
from curator.evaluation._words_kernel import find_runs, run_hashes
from curator.evaluation.index import Index
from curator.evaluation.runs import WIDTH, Reading, covered
from curator.evaluation.short import short_stretches
from curator.evaluation.words import Words, read_words

MATCH_SCHEMA = pl.Schema(
    {
        "row": pl.Int64,
        "question": pl.Int64,
        "coverage": pl.Float64,
        "run": pl.Int64,
        "whole": pl.Int64,
    }
)
"""What a text has of a question: the share of the words of a passage that lie in shared runs, the
words of the longest shared run, and all words of a passage that is there whole, else 0."""
_BOTH = ["row", "passage"]


def matches_in(texts: pl.Series, index: Index) -> pl.DataFrame:
    """Hold every text against every question: a row of MATCH_SCHEMA for each two that share words.

    Both readings are tried, and what fits better counts; so does the best passage of a question.
    """
    ranges = row_ranges(texts.to_frame())
    todo = [(*rows, reading) for rows in ranges for reading in index.readings]
    parts = map_threads(lambda one: _in_block(texts.slice(one[0], one[1]), one, index), todo)
    found = pl.concat([MATCH_SCHEMA.to_frame(), *parts])
    return found.group_by("row", "question").agg(pl.all().max()).sort("row", "question")


def _in_block(texts: pl.Series, part: tuple[int, int, Reading], index: Index) -> pl.DataFrame:
    first, _, reading = part
    words = read_words(texts, joined=reading.joined)
    shared = _measured(common_runs(words, reading), reading)
    owned = shared.join(index.owners, on="passage").select(MATCH_SCHEMA.names())
    short = [
        (one.row, one.question, 0.0, 0, one.whole) for one in short_stretches(words, reading, index)
    ]
    alone = pl.DataFrame(short, MATCH_SCHEMA, orient="row")
    return pl.concat([owned, alone]).with_columns(pl.col("row") + first)


def common_runs(words: Words, reading: Reading) -> pl.DataFrame:
    """List `row, passage, word, at`: the run of the passage from `word` on stands in the text."""
    runs = run_hashes(words.hashes, words.offsets, WIDTH)
    keys = find_runs(runs, reading.runs.slots, reading.runs.places)
    places = np.flatnonzero(keys >= 0)
    known = keys[places]
    counts = reading.stops[known + 1] - reading.stops[known]
    ends = np.cumsum(counts)
    listed = np.arange(counts.sum()) + np.repeat(reading.stops[known] - (ends - counts), counts)
    rows = np.searchsorted(words.offsets, places, "right") - 1
    return pl.DataFrame(
        {
            "row": np.repeat(rows, counts),
            "passage": reading.passages[listed].astype(np.int64),
            "word": reading.words[listed].astype(np.int64),
            "at": np.repeat(places - words.offsets[rows], counts),
        }
    )


def _measured(events: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Measure what each text shares with each passage: `coverage`, `run` and `whole`."""
    joined = covered(events, _BOTH).join(_lines(events, reading), on=_BOTH)
    due = pl.Series(reading.due).gather(joined["passage"])
    return joined.with_columns(coverage=pl.col("covered") / due)


def _lines(events: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Return the longest run that stands in one piece, and whether that is the whole passage."""
    line = [*_BOTH, "shift"]
    step = pl.col("word").diff().over(line)
    pieces = (
        events.with_columns(shift=pl.col("at") - pl.col("word"))
        .sort(*line, "word")
        .with_columns(piece=(step > WIDTH).fill_null(value=False).cum_sum().over(line))
        .group_by(*line, "piece")
        .agg(run=pl.col("word").max() - pl.col("word").min() + WIDTH, runs=pl.len())
        .group_by(line)
        .agg(pl.col("run").max(), pl.col("runs").sum())
    )
    sizes, telling = (
        pl.Series(each).gather(pieces["passage"]) for each in (reading.sizes, reading.telling)
    )
    whole = pl.when(pl.col("runs") == telling).then(sizes).otherwise(0)
    return pieces.with_columns(whole=whole).group_by(_BOTH).agg(pl.col("run", "whole").max())
