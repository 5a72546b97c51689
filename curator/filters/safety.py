"""Safety: what a guard model holds to be unsafe, in what is asked and in what is answered."""

from collections.abc import Callable
from typing import ClassVar, Literal

import polars as pl
from pydantic import field_validator

from curator.errors import ModelError
from curator.filters._hub_models import hub_model
from curator.filters.base import Action, Filter, threshold
from curator.filters.turns import worst_turns
from curator.models import Exchange, described, guard_model, located, placed_name, read_name

_ASKED, _SAID = "prompt", "response"


class Safety(Filter):
    """Drop records whose answer a guard model holds to be unsafe, and flag unsafe prompts.

    The recipe names the model: any sequence classifier that tells safe from unsafe, such as those
    that are trained on harmful requests. A prompt is judged by itself, an answer with the last
    thing the user said before it, written as the model's chat template says or else as a pair. A
    long answer is as unsafe as its worst stretch. Needs the extra `models`. What is unsafe, and in
    which languages, is the model's own opinion: its card says what it was trained on.
    """

    filter: Literal["safety"] = "safety"
    actions: ClassVar[dict[str, Action]] = {"prompt": "flag"}
    judges_all: ClassVar[bool] = False
    names_files: ClassVar[tuple[str, ...]] = ("model",)

    model: str | None = None
    """Which model judges, and there is no default: `hub:` and the id of a classifier of the Hugging
    Face hub, or a path that begins with `./`."""
    unsafe: tuple[str, ...] = ()
    """The labels of the model that mean unsafe, where their names do not say."""
    max_response: float = threshold(0.5, ge=0, le=1)
    """Greatest probability that an answer is unsafe; a half is where such models decide."""
    max_prompt: float = threshold(0.5, ge=0, le=1)
    """Greatest probability that what the user says is unsafe."""

    @field_validator("model")
    @classmethod
    def _is_a_guard(cls, model: str | None) -> str | None:
        return hub_model(model, "guard model")

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        guard = guard_model(self._named(), self.unsafe)
        turns = _turns(records)
        chances = guard.score(_exchanges(turns))
        scored = turns.with_columns(
            pl.Series("unsafe", chances.astype(float)).fill_nan(None).round(6)
        )
        sides = [_side(scored, side, records.height) for side in (_SAID, _ASKED)]
        return pl.concat(sides, how="horizontal")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "response": pl.col("response_unsafe") > self.max_response,
            "prompt": pl.col("prompt_unsafe") > self.max_prompt,
        }

    def files(self) -> dict[str, str]:
        named = read_name(self._named())
        return {named.shown: located(named).sha256}

    def device(self) -> str:
        return described()

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return placed_name(value, place)

    def _named(self) -> str:
        if self.model is None:
            raise ModelError(
                f"the filter {self.label!r} has no model: name one with `model: hub:<id or ./path>`"
            )
        return self.model


def _turns(records: pl.DataFrame) -> pl.DataFrame:
    """List what is judged: `record`, `turn`, `side`, and for an answer what it answers."""
    rows = records.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "messages", "label"
    ).to_dicts()
    found: list[tuple[int, int, str, str, str | None]] = []
    for row in rows:
        asked = ""
        for place, turn in enumerate(row["messages"] or ()):
            said = turn["content"] or ""
            if turn["role"] == "user":
                asked = said
                found.append((row["record"], place, _ASKED, said, None))
            elif turn["role"] == "assistant" and row["label"] is not False:
                found.append((row["record"], place, _SAID, asked, said))
    names = ("record", "turn", "side", "prompt", "answer")
    kinds = (pl.Int64, pl.Int64, pl.String, pl.String, pl.String)
    return pl.DataFrame(found, dict(zip(names, kinds, strict=True)), orient="row")


def _exchanges(turns: pl.DataFrame) -> list[Exchange]:
    return [Exchange(*pair) for pair in turns.select("prompt", "answer").iter_rows()]


def _side(scored: pl.DataFrame, side: str, height: int) -> pl.DataFrame:
    name = f"{side}_unsafe"
    own = scored.filter(pl.col("side") == side)
    return worst_turns(
        own.select("record", "turn", pl.col("unsafe").alias(name)), height, {name: "high"}
    )
