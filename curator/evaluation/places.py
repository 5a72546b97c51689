"""Places: where in a text the words stand that it shares with test questions."""

from collections.abc import Iterable, Iterator

import polars as pl

from curator.evaluation.index import Index
from curator.evaluation.match import common_runs, matches_in
from curator.evaluation.runs import WIDTH
from curator.evaluation.short import short_stretches
from curator.evaluation.words import read_words, words_of


def shared_places(text: str, index: Index, coverage: float, run: float) -> list[tuple[int, int]]:
    """Return the stretches `(start, end)` that a text shares with questions.

    A question counts from this coverage or run on, or where it stands there whole.
    """
    texts = pl.Series([text], dtype=pl.String)
    strong = (pl.col("coverage") >= coverage) | (pl.col("run") >= run) | (pl.col("whole") > 0)
    wanted = matches_in(texts, index).filter(strong)
    owners = index.owners.join(wanted, on="question", how="semi")
    questions = set(wanted["question"])
    found: set[tuple[int, int]] = set()
    for reading in index.readings if questions else ():
        words = read_words(texts, joined=reading.joined)
        said = words_of(text, joined=reading.joined)
        runs = common_runs(words, reading).join(owners, on="passage", how="semi")
        stretches = [(at, at + WIDTH) for at in runs["at"].to_list()]
        stretches += [
            (one.at, one.at + one.size)
            for one in short_stretches(words, reading, index)
            if one.question in questions
        ]
        found |= {(said[first].start, said[last - 1].end) for first, last in stretches}
    return list(_merged(sorted(found)))


def _merged(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Make one stretch of those that meet."""
    start, end = -1, -1
    for first, last in places:
        if first > end:
            if end >= 0:
                yield start, end
            start = first
        end = max(end, last)
    if end >= 0:
        yield start, end
