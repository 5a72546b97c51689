"""Index: the questions of evaluation sets, ready to be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.evaluation.runs import WIDTH, Reading, read_passages
from curator.evaluation.sets import Question, SetFile, read_questions
from curator.evaluation.words import READINGS

_ALIKE: Final = 2
"""More questions than this of the same words, with other choices, are not told apart by them."""


@dataclass(frozen=True)
class Index:
    """Test questions, ready to be found.

    A passage is a distinct text of questions; `owners` has `passage, question` for each question
    that has it. `shared` marks the passages that many questions with other choices have ("Which is
    true?"), and that say nothing by themselves.
    """

    questions: list[Question]
    owners: pl.DataFrame
    shared: NDArray[np.bool_]
    readings: tuple[Reading, ...]

    def owners_of(self, passage: int) -> list[int]:
        """Return the questions that have a passage."""
        first, last = np.searchsorted(self.owners["passage"].to_numpy(), (passage, passage + 1))
        return self.owners["question"][first:last].to_list()


@lru_cache(maxsize=2)
def load_index(files: tuple[SetFile, ...], fields: tuple[str, ...], max_questions: int) -> Index:
    """Index the questions of some files, once a process."""
    questions = read_questions(files, fields)
    passages, owners = _passages_of(questions)
    readings = [read_passages(passages, max_questions, joined=joined) for joined in READINGS]
    shared = _shared(questions, owners, len(passages))
    return Index(questions, owners, shared, tuple(readings))


def _passages_of(questions: Sequence[Question]) -> tuple[pl.Series, pl.DataFrame]:
    """Return the distinct texts, and which questions have them; signs make no difference."""
    said = [
        (number, text) for number, one in enumerate(questions) for text in _looked_for(one.passages)
    ]
    key = pl.col("text").str.to_lowercase().str.replace_all(r"[\W_]+", " ").str.strip_chars()
    owners = (
        pl.DataFrame(said, {"question": pl.Int64, "text": pl.String}, orient="row")
        .with_columns(key=key)
        .filter(pl.col("key") != "")
        .with_columns(passage=pl.col("key").rank("dense").cast(pl.Int64) - 1)
    )
    passages = owners.unique("passage", keep="first").sort("passage")["text"]
    return passages, owners.select("passage", "question").unique().sort("passage", "question")


def _looked_for(passages: Sequence[str]) -> list[str]:
    """Leave out later turns of few words: "Can you explain?" is asked everywhere."""
    later = [text for text in passages[1:] if len(text.split()) >= WIDTH]
    return [*passages[:1], *later]


def _shared(
    questions: Sequence[Question], owners: pl.DataFrame, passages: int
) -> NDArray[np.bool_]:
    choices = pl.Series("choices", ["\0".join(one.choices) for one in questions], pl.String)
    told = owners.with_columns(choices.gather(owners["question"]))
    several = told.group_by("passage").agg(pl.col("choices").n_unique() > _ALIKE)
    shared = np.zeros(passages, np.bool_)
    shared[several["passage"].to_numpy()] = several["choices"].to_numpy()
    return shared
