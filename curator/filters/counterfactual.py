"""Counterfactual: how far the toxicity score moves when the groups in a turn trade places."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters._toxic_turns import ASKED, SAID, judged_turns
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import worst_turns
from curator.groups import SWAP_DIGEST, find_swaps, swap
from curator.groups.lexicon import DIGEST
from curator.models import OUTPUTS, bundled_files, languages_of, read_name, toxicity_model

_SHIFT, _SIZE, _WAY = "shift", "size", "direction"


class Counterfactual(Filter):
    """Turn the groups of each turn round, and measure how far its toxicity moves.

    The text with `she` for `he`, or `Muslim` for `Christian`, says the same of another group: a
    score that moves has learnt the group (Dixon et al. 2018; Garg et al. 2019), or the text says
    what is said of one group only. One record cannot tell which: the report takes the mean over
    all records for the scorer's bias, and lists the records that move most. A turn that would
    become untrue or that is surely not in English is left alone and not judged (docs/bias.md).
    """

    filter: Literal["counterfactual"] = "counterfactual"
    needs: ClassVar[tuple[str, ...]] = ("language",)
    actions: ClassVar[dict[str, Action]] = {"moves": "off", "prompt_moves": "off"}
    judges_all: ClassVar[bool] = False

    max_shift: float = threshold(0.2, ge=0, le=1)
    """How far, up or down, the toxicity of an answer may move."""
    max_prompt_shift: float = threshold(0.2, ge=0, le=1)
    """How far that of what the user says may."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = _turned(judged_turns(records, languages_of(read_name("bundled"))))
        told = turns.group_by("record").agg(
            pl.col("terms").sum().alias("swapped"),
            pl.col("skipped").drop_nulls().first(),
        )
        whole = pl.DataFrame({"record": pl.int_range(records.height, dtype=pl.Int64, eager=True)})
        whole = whole.join(told, on="record", how="left", maintain_order="left").drop("record")
        moved = _moved(turns.filter(pl.col("other").is_not_null()))
        sides = [_side(moved, side, records.height) for side in (SAID, ASKED)]
        return pl.concat([whole, *sides], how="horizontal")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "moves": pl.col("response_shift").abs() > self.max_shift,
            "prompt_moves": pl.col("prompt_shift").abs() > self.max_prompt_shift,
        }

    def spans(self, text: str) -> list[Span]:
        return [Span(start, end, "moves") for start, end in find_swaps(text)]

    def files(self) -> dict[str, str]:
        lists = {"groups/lexicon.txt": DIGEST, "groups/swap.txt": SWAP_DIGEST}
        return bundled_files() | lists


def _turned(turns: pl.DataFrame) -> pl.DataFrame:
    """Add what came of turning each text round: `other, terms, direction, skipped`."""
    found = [swap(text) for text in turns["content"]]
    return turns.with_columns(
        pl.Series("other", [one.text for one in found], dtype=pl.String),
        pl.Series("terms", [one.terms for one in found], dtype=pl.Int64),
        pl.Series(_WAY, [one.direction for one in found], dtype=pl.String),
        pl.Series("skipped", [one.skipped for one in found], dtype=pl.String),
    )


def _moved(turns: pl.DataFrame) -> pl.DataFrame:
    """Add `shift`, the toxicity of the other text minus that of the text, and its `size`."""
    model = toxicity_model()
    place = OUTPUTS.index("toxicity")
    before, after = (
        model.score(turns[name].to_list())[:, place].astype(float) for name in ("content", "other")
    )
    shift = pl.Series(_SHIFT, after - before, dtype=pl.Float64).round(6)
    return turns.with_columns(shift, shift.abs().alias(_SIZE))


def _side(moved: pl.DataFrame, side: str, height: int) -> pl.DataFrame:
    """Reduce one side to the turn that moves most; a direction only where one turn was turned."""
    own = moved.filter(pl.col("side") == side)
    worst = worst_turns(own.select("record", "turn", _SIZE), height, {_SIZE: "high"})
    alone = pl.len().over("record") == 1
    way = own.select("record", "turn", _SHIFT, pl.when(alone).then(_WAY).alias(_WAY))
    rows = pl.int_range(pl.len(), dtype=pl.Int64).alias("record")
    return (
        worst.select(rows, pl.col(f"{_SIZE}_turn").alias("turn"))
        .join(way, on=["record", "turn"], how="left", maintain_order="left")
        .select(
            pl.col(_SHIFT).alias(f"{side}_shift"),
            pl.col("turn").alias(f"{side}_shift_turn"),
            pl.col(_WAY).alias(f"{side}_direction"),
        )
    )
