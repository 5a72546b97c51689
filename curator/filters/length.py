"""Length: too short to teach, or too long to fit."""

from typing import ClassVar, Literal

import polars as pl

from curator.features import estimate_tokens
from curator.filters.base import Filter, threshold
from curator.filters.views import roles_in_order, whole_view

# Scripts written without spaces: each of their characters counts as a word of its own.
_DENSE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = rf"[{_DENSE}]|[^\s{_DENSE}]+"


class Length(Filter):
    """Drop records whose text has too few or too many words.

    No floor above one word: 11% of Alpaca's answers have fewer than five words and are right.
    The Self-Instruct rules want instructions of 4 to 150 words, web filters 50 to 100,000.
    """

    version: ClassVar[int] = 2
    filter: Literal["length"] = "length"
    view: Literal["prompt", "response", "reasoning", "text"] = "response"
    """Which text to measure."""
    min_words: int = threshold(1, ge=0)
    """Fewer words than this is `too_short`; a CJK, Thai, Lao, Khmer or Burmese sign is a word."""
    max_words: int = threshold(4096, ge=1)
    """More words than this is `too_long`; LIMA's longest answer has 3,090 and is worth keeping."""
    min_characters: int | None = threshold(None, ge=0)
    """Fewer code points than this is `few_characters`; Data-Juicer says 30 for web text."""
    max_characters: int | None = threshold(None, ge=1)
    """More code points than this is `many_characters`."""
    min_tokens: int | None = threshold(None, ge=0)
    """Fewer estimated tokens than this is `few_tokens`."""
    max_tokens: int | None = threshold(None, ge=1)
    """More estimated tokens than this is `many_tokens`: what will not fit the model's context."""
    min_turns: int | None = threshold(None, ge=0)
    """Fewer turns than this, system turn left out, is `few_turns`."""
    max_turns: int | None = threshold(None, ge=1)
    """More turns than this, system turn left out, is `many_turns`."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        text = pl.col("text")
        turns = roles_in_order().list.len().cast(pl.Int64)
        measured = records.select(whole_view(self.view).alias("text"), turns.alias("turns"))
        dense = text.str.len_bytes() > text.str.len_chars()
        return measured.select(
            pl.when(dense)
            .then(text.str.count_matches(_WORD))
            .otherwise(text.str.count_matches(r"\S+"))
            .cast(pl.Int64)
            .alias("words"),
            text.str.len_chars().cast(pl.Int64).alias("characters"),
            "turns",
            estimate_tokens(text).alias("tokens"),
        )

    def rules(self) -> dict[str, pl.Expr]:
        words, characters = pl.col("words"), pl.col("characters")
        tokens, turns = pl.col("tokens"), pl.col("turns")
        return {
            "too_short": words < self.min_words,
            "too_long": words > self.max_words,
            "few_characters": characters < _bound(self.min_characters),
            "many_characters": characters > _bound(self.max_characters),
            "few_tokens": tokens < _bound(self.min_tokens),
            "many_tokens": tokens > _bound(self.max_tokens),
            "few_turns": turns < _bound(self.min_turns),
            "many_turns": turns > _bound(self.max_turns),
        }


def _bound(value: int | None) -> pl.Expr:
    """Write a bound that may be absent: null compares to null, and null never fires."""
    return pl.lit(value, dtype=pl.Int64)
