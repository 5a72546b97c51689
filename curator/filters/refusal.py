"""Refusal: an answer that will not, or speaks as somebody else's assistant."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from typing import ClassVar, Literal

import polars as pl

from curator.filters import _refusal_words as words
from curator.filters._providers import PRECHECK, claims
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_BAD: dict[str, Literal["high", "low"]] = {
    "refused_words": "low",
    "excused": "high",
    "identified": "high",
    "cutoffs": "high",
    "disclosures": "high",
    "moralising": "high",
}
_OPENING = 400
"""Where a refusal stands if it is one, and where its reason is given: the first code points."""


class Refusal(Filter):
    """Drop bare refusals and claims to be another provider's model; flag what may be meant.

    A refusal is dropped only if it is short, early and says nothing else. It is `excused`, and
    flagged, where the prompt or the refusal speaks of harm (safety data), where something was
    missing or nobody in its place could know (honest), or where the record offers tools and none
    fits. An identity that names no known provider is flagged as `disclosure`: sets made to teach
    one's own identity look like that.
    """

    version: ClassVar[int] = 2
    filter: Literal["refusal"] = "refusal"
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        ("partial_refusal", "excused_refusal", "disclosure", "moralising"), "flag"
    )

    own_names: tuple[str, ...] = ()
    """Names of your own assistant and makers: saying them is no `self_identification`."""
    max_refusal_words: int = threshold(50, ge=1)
    """A refusal of up to this many words is `refusal`, a longer answer `partial_refusal`: of the
    refusals read, those with something useful after them had 60 words and more."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = view_texts(records, "response").with_columns(_folded(pl.col("text")))
        asked = records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "prompt", "tools", "messages"
        )
        identified = turns["text"].str.contains(PRECHECK)
        counts = [
            sum(1 for _ in claims(text, self.own_names)) if named else 0
            for text, named in zip(turns["text"], identified, strict=True)
        ]
        measured = turns.select(
            "record",
            "turn",
            pl.Series("identified", counts, dtype=pl.Int32),
            _count(words.CUTOFF).alias("cutoffs"),
            _count(words.DISCLOSURE).alias("disclosures"),
            _count(words.MORALISING).alias("moralising"),
        )
        refused = _refused(turns, asked)
        measured = measured.join(refused, on=["record", "turn"], how="left", maintain_order="left")
        measured = measured.with_columns(pl.col("excused").fill_null(0))
        return worst_turns(measured, records.height, _BAD)

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "refusal": pl.col("refused_words") <= self.max_refusal_words,
            "self_identification": pl.col("identified") > 0,
            "knowledge_cutoff": pl.col("cutoffs") > 0,
            "partial_refusal": pl.col("refused_words") > self.max_refusal_words,
            "excused_refusal": pl.col("excused") > 0,
            "disclosure": pl.col("disclosures") > 0,
            "moralising": pl.col("moralising") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        folded = _fold(text)
        found = [
            Span(*place.span(), rule)
            for rule, pattern in _PATTERNS.items()
            for place in re.finditer(pattern, folded)
        ]
        named = [Span(*place, "self_identification") for place in claims(folded, self.own_names)]
        return sorted(found + named)


_PATTERNS = {
    "refusal": words.REFUSAL,
    "knowledge_cutoff": words.CUTOFF,
    "disclosure": words.DISCLOSURE,
    "moralising": words.MORALISING,
}


def _refused(turns: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Find the turns that open with a refusal: their words where nothing excuses it."""
    opening = pl.col("text").str.slice(0, _OPENING)
    sure = opening.str.contains(words.REFUSAL)
    refused = (
        turns.filter(sure | opening.str.contains(words.ANY_REFUSAL))
        .join(asked, on="record", how="left", maintain_order="left")
        .filter(sure | ~_asked().str.contains(words.ASKED_WORDS))
    )
    excused = (
        opening.str.contains(words.EXCUSE)
        | _folded(pl.col("prompt")).str.contains(words.HARMFUL)
        | pl.col("tools").is_not_null()
    )
    size = pl.col("text").str.count_matches(r"[\p{Han}]|[^\s\p{Han}]+").cast(pl.Int64)
    return refused.select(
        "record",
        "turn",
        pl.when(~excused).then(size).alias("refused_words"),
        excused.cast(pl.Int32).alias("excused"),
    )


def _asked() -> pl.Expr:
    """Join all that the user and the system say."""
    turn = pl.element().struct
    said = turn.field("content").filter(turn.field("role") != "assistant")
    return _folded(pl.col("messages").list.eval(said).list.join("\n")).fill_null("")


def _folded(text: pl.Expr) -> pl.Expr:
    """Lower the case and straighten apostrophes; every code point keeps its place."""
    return text.str.to_lowercase().str.replace_all("’", "'", literal=True)


def _fold(text: str) -> str:
    folded = text.replace("’", "'")
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in folded)


def _count(pattern: str) -> pl.Expr:
    return pl.col("text").str.count_matches(pattern).cast(pl.Int32)
