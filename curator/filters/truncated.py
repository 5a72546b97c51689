"""Truncated: an answer, or a prompt, that stops before its end."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from typing import ClassVar, Literal

import polars as pl

from curator.filters._endings import (
    BARE_ITEM,
    BARE_PROMISE,
    CODE,
    CUT_END,
    DOUBTFUL_END,
    ENDED_ITEMS,
    GREETING,
    JSON_START,
    MARKED_LINE,
    OPEN_END,
    PROMISE,
    PROMPT_CUT_END,
    PROSE_END,
    SPECIAL_TOKENS,
)
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_BAD: dict[str, Literal["high", "low"]] = {
    "cut_words": "high",
    "open_words": "high",
    "open_lists": "high",
    "open_fences": "high",
    "open_brackets": "high",
}
_TAIL = 600
"""How many code points before the end are read."""


class Truncated(Filter):
    """Drop answers that stop in the middle of a sentence, and flag those that may.

    Sure is a long last sentence that ends in a comma or in a word no sentence ends with ("the",
    "and"). Code, tables, lists, headings, links and formulas have no full stop and are not judged
    by their end.
    """

    version: ClassVar[int] = 2
    filter: Literal["truncated"] = "truncated"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        ("no_end", "open_list", "open_fence", "open_bracket", "prompt_cut", "prompt_open"), "flag"
    )

    min_cut_words: int = threshold(8, ge=1)
    """A last line that breaks off is `cut_off` from this many words on; below stand greetings,
    sign-offs, titles and half lines of verse."""
    min_open_words: int = threshold(12, ge=1)
    """A last line of prose without a full stop is `no_end` from this many words on, where the
    lines before it have theirs."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = view_texts(records, "response").with_columns(_trimmed(pl.col("text")))
        worst = worst_turns(_measure(turns), records.height, _BAD)
        prompt = _trimmed(pl.col("prompt").str.slice(-_TAIL))
        last = prompt.str.extract(r"([^\n]*)$")
        return worst.with_columns(
            records.select(
                _words_if(last, last.str.contains(PROMPT_CUT_END)).alias("prompt_cut_words"),
                prompt.str.contains(PROMISE).cast(pl.Int32).alias("prompt_promises"),
            )
        )

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "cut_off": pl.col("cut_words") >= self.min_cut_words,
            "no_end": pl.col("open_words") >= self.min_open_words,
            "open_list": pl.col("open_lists") > 0,
            "open_fence": pl.col("open_fences") > 0,
            "open_bracket": pl.col("open_brackets") > 0,
            "prompt_cut": pl.col("prompt_cut_words") >= self.min_cut_words,
            "prompt_open": pl.col("prompt_promises") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        end = len(text.rstrip())
        start = text.rfind("\n", 0, end) + 1
        found = _measure(pl.DataFrame({"record": [0], "turn": [0], "text": [text[:end]]}))
        if found["cut_words"][0]:
            return [Span(start, end, "cut_off")]
        if found["open_words"][0]:
            return [Span(start, end, "no_end")]
        if found["open_fences"][0]:
            fence = [place.start() for place in re.finditer("```", text)][-1]
            return [Span(fence, end, "open_fence")]
        return []


def _trimmed(text: pl.Expr) -> pl.Expr:
    """Cut white space and special tokens off the end."""
    return text.str.strip_chars_end().str.replace(SPECIAL_TOKENS, "").str.strip_chars_end()


def _words_if(text: pl.Expr, condition: pl.Expr) -> pl.Expr:
    words = text.str.count_matches(r"\p{Han}{1,2}|[^\s\p{Han}]+")
    return pl.when(condition).then(words).otherwise(0).cast(pl.Int32)


def _measure(turns: pl.DataFrame) -> pl.DataFrame:
    text, tail, last = pl.col("text"), pl.col("tail"), pl.col("last")
    fences = text.str.count_matches("```")
    code = text.str.ends_with("```") | (fences % 2 == 1) | last.str.contains(CODE)
    prose = ~code & (~last.str.contains(MARKED_LINE) | tail.str.contains(ENDED_ITEMS))
    doubtful = last.str.contains(DOUBTFUL_END) & tail.str.contains(PROSE_END)
    cut = ~code & last.str.contains(CUT_END) & ~last.str.contains(GREETING)
    unlisted = tail.str.contains(BARE_ITEM) | last.str.contains(BARE_PROMISE)
    opened = tail.str.count_matches(r"[(（\[]") > tail.str.count_matches(r"[)）\]]")
    return (
        turns.with_columns(text.str.slice(-_TAIL).alias("tail"))
        .with_columns(tail.str.extract(r"([^\n]*)$").alias("last"))
        .select(
            "record",
            "turn",
            _words_if(last, cut).alias("cut_words"),
            _words_if(last, prose & doubtful).alias("open_words"),
            (unlisted & (fences == 0)).cast(pl.Int32).alias("open_lists"),
            (fences % 2).cast(pl.Int32).alias("open_fences"),
            (_is_open_data(text) | (opened & prose & doubtful & last.str.contains(OPEN_END)))
            .cast(pl.Int32)
            .alias("open_brackets"),
        )
    )


def _is_open_data(text: pl.Expr) -> pl.Expr:
    """Say whether a text that begins as JSON, or like it, closes less than it opens."""
    data = pl.when(text.str.contains(JSON_START)).then(text)
    return (data.str.count_matches(r"[{\[]") > data.str.count_matches(r"[}\]]")).fill_null(False)  # noqa: FBT003
