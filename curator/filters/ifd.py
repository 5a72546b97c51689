"""IFD: how much easier an answer is to foretell once one knows what was asked."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import polars as pl
from polars._typing import PolarsDataType
from pydantic import Field, field_validator

from curator.errors import ModelError
from curator.filters._hub_models import hub_model
from curator.filters.base import Action, Filter, threshold
from curator.filters.turns import conversations
from curator.models import (
    CausalModel,
    Precision,
    Wording,
    causal_model,
    described,
    is_half,
    located,
    placed_name,
    read_name,
)

_TURNS = 512
"""Answers that are tokenised and measured together: it bounds the memory."""


class Ifd(Filter):
    """Drop records whose prompt does not help a language model to foretell the answer.

    The instruction-following difficulty (Li et al. 2024, From Quantity to Quality): the mean loss
    of the answer's tokens given what was asked, divided by their mean loss alone, is `ifd_loss`;
    `ifd_ppl` is the same of perplexities (Li et al. 2024, Superfiltering). Above 1 the prompt
    misleads. The highest values up to 1 are the records to learn most from: put `ifd__ifd_loss`
    under `prefer:` and a budget under `select:`. Any causal language model serves; Superfiltering
    found that GPT-2 (124M) ranks much as large ones do. Needs the extra `models`. What is longer
    than the model reads is not judged, and neither is an answer to nothing.
    """

    filter: Literal["ifd"] = "ifd"
    actions: ClassVar[dict[str, Action]] = {"too_long": "flag"}
    judges_all: ClassVar[bool] = False
    names_files: ClassVar[tuple[str, ...]] = ("model",)

    model: str | None = None
    """Which model reads, and there is no default: `hub:` and the id of a causal language model of
    the Hugging Face hub, or a path that begins with `./`."""
    turns: Literal["last", "all"] = "last"
    """Which answers of a conversation are read, each in the light of all turns before it; of `all`
    the losses of all tokens are averaged."""
    max_tokens: int = Field(2048, ge=8)
    """Conversations of more tokens are `too_long` and not judged; never more than the model reads.
    A cut answer would have another ratio."""
    chat: bool = True
    """Write as the model's own chat template says, where it has one."""
    asked: str = "### Instruction:\n{prompt}\n\n"
    """How a user's turn is written otherwise; `{prompt}` stands for it."""
    heading: str = "### Response:\n"
    """What stands before an answer otherwise, also where it stands alone, as in Cherry_LLM."""
    precision: Precision = "auto"
    """`float32`, `bfloat16`, or `auto`, which is bfloat16 on a GPU and float32 on a CPU."""
    max_ifd: float = threshold(1.0, gt=0)
    """Above this `ifd_loss` a record is one of `unhelpful_prompt`; at 1 it does not matter which of
    the two ratios is compared. Cherry_LLM drops what is above 1."""
    min_ifd: float | None = threshold(None, ge=0)
    """Below this `ifd_loss` an answer is `too_easy`; off by default, for a budget serves better."""

    @field_validator("model")
    @classmethod
    def _is_of_the_hub(cls, model: str | None) -> str | None:
        return hub_model(model, "language model")

    @field_validator("asked")
    @classmethod
    def _has_a_place(cls, asked: str) -> str:
        if "{prompt}" not in asked:
            raise ValueError("must hold {prompt}, which stands for what the user says")
        return asked

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        place = located(read_name(self._named()))
        model = causal_model(place.folder, place.sha256, self.precision)
        answers = _answers(records, every=self.turns == "all")
        found = [
            row
            for start in range(0, len(answers), _TURNS)
            for row in self._measured(model, answers[start : start + _TURNS])
        ]
        return _ratios(found, records.height)

    def rules(self) -> dict[str, pl.Expr]:
        least = pl.lit(self.min_ifd, dtype=pl.Float64)
        return {
            "unhelpful_prompt": pl.col("ifd_loss") > self.max_ifd,
            "too_easy": pl.col("ifd_loss") < least,
            "too_long": pl.col("unread") > 0,
        }

    def files(self) -> dict[str, str]:
        named = read_name(self._named())
        return {named.shown: located(named).sha256}

    def device(self) -> str:
        return described(half=is_half(self.precision))

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        return placed_name(value, place)

    def _named(self) -> str:
        if self.model is None:
            raise ModelError(
                f"the filter {self.label!r} has no model: name one with `model: hub:<id or ./path>`"
            )
        return self.model

    def _measured(
        self, model: CausalModel, answers: Sequence["_Answer"]
    ) -> Iterator[tuple[int, int, float, float, bool]]:
        """Give of each answer its record, tokens and both losses, and whether it is too long."""
        most = min(self.max_tokens, model.longest)
        wording = Wording(self.asked, self.heading)
        said = [(one.before, one.said) for one in answers]
        pairs = model.pairs(said, wording, chat=self.chat)
        fits = [pair is not None and len(pair.given.tokens) <= most for pair in pairs]
        read = [
            side for pair, short in zip(pairs, fits, strict=True) if pair and short for side in pair
        ]
        losses = iter(model.losses(read).reshape(-1, 2).tolist())
        for one, pair, short in zip(answers, pairs, fits, strict=True):
            if pair is not None:
                given, alone = next(losses) if short else (0.0, 0.0)
                yield one.record, pair.given.scored, given, alone, not short


class _Answer(NamedTuple):
    """An answer: the row of its record, the turns before it, and what it says."""

    record: int
    before: list[dict[str, str]]
    said: str


def _answers(records: pl.DataFrame, *, every: bool) -> list[_Answer]:
    """List the answers that are read; those that are meant to be bad (KTO) are not."""
    found: list[_Answer] = []
    for record, turns in enumerate(conversations(records)):
        if records["label"][record] is False:
            continue
        own = [
            _Answer(record, turns[:place], turn["content"])
            for place, turn in enumerate(turns)
            if turn["role"] == "assistant" and turn["content"].strip() and _asks(turns[:place])
        ]
        found += own if every else own[-1:]
    return found


def _asks(before: Sequence[dict[str, str]]) -> bool:
    """Say whether anything was asked; a system turn asks nothing."""
    return any(turn["role"] != "system" and turn["content"].strip() for turn in before)


def _ratios(measured: Sequence[tuple[int, int, float, float, bool]], height: int) -> pl.DataFrame:
    """Average the losses of each record's tokens, and compare; null where any part is missing."""
    names: dict[str, PolarsDataType] = {
        "record": pl.Int64,
        "answer_tokens": pl.Int64,
        "given": pl.Float64,
        "alone": pl.Float64,
        "unread": pl.Boolean,
    }
    sums = (
        pl.DataFrame(measured, names, orient="row")
        .group_by("record", maintain_order=True)
        .agg(pl.col("answer_tokens", "given", "alone", "unread").sum())
    )
    given, alone = (pl.col(side) / pl.col("answer_tokens") for side in ("given", "alone"))
    whole = pl.col("unread") == 0
    found = sums.select(
        "record",
        pl.when(whole & (alone > 0)).then(given / alone).alias("ifd_loss"),
        pl.when(whole).then((given - alone).exp()).alias("ifd_ppl"),
        pl.when(whole).then(given).alias("loss_given"),
        pl.when(whole).then(alone).alias("loss_alone"),
        "answer_tokens",
        pl.col("unread").cast(pl.Int64),
    )
    rows = pl.DataFrame({"record": pl.int_range(height, dtype=pl.Int64, eager=True)})
    joined = rows.join(found, on="record", how="left", maintain_order="left").drop("record")
    return joined.with_columns(pl.selectors.float().fill_nan(None).round(6))
