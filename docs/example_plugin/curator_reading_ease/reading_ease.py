"""Reading ease: answers whose sentences or words are too long for most readers."""

import re
from typing import ClassVar, Literal

import polars as pl

from curator import Filter, threshold
from curator.filters import Action, Span

_SENTENCE = r"[.!?]+(?:\s|$)"
_SYLLABLE = r"(?i)[aeiouy]+"
_LONG = 30
"""Words; plain-language guides ask for half of that."""


class ReadingEase(Filter):
    """Flag answers that few can read.

    The reading ease of Flesch (A new readability yardstick, 1948): 206.835 less 1.015 times the
    words a sentence and 84.6 times the syllables a word; 60 to 70 is plain English, below 30 is
    for graduates. Runs of vowels stand for syllables, so it holds for English only.
    """

    filter: Literal["reading_ease"] = "reading_ease"
    actions: ClassVar[dict[str, Action]] = {"hard": "flag"}

    from_words: int = 30
    """Shorter answers are not measured: a ratio of so few words says nothing."""
    min_ease: float = threshold(10.0)
    """Less than this is `hard`; Flesch calls everything below 30 very difficult."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        text = pl.col("response")
        words = text.str.count_matches(r"\S+")
        sentences = pl.max_horizontal(text.str.count_matches(_SENTENCE), 1)
        syllables = text.str.count_matches(_SYLLABLE)
        ease = 206.835 - 1.015 * words / sentences - 84.6 * syllables / words
        return records.select(pl.when(words >= self.from_words).then(ease).alias("ease"))

    def rules(self) -> dict[str, pl.Expr]:
        return {"hard": pl.col("ease") < self.min_ease}

    def spans(self, text: str) -> list[Span]:
        """Point at the sentences that are longest."""
        ends = [found.end() for found in re.finditer(_SENTENCE, text)] + [len(text)]
        starts = [0, *ends[:-1]]
        return [
            Span(start, end, "hard")
            for start, end in zip(starts, ends, strict=True)
            if len(text[start:end].split()) > _LONG
        ]
