"""Statistics: what a text's signs, words and lines are like, counted in one pass."""

from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.filters.base import Filter, threshold
from curator.filters.views import whole_view

_COUNTS = ("characters", "words", "longest_line")


class Statistics(Filter):
    """Measure texts as Data-Juicer and NeMo Curator do; nothing is dropped unless asked.

    For recipes that come from there: the measures are those of Data-Juicer 1.6.1's operators
    without a tokeniser, to the last digit (`words`: cut at blanks, tabs and line feeds, special
    signs at both ends cut off; of U different character n-grams the √U commonest count, if they
    come more than once). Every limit is off until it is set, for they suit web pages: judge
    instruction data with `length`, `repetition` and the others, which were read on such data.
    """

    filter: Literal["statistics"] = "statistics"
    runs_beside: ClassVar[bool] = True

    view: Literal["prompt", "response", "reasoning", "text"] = "text"
    """Which text to measure, as a whole."""
    character_gram: int = Field(10, ge=1, le=1000)
    """Signs in a character n-gram (Data-Juicer's `rep_len`)."""
    word_gram: int = Field(10, ge=1, le=1000)
    """Words in a word n-gram (Data-Juicer's `rep_len`)."""
    min_characters: int | None = threshold(None, ge=0)
    """Less than this is `low_characters` (code points). Data-Juicer's text_length_filter says
    10."""
    max_characters: int | None = threshold(None, ge=0)
    """More than this is `high_characters`."""
    min_words: int | None = threshold(None, ge=0)
    """Less than this is `low_words` (words, special signs at their ends cut off). Data-Juicer's
    words_num_filter says 10."""
    max_words: int | None = threshold(None, ge=0)
    """More than this is `high_words`."""
    min_alphanumeric: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_alphanumeric` (share of letters and digits). Data-Juicer's
    alphanumeric_filter says 0.25."""
    max_alphanumeric: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_alphanumeric`."""
    min_special: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_special` (share of special signs: ASCII punctuation, digits, white
    space, emoji and others)."""
    max_special: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_special`. Data-Juicer's special_characters_filter says 0.25."""
    min_digits: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_digits` (share of decimal digits)."""
    max_digits: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_digits`. NeMo Curator's NumbersFilter says 0.15."""
    min_white_space: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_white_space` (share of white space)."""
    max_white_space: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_white_space`. NeMo Curator's WhiteSpaceFilter says 0.25."""
    min_character_repetition: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_character_repetition` (share of the commonest character n-grams)."""
    max_character_repetition: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_character_repetition`. Data-Juicer's character_repetition_filter
    says 0.5."""
    min_word_repetition: float | None = threshold(None, ge=0, le=1)
    """Less than this is `low_word_repetition` (share of word n-grams that come more than once)."""
    max_word_repetition: float | None = threshold(None, ge=0, le=1)
    """More than this is `high_word_repetition`. Data-Juicer's word_repetition_filter says 0.5."""
    min_average_line: float | None = threshold(None, ge=0)
    """Less than this is `low_average_line` (code points a line, line ends included). Data-
    Juicer's average_line_length_filter says 10."""
    max_average_line: float | None = threshold(None, ge=0)
    """More than this is `high_average_line`."""
    min_longest_line: int | None = threshold(None, ge=0)
    """Less than this is `low_longest_line` (code points of the longest line). Data-Juicer's
    maximum_line_length_filter says 10."""
    max_longest_line: int | None = threshold(None, ge=0)
    """More than this is `high_longest_line`."""
    min_mean_word: float | None = threshold(None, ge=0)
    """Less than this is `low_mean_word` (code points a word between white space). NeMo
    Curator's MeanWordLengthFilter says 3."""
    max_mean_word: float | None = threshold(None, ge=0)
    """More than this is `high_mean_word`. NeMo Curator's MeanWordLengthFilter says 10."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        texts = records.select(whole_view(self.view).alias("text"))["text"]
        measured = _measure(texts, self.character_gram, self.word_gram)
        there = texts.is_not_null()
        return measured.select(pl.when(there).then(pl.all()))

    def rules(self) -> dict[str, pl.Expr]:
        rules: dict[str, pl.Expr] = {}
        for name in _MEASURES:
            rules[f"low_{name}"] = pl.col(name) < _bound(getattr(self, f"min_{name}"))
            rules[f"high_{name}"] = pl.col(name) > _bound(getattr(self, f"max_{name}"))
        return rules


_PART = 1_024
"""Texts that one thread measures at a time."""
_MEASURES = tuple(
    name.removeprefix("min_") for name in Statistics.model_fields if name.startswith("min_")
)


def _bound(value: float | None) -> pl.Expr:
    """Write a bound that may be absent: null compares to null, and null never fires."""
    return pl.lit(value, dtype=pl.Float64)


def _measure(texts: pl.Series, character_gram: int, word_gram: int) -> pl.DataFrame:
    """Run the compiled pass over the texts' bytes, a part of the texts on every core."""
    from curator.dedup import map_threads

    def part(some: pl.Series) -> pl.DataFrame:
        return _measure_part(some, character_gram, word_gram)

    parts = map_threads(part, [texts.slice(at, _PART) for at in range(0, len(texts), _PART)])
    return pl.concat(parts) if parts else _measure_part(texts, character_gram, word_gram)


def _measure_part(texts: pl.Series, character_gram: int, word_gram: int) -> pl.DataFrame:
    import numpy as np

    from curator.filters._statistics_kernel import measure_statistics

    texts = texts.fill_null("")
    data = np.frombuffer("".join(texts.to_list()).encode() + b"\n", np.uint8)
    ends = np.ascontiguousarray(texts.str.len_bytes().cum_sum().to_numpy(), np.int64)
    found = pl.DataFrame(measure_statistics(data, ends, character_gram, word_gram))
    return found.with_columns(pl.col(_COUNTS).cast(pl.Int64))
