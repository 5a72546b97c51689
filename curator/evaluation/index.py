"""Index: every run of words of every test question, to be looked up without a miss."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.evaluation._words_kernel import fill_table, run_hashes
from curator.evaluation.sets import Question, SetFile, read_questions
from curator.evaluation.words import READINGS, Words, read_words

WIDTH: Final = 8
"""Words of a run: the 8-grams of Tulu 3 (Lambert et al. 2024, §3.2), and the least n of GPT-3
(Brown et al. 2020, appendix C)."""


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
    `sizes` counts all its words.
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


@dataclass(frozen=True)
class Index:
    """Test questions, ready to be found.

    A passage is a distinct text of questions; `owners` has `passage, question` for each question
    that has it, and `asked` all that a question asks. `shared` marks the passages that are the
    question of several with other choices, and say nothing by themselves.
    """

    questions: list[Question]
    counts: dict[str, int]
    headers: dict[str, int]
    passages: pl.Series
    owners: pl.DataFrame
    shared: NDArray[np.bool_]
    readings: tuple[Reading, ...]

    def owners_of(self, passage: int) -> list[int]:
        """Return the questions that have a passage."""
        first, last = np.searchsorted(self.owners["passage"].to_numpy(), (passage, passage + 1))
        return self.owners["question"][first:last].to_list()

    def named(self, question: int) -> str:
        """Name a question by its set and its row."""
        one = self.questions[question]
        return f"{one.set}:{one.number}"


@lru_cache(maxsize=2)
def load_index(files: tuple[SetFile, ...], fields: tuple[str, ...], max_questions: int) -> Index:
    """Index the questions of some files, once a process."""
    found = read_questions(files, fields)
    passages, owners = _passages_of(found.questions)
    readings = tuple(
        _read(read_words(passages, joined=joined), joined, max_questions) for joined in READINGS
    )
    shared = _shared(found.questions, owners, len(passages))
    return Index(found.questions, found.counts, found.headers, passages, owners, shared, readings)


def _passages_of(questions: Sequence[Question]) -> tuple[pl.Series, pl.DataFrame]:
    """Return the distinct texts, and who asks them; a text is known by its words."""
    said = [
        (number, text) for number, one in enumerate(questions) for text in _looked_for(one.passages)
    ]
    texts = pl.Series("text", [text for _, text in said], pl.String)
    words = read_words(texts, joined=False)
    owners = pl.DataFrame(
        {
            "question": pl.Series([number for number, _ in said], dtype=pl.Int64),
            "key": _fold(words),
            "text": texts,
            "words": np.diff(words.offsets) - 1,
        }
    ).filter(pl.col("words") > 0)
    owners = owners.with_columns(pl.col("key").rank("dense").cast(pl.Int64).alias("passage") - 1)
    passages = owners.unique("passage", keep="first").sort("passage")["text"]
    return passages, owners.select("passage", "question").unique().sort("passage", "question")


def _looked_for(passages: Sequence[str]) -> list[str]:
    """Leave out later turns of few words: "Can you explain?" is asked everywhere."""
    later = [text for text in passages[1:] if len(text.split()) >= WIDTH]
    return [*passages[:1], *later]


def _fold(words: Words) -> NDArray[np.uint64]:
    """Hash all the words of each text, in order."""
    places = np.arange(len(words.hashes), dtype=np.uint64)
    starts = words.offsets[:-1]
    sizes = np.diff(words.offsets)
    order = places - np.repeat(starts, sizes).astype(np.uint64)
    terms = words.hashes * (np.uint64(2) * order + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    terms ^= terms >> np.uint64(29)
    totals = np.zeros(len(terms) + 1, np.uint64)
    np.cumsum(terms, out=totals[1:])
    folded: NDArray[np.uint64] = totals[words.offsets[1:]] - totals[starts]
    return folded


def _read(words: Words, joined: bool, max_questions: int) -> Reading:
    sizes = np.diff(words.offsets) - 1
    texts = len(sizes)
    runs = run_hashes(words.hashes, words.offsets, WIDTH)
    places = np.flatnonzero(runs)
    owner = np.repeat(np.arange(texts), sizes + 1)[places]
    every = pl.DataFrame(
        {"run": runs[places], "passage": owner, "word": places - words.offsets[owner]}
    )
    common = pl.col("passage").n_unique().over("run") > max_questions
    told = every.with_columns(common.alias("common")).filter(
        ~pl.col("common") | pl.col("common").all().over("passage")
    )
    told = told.sort("run", "passage", "word")
    starts = np.flatnonzero(told["run"].to_numpy()[1:] != told["run"].to_numpy()[:-1]) + 1
    firsts = np.concatenate(([0], starts)) if told.height else np.empty(0, np.int64)
    keys = told["run"].to_numpy()[firsts]
    passages = told["passage"].to_numpy()
    short = np.flatnonzero((sizes > 0) & (sizes < WIDTH))
    return Reading(
        joined,
        _table(keys),
        np.append(firsts, told.height),
        passages.astype(np.int32),
        told["word"].to_numpy().astype(np.int32),
        sizes,
        np.bincount(passages, minlength=texts),
        covered(told.select("passage", "word"), texts),
        *_short(words, short),
    )


def covered(runs: pl.DataFrame, texts: int) -> NDArray[np.int64]:
    """Count the words of each passage that lie in one of its runs (`passage, word`)."""
    counts = np.zeros(texts, np.int64)
    sums = (
        runs.unique()
        .sort("passage", "word")
        .with_columns(new=(pl.col("word").diff().over("passage").fill_null(WIDTH)))
        .group_by("passage")
        .agg(pl.col("new").clip(upper_bound=WIDTH).sum())
    )
    counts[sums["passage"].to_numpy()] = sums["new"].to_numpy()
    return counts


def _short(words: Words, short: NDArray[np.int64]) -> tuple[Table, NDArray[np.int64]]:
    """Index passages of too few words for a run, whole; of equal ones the first."""
    keys = np.zeros(len(short), np.uint64)
    for size in range(1, WIDTH):
        runs = run_hashes(words.hashes, words.offsets, size)
        mine = np.diff(words.offsets)[short] - 1 == size
        keys[mine] = runs[words.offsets[short[mine]]]
    distinct, first = np.unique(keys, return_index=True)
    return _table(distinct), short[first]


def _table(keys: NDArray[np.uint64]) -> Table:
    slots = 4
    while slots < 2 * len(keys) + 2:
        slots *= 2
    return Table(*fill_table(keys, slots))


def _shared(
    questions: Sequence[Question], owners: pl.DataFrame, passages: int
) -> NDArray[np.bool_]:
    choices = pl.Series("choices", ["\0".join(one.choices) for one in questions], pl.String)
    told = owners.with_columns(choices.gather(owners["question"]))
    several = told.group_by("passage").agg(pl.col("choices").n_unique() > 1)
    shared = np.zeros(passages, np.bool_)
    shared[several["passage"].to_numpy()] = several["choices"].to_numpy()
    return shared
