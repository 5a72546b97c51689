"""Alike: questions that are asked in other words, proposed by embeddings and then verified."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.evaluation.index import load_index
from curator.evaluation.sets import SetFile

ALIKE_SCHEMA = pl.Schema({"row": pl.Int64, "question": pl.Int64, "alike": pl.Float64})
FLOOR: Final = 0.7
"""Pairs of a lower cosine are not looked at."""
_NEAREST: Final = 3
_CHUNK: Final = 1024
_NUMBERS: Final = 0.75
"""So much of the numbers of both texts must be the same: other numbers are another problem."""
_OVERLAP: Final = 0.4
"""So much of the weight of their words, on average of both texts."""
_FEWEST: Final = 4
"""A question with fewer words and numbers that mean something says too little to be rephrased."""
_STEM: Final = 6
_SPELT = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}
"""Numbers as words; "one" mostly is none."""
_WORD = re.compile(r"[^\W_]+")


class Gist(NamedTuple):
    """What a text speaks of: its numbers, and the beginnings of its words."""

    numbers: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class Wordings:
    """Questions as vectors, what they speak of, and how much each word tells."""

    vectors: NDArray[np.float32]
    gists: list[Gist]
    weights: dict[str, float]
    rarest: float

    def agree(self, question: int, said: Gist) -> bool:
        """Say whether a text has the numbers of a question, and most of its telling words."""
        asked = self.gists[question]
        if len(asked.numbers) + len(asked.words) < _FEWEST:
            return False
        numbers = asked.numbers | said.numbers
        if numbers and len(asked.numbers & said.numbers) < _NUMBERS * len(numbers):
            return False
        both = self._weigh(asked.words & said.words)
        sides = [self._weigh(side) for side in (asked.words, said.words)]
        return all(sides) and sum(both / side for side in sides) >= 2 * _OVERLAP

    def _weigh(self, words: Iterable[str]) -> float:
        return math.fsum(self.weights.get(word, self.rarest) for word in words)


@lru_cache(maxsize=2)
def load_wordings(
    files: tuple[SetFile, ...], fields: tuple[str, ...], max_questions: int, model: str
) -> Wordings:
    """Embed and weigh the questions of some files, once a process."""
    from curator.models import embedder

    questions = load_index(files, fields, max_questions).questions
    texts = ["\n".join(one.passages) for one in questions]
    gists = [gist_of(text) for text in texts]
    counts = Counter(word for one in gists for word in one.words)
    weights = {word: math.log((1 + len(texts)) / (1 + count)) for word, count in counts.items()}
    rarest = math.log(1 + len(texts))
    return Wordings(embedder(model).embed(texts), gists, weights, rarest)


def gist_of(text: str) -> Gist:
    """Return the numbers of a text, spelt ones too, and the beginnings of its longer words."""
    words = [_SPELT.get(word, word) for word in _WORD.findall(text.casefold())]
    numbers = frozenset(word for word in words if word.isdigit() and word != "1")
    return Gist(numbers, frozenset(w[:_STEM] for w in words if len(w) > 2 and not w.isdigit()))  # noqa: PLR2004


def paraphrases(
    texts: Sequence[str], vectors: NDArray[np.float32], wordings: Wordings
) -> pl.DataFrame:
    """Return the texts that ask a question in other words: a row of ALIKE_SCHEMA for each two.

    Of each text the nearest questions are verified; `alike` is the cosine of the two.
    """
    rows = [
        (row, question, round(cosine, 4))
        for row, question, cosine in _near(vectors, wordings.vectors)
        if wordings.agree(question, gist_of(texts[row]))
    ]
    return pl.DataFrame(rows, ALIKE_SCHEMA, orient="row")


def _near(
    vectors: NDArray[np.float32], questions: NDArray[np.float32]
) -> Iterator[tuple[int, int, float]]:
    """List `(row, question, cosine)` of the nearest questions of each row, from the floor up."""
    count = min(_NEAREST, len(questions))
    for first in range(0, len(vectors), _CHUNK):
        cosines = vectors[first : first + _CHUNK] @ questions.T
        likely = np.flatnonzero(cosines.max(axis=1, initial=0) >= FLOOR)
        best = np.argpartition(-cosines[likely], count - 1, axis=1)[:, :count]
        for row, places in zip(likely.tolist(), best.tolist(), strict=True):
            for place in sorted(places):
                if cosines[row, place] >= FLOOR:
                    yield first + row, place, float(cosines[row, place])
