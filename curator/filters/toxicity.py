"""Toxicity: how likely readers are to find a turn rude, hateful or threatening."""

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

import polars as pl

from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import worst_turns
from curator.models import OUTPUTS, card_of, toxicity_model
from curator.records import to_turns

_ASKED, _SAID = "prompt", "response"
_SIDES = {"user": _ASKED, "assistant": _SAID}
_UNSURE = 0.6
"""Confidence from which on a turn is left alone for its language (see the filter `language`)."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WORD = re.compile(r"[^\W_]+(?:['\u2019*@$!-][^\W_]+)*")
_MOST_WORDS = 100
_SUSPECT = 0.5
"""Probability from which on a sentence is looked at word by word."""
_WORTH = 0.1
"""By how much a word must raise the score to be pointed at."""


class Toxicity(Filter):
    """Flag records whose answer, or whose prompt, is likely to be found toxic.

    Both are scored apart, turn by turn, each by its worst stretch of a hundred words: a toxic
    prompt with a good answer is what safety is learnt from, a toxic answer is not. The bundled
    model reads English words, not their meaning, so neither rule drops until a recipe says so; a
    turn that is surely in another language is not judged.
    """

    filter: Literal["toxicity"] = "toxicity"
    needs: ClassVar[tuple[str, ...]] = ("language",)
    actions: ClassVar[dict[str, Action]] = {"response": "flag", "prompt": "flag"}

    model: Literal["bundled"] = "bundled"
    """Which model scores: `toxicity_static`, which `curator models list` tells of."""
    max_response: float = threshold(0.75, ge=0, le=1)
    """Greatest probability of toxicity in an answer. At 0.75, 44 of the 45 comments flagged in
    surge_1000 are toxic, a tenth of those that are; at 0.5 half of them would be found, and half
    of the warm sentences about groups flagged too (docs/toxicity.md)."""
    max_prompt: float = threshold(0.75, ge=0, le=1)
    """Greatest probability of toxicity in what the user says."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = self._judged(records)
        model = toxicity_model()
        chances = model.score(turns["content"].to_list())
        scored = turns.with_columns(
            pl.Series(name, chances[:, place].astype(float)).round(6)
            for place, name in enumerate(OUTPUTS)
        )
        sides = [self._side(scored, side, records.height) for side in (_SAID, _ASKED)]
        return pl.concat(sides, how="horizontal")

    def _judged(self, records: pl.DataFrame) -> pl.DataFrame:
        """List the turns to score: of people, in English or too short to tell, not marked bad."""
        languages = records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
            pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
            pl.col("language").alias("spoken"),
            pl.col("label").fill_null(value=True),
        ).explode("turn", "spoken")
        spoken = pl.col("spoken").struct
        foreign = (spoken.field("language") != "en") & (spoken.field("confidence") >= _UNSURE)
        return (
            to_turns(records)
            .join(languages, on=["record", "turn"], how="left", maintain_order="left")
            .filter(pl.col("role").is_in(list(_SIDES)))
            .filter(~foreign.fill_null(value=False))
            .filter(pl.col("label") | (pl.col("role") == "user"))
            .select("record", "turn", "role", pl.col("content").fill_null(""))
        )

    def _side(self, scored: pl.DataFrame, side: str, height: int) -> pl.DataFrame:
        own = scored.filter(pl.col("role").replace(_SIDES) == side).select(
            "record", "turn", *(pl.col(name).alias(f"{side}_{name}") for name in OUTPUTS)
        )
        names = [f"{side}_{name}" for name in OUTPUTS]
        return worst_turns(own, height, dict.fromkeys(names, "high"))

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "response": pl.col("response_toxicity") > self.max_response,
            "prompt": pl.col("prompt_toxicity") > self.max_prompt,
        }

    def spans(self, text: str) -> list[Span]:
        return [Span(start, end, "response") for start, end in _telling(text)]

    def files(self) -> dict[str, str]:
        card = card_of("toxicity_static")
        return {card.name: card.sha256}


def _telling(text: str) -> Iterator[tuple[int, int]]:
    """Find the words without which a sentence would be less toxic (occlusion, Li et al. 2016)."""
    model = toxicity_model()
    sentences = list(_SENTENCE.finditer(text))
    chances = model.score([sentence[0] for sentence in sentences])[:, 0]
    for sentence, whole in zip(sentences, chances, strict=True):
        if whole < _SUSPECT:
            continue
        start, end = sentence.span()
        words = list(_WORD.finditer(text, start, end))[:_MOST_WORDS]
        without = [text[start : one.start()] + text[one.end() : end] for one in words]
        for word, chance in zip(words, model.score(without)[:, 0], strict=True):
            if whole - chance >= _WORTH:
                yield word.span()
