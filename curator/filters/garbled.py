"""Garbled: text that was damaged on its way, or never was one."""

from typing import ClassVar, Literal

import polars as pl

from curator.features import Feature, Kind
from curator.filters import _garbled_signs as signs
from curator.filters._garbled_measures import measure_debris
from curator.filters._places import places
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_MEASURES = (
    "broken_share",
    "broken_signs",
    "escapes",
    "blob_share",
    "blob_signs",
    "odd_share",
    "mashed_words",
    "spaced_share",
    "spaced_letters",
    "symbol_share",
    "digit_share",
)


class Garbled(Filter):
    """Drop text that is debris for certain, and flag what may be.

    Wrongly decoded signs are looked for in every text, all else in prose only: code, formulas,
    tables and tool calls are made of odd signs, and so are answers to prompts that ask for them (a
    password, a sequence). Fenced code, links and emoji never count.
    """

    filter: Literal["garbled"] = "garbled"
    actions: ClassVar[dict[str, Action]] = {
        "broken_signs": "flag",
        "escapes": "flag",
        "blob": "flag",
        "mashed_words": "flag",
        "spaced_letters": "flag",
        "symbols": "flag",
        "digits": "off",
    }
    judges_all: ClassVar[bool] = False

    view: Literal["prompt", "response"] = "response"
    """Which text to judge; each assistant turn by itself."""
    from_signs: int = 40
    """Shares of symbols and digits are measured from this many signs on: "C++" is an answer."""
    max_broken_share: float = threshold(0.1, gt=0, le=1)
    """Greatest number of wrongly decoded signs a word; beyond it the text is `encoding`. The repair
    `unicode` mends most before this is measured."""
    max_broken_signs: int = threshold(0, ge=0)
    """More wrongly decoded signs than this are `broken_signs`."""
    max_escapes: int = threshold(2, ge=0)
    """More escapes of JSON or Python than this (a backslash, `u00e9`), in prose that is not about
    them."""
    max_blob_share: float = threshold(0.5, gt=0, le=1)
    """Greatest share of a text in runs of base64 or hexadecimal digits; beyond it, it is
    `mostly_blob`."""
    max_blob_signs: int = threshold(0, ge=0)
    """More signs than this in such runs are a `blob`."""
    max_odd_share: float = threshold(0.25, gt=0, le=1)
    """Greatest share of words whose letters never stand side by side in a language; beyond it the
    text is `mash`. Of 75 languages none has more than 6% such words."""
    max_mashed_words: int = threshold(2, ge=0)
    """More words typed at random than this are `mashed_words`."""
    max_spaced_share: float = threshold(0.5, gt=0, le=1)
    """Greatest share of letters that stand alone, eight and more in a row; beyond it, `spaced`."""
    max_spaced_letters: int = threshold(12, ge=0)
    """More letters than this in such rows are `spaced_letters`."""
    max_symbol_share: float = threshold(0.25, gt=0, le=1)
    """Greatest share of signs that are no letter, digit, emoji or common punctuation (NeMo Curator:
    0.25 non-alphanumeric, all punctuation counted; Data-Juicer: 0.9 of them at most)."""
    max_digit_share: float = threshold(0.5, gt=0, le=1)
    """Greatest share of digits (NeMo Curator: 0.15, for web pages)."""

    def features(self) -> tuple[Feature, ...]:
        return (Kind(view=self.view),)

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        about = records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
            "kind",
            pl.col("prompt").str.contains(signs.ASKS_FOR_SIGNS).alias("asked"),
            pl.col("prompt").str.contains(signs.SPEAKS_OF_ESCAPES).alias("escaping"),
        )
        turns = view_texts(records, self.view)
        turns = turns.join(about, on="record", how="left", maintain_order="left")
        measured = measure_debris(turns, self.from_signs)
        return worst_turns(measured, records.height, dict.fromkeys(_MEASURES, "high"))

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "encoding": pl.col("broken_share") > self.max_broken_share,
            "mostly_blob": pl.col("blob_share") > self.max_blob_share,
            "mash": pl.col("odd_share") > self.max_odd_share,
            "spaced": pl.col("spaced_share") > self.max_spaced_share,
            "broken_signs": pl.col("broken_signs") > self.max_broken_signs,
            "escapes": pl.col("escapes") > self.max_escapes,
            "blob": pl.col("blob_signs") > self.max_blob_signs,
            "mashed_words": pl.col("mashed_words") > self.max_mashed_words,
            "spaced_letters": pl.col("spaced_letters") > self.max_spaced_letters,
            "symbols": pl.col("symbol_share") > self.max_symbol_share,
            "digits": pl.col("digit_share") > self.max_digit_share,
        }

    def spans(self, text: str) -> list[Span]:
        return places(text, _PATTERNS)


_PATTERNS = {
    "broken_signs": f"{signs.MOJIBAKE}|{signs.BROKEN}",
    "escapes": signs.ESCAPE,
    "blob": signs.BLOB,
    "mash": signs.ODD_WORD,
    "mashed_words": signs.MASH,
    "spaced_letters": signs.SPACED,
}
