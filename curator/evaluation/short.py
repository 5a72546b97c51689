"""Short: the questions of too few words for a run, which must stand alone in a text."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.evaluation._words_kernel import find_short
from curator.evaluation.index import Index
from curator.evaluation.runs import WIDTH, Reading
from curator.evaluation.words import Words, read_words

_FEWEST: Final = 3
"""A question of fewer words must be all of a text, or be followed by its choices."""
_BETWEEN: Final = 3
"""Words that may stand before a choice, such as its letter."""
_CHOICES: Final = 2
"""Fewer choices than this tell nothing."""


class Stretch(NamedTuple):
    """A question that stands alone in text `row`, in the `size` words from `at` on.

    `whole` counts its words, with those of its choices where they follow.
    """

    row: int
    at: int
    size: int
    question: int
    whole: int


def short_stretches(words: Words, reading: Reading, index: Index) -> Iterator[Stretch]:
    """Find every short question that stands alone: a sentence, a line, or between two capitals.

    The words of many questions ("Which is true?") count where they are all of a text, or where the
    choices of one of them follow.
    """
    table = reading.short
    near = find_short(
        words.hashes, words.opens, words.offsets, table.slots, table.places, WIDTH - 1
    )
    for row, at, size, place in near.tolist():
        passage = int(reading.short_passages[place])
        first, last = words.offsets[row], words.offsets[row + 1] - 1
        telling = size == last - first or (size >= _FEWEST and not index.shared[passage])
        rest = words.hashes[first + at + size : last]
        for question in index.owners_of(passage):
            choices = index.questions[question].choices
            following = _following(rest, choices, joined=reading.joined)
            if telling or following:
                yield Stretch(row, at, size, question, size + following)


def _following(rest: NDArray[np.uint64], choices: tuple[str, ...], *, joined: bool) -> int:
    """Count the words of the choices where they come next, one after the other; else 0."""
    said = _choice_words(choices, joined=joined)
    if len(said) < _CHOICES:
        return 0
    at = 0
    for choice in said:
        found = _next(rest, at, choice)
        if found < 0:
            return 0
        at = found + len(choice)
    return sum(map(len, said))


def _next(rest: NDArray[np.uint64], at: int, choice: Sequence[int]) -> int:
    size = len(choice)
    for start in range(at, min(at + _BETWEEN, len(rest) - size) + 1):
        if rest[start : start + size].tolist() == choice:
            return start
    return -1


@lru_cache(maxsize=100_000)
def _choice_words(choices: tuple[str, ...], *, joined: bool) -> list[list[int]]:
    words = read_words(pl.Series(choices, dtype=pl.String), joined=joined)
    stops = words.offsets.tolist()
    said = [words.hashes[a : b - 1].tolist() for a, b in pairwise(stops)]
    return [choice for choice in said if choice]
