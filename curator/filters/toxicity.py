"""Toxicity: how likely readers are to find a turn rude, hateful or threatening."""

import re
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field, field_validator

from curator.errors import ModelError
from curator.filters._toxic_turns import (
    ASKED,
    SAID,
    judged_turns,
    scored_by,
    scored_in_cascade,
    side_of,
)
from curator.filters.base import Action, Filter, Span, threshold
from curator.models import (
    Category,
    bundled_digest,
    bundled_files,
    clearing_of,
    described,
    languages_of,
    located,
    placed_name,
    read_name,
    toxicity_judge,
    toxicity_model,
)
from curator.records import find_sentences

_WORD = re.compile(r"[^\W_]+(?:['\u2019*@$!-][^\W_]+)*")
_MOST_WORDS = 100
_SUSPECT = 0.5
"""Probability from which on a sentence is looked at word by word."""
_WORTH = 0.1
"""By how much a word must raise the score to be pointed at."""


class Toxicity(Filter):
    """Drop records whose answer is likely to be found toxic, and flag those whose prompt is.

    Both are scored apart, turn by turn, each by its worst stretch of words: a toxic prompt with a
    good answer is what safety is learnt from, a toxic answer is not. The bundled model reads
    English; a turn that is surely in a language the model was not made for is not judged. Other
    models need the extra `models`; whichever scores, the words are pointed at by the bundled one.
    """

    filter: Literal["toxicity"] = "toxicity"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[str, ...]] = ("language",)
    actions: ClassVar[dict[str, Action]] = {"prompt": "flag"}

    names_files: ClassVar[tuple[str, ...]] = ("model",)
    model: str = "bundled"
    """Which model scores: `bundled`, which comes along; `detoxify:original`, `unbiased`,
    `multilingual`, `original-small` or `unbiased-small`, or the path of a checkpoint in their
    format; `hub:` and the id of a classifier of the Hugging Face hub, or a path that begins with
    `./`; or `cascade:` before one of these, which shows it only what the bundled model does not
    clear."""
    labels: dict[str, Category] = Field(default_factory=dict)
    """What labels of a model mean, such as `{LABEL_1: toxicity}`, where their names do not say."""
    audited_share: float = Field(0.02, ge=0, le=1)
    """Of a cascade: the share of what is cleared that is shown to the costly model all the same,
    so that the report can say how much is missed. Chosen by the hash of the text."""
    max_response: float = threshold(0.75, ge=0, le=1)
    """Greatest probability of toxicity in an answer. Above 0.75, 98 of 99 comments of surge_1000
    are toxic, a fifth of those that are; above 0.5 it is 96% and two thirds (docs/toxicity.md). The
    default is high because it drops."""
    max_prompt: float = threshold(0.6, ge=0, le=1)
    """Greatest probability of toxicity in what the user says. Above 0.6, 97% of the comments of
    surge_1000 are toxic, 54% of those that are."""

    @field_validator("model")
    @classmethod
    def _is_a_name(cls, model: str) -> str:
        try:
            read_name(model)
        except ModelError as error:
            raise ValueError(str(error)) from None
        return model

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        named = read_name(self.model)
        turns = judged_turns(records, languages_of(named))
        judge = toxicity_judge(named, self.labels)
        if not named.cascade:
            scored = scored_by(judge, turns)
        else:
            below = clearing_of(located(named).sha256, bundled_digest()).below
            scored = scored_in_cascade(judge, turns, below, self.audited_share)
        sides = [side_of(scored, side, records.height, judge.outputs) for side in (SAID, ASKED)]
        return pl.concat(sides, how="horizontal")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "response": pl.col("response_toxicity") > self.max_response,
            "prompt": pl.col("prompt_toxicity") > self.max_prompt,
        }

    def spans(self, text: str) -> list[Span]:
        return [Span(start, end, "response") for start, end in _telling(text)]

    def files(self) -> dict[str, str]:
        named = read_name(self.model)
        if named.kind == "bundled":
            return bundled_files()
        found = {named.shown: located(named).sha256}
        if not named.cascade:
            return found
        below = clearing_of(found[named.shown], bundled_digest()).below
        return found | bundled_files() | {f"cascade:{named.shown} clears below": f"{below:.6f}"}

    def device(self) -> str:
        return "cpu" if read_name(self.model).kind == "bundled" else described()

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return placed_name(value, place)


def _telling(text: str) -> Iterator[tuple[int, int]]:
    """Find the words without which a sentence would be less toxic (occlusion, Li et al. 2016)."""
    model = toxicity_model()
    sentences = list(find_sentences(text))
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
