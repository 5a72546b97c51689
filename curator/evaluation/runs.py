"""Runs: every run of eight words of every passage, to be looked up without a miss."""

import string
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.evaluation._words_kernel import fill_table, run_hashes
from curator.evaluation.words import Words, read_words

WIDTH: Final = 8
"""Words of a run: the 8-grams of Tulu 3 (Lambert et al. 2024, §3.2), and the least n of GPT-3
(Brown et al. 2020, appendix C)."""
_NAMED: Final = 3
"""A run must have so many words that are more than a number or a letter."""

_LOOPED: Final = 64
"""A run that stands more often in one passage is a loop, which looping texts match endlessly."""


@dataclass(frozen=True)
class Table:
    """Keys to look up by hash, none twice."""

    slots: NDArray[np.uint64]
    places: NDArray[np.int32]


@dataclass(frozen=True)
class Reading:
    """The runs of all passages as one reading has them.

    The `k`-th distinct run stands at `(passages[i], words[i])` for i in `stops[k]:stops[k + 1]`.
    Of each passage, `telling` counts the runs that are looked for and `due` the words they cover;
    `sizes` counts all its words. `short` holds the passages of too few words for a run, whole.
    """

    joined: bool
    runs: Table
    stops: NDArray[np.int64]
    passages: NDArray[np.int32]
    words: NDArray[np.int32]
    sizes: NDArray[np.int64]
    telling: NDArray[np.int64]
    due: NDArray[np.int64]
    short: Table
    short_passages: NDArray[np.int64]


def read_passages(passages: pl.Series, max_questions: int, *, joined: bool) -> Reading:
    """Look up the runs of all passages, as one reading has them."""
    words = read_words(passages, joined=joined)
    sizes = np.diff(words.offsets) - 1
    told = _telling(words, sizes, max_questions)
    owners, runs = told["passage"].to_numpy(), told["run"].to_numpy()
    keys, firsts = np.unique(runs, return_index=True)
    return Reading(
        joined,
        _table(keys),
        np.append(firsts, len(runs)),
        owners.astype(np.int32),
        told["word"].to_numpy().astype(np.int32),
        sizes,
        np.bincount(owners, minlength=len(sizes)),
        _due(told, len(sizes)),
        *_short(words, np.flatnonzero((sizes > 0) & (sizes < WIDTH))),
    )


def _telling(words: Words, sizes: NDArray[np.int64], max_questions: int) -> pl.DataFrame:
    """List `run, passage, word` of the runs that are looked for, in this order.

    Left out is what many questions have, what loops, and what is little but numbers and letters;
    but a passage that has nothing else is looked for by that.
    """
    runs = run_hashes(words.hashes, words.offsets, WIDTH)
    places = np.flatnonzero(runs)
    owner = np.repeat(np.arange(len(sizes)), sizes + 1)[places]
    named = np.concatenate(([0], np.cumsum(~np.isin(words.hashes, _bare_words()))))
    every = pl.DataFrame(
        {
            "run": runs[places],
            "passage": owner,
            "word": places - words.offsets[owner],
            "named": named[places + WIDTH] - named[places],
        }
    )
    common = pl.col("passage").n_unique().over("run") > max_questions
    looped = pl.len().over("run", "passage") > _LOOPED
    silent = common | looped | (pl.col("named") < _NAMED)
    told = every.with_columns(silent.alias("silent")).filter(
        ~pl.col("silent") | pl.col("silent").all().over("passage")
    )
    return told.select("run", "passage", "word").sort("run", "passage", "word")


@cache
def _bare_words() -> NDArray[np.uint64]:
    """Hash the numbers up to 9,999 and the letters: what any list or table is full of."""
    bare = [*map(str, range(10_000)), *string.ascii_lowercase]
    return read_words(pl.Series([" ".join(bare)]), joined=False).hashes[:-1]


def _due(told: pl.DataFrame, passages: int) -> NDArray[np.int64]:
    """Count the words of each passage that lie in a run that is looked for."""
    sums = covered(told.select("passage", "word"), ["passage"])
    due = np.zeros(passages, np.int64)
    due[sums["passage"].to_numpy()] = sums["covered"].to_numpy()
    return due


def covered(runs: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Count the words that lie in runs which begin at `word`, `by` whatever they belong to."""
    new = pl.col("word").diff().over(by).fill_null(WIDTH).clip(0, WIDTH)
    distinct = runs.select(*by, "word").unique().sort(*by, "word")
    return distinct.with_columns(covered=new).group_by(by).agg(pl.col("covered").sum())


def _short(words: Words, short: NDArray[np.int64]) -> tuple[Table, NDArray[np.int64]]:
    """Hash passages of too few words for a run whole; of equal ones the first."""
    keys = np.zeros(len(short), np.uint64)
    sizes = (np.diff(words.offsets) - 1)[short]
    for size in range(1, WIDTH):
        runs = run_hashes(words.hashes, words.offsets, size)
        keys[sizes == size] = runs[words.offsets[short[sizes == size]]]
    distinct, first = np.unique(keys, return_index=True)
    return _table(distinct), short[first]


def _table(keys: NDArray[np.uint64]) -> Table:
    slots = 4
    while slots < 2 * len(keys) + 2:
        slots *= 2
    return Table(*fill_table(keys, slots))
