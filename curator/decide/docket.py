"""Docket: what every decision over the same records shares, prepared once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.decide.pool import Pool
from curator.errors import RecipeError

if TYPE_CHECKING:
    from curator.dedup import Layer

ORDER_COLUMNS = ("id", "content", "response_chars")
"""The record columns that deciding reads, besides scores."""


@dataclass(frozen=True)
class Docket:
    """Scores in run order, each record's place in the survivor order, and the pairs as layers.

    Nothing here depends on a threshold, an action or a verdict, so one docket serves every
    question a slider asks.
    """

    scores: pl.DataFrame
    rank: np.ndarray
    layers: dict[str, "Layer"]
    pool: Pool = field(default_factory=Pool)


def prepare(
    scores: pl.DataFrame,
    pairs: Mapping[str, pl.DataFrame],
    prefer: list[str],
    pool: Pool | None = None,
) -> Docket:
    """Prepare the docket of a run; the pool is there where the recipe selects.

    `scores` holds `id, content, response_chars` and every score column, in run order; `pairs`
    holds for each duplicate filter's label its `left, right, similarity, verified`.
    """
    layers = {}
    if pairs:
        from curator.dedup import prepare as layer_of

        layers = {label: layer_of(frame, scores.height) for label, frame in pairs.items()}
    return Docket(scores, survivor_rank(scores, prefer), layers, pool or Pool())


def survivor_rank(scores: pl.DataFrame, prefer: list[str]) -> np.ndarray:
    """Return each record's place in the survivor order, from 0, as int64.

    First the recipe's preferred scores (highest first, nulls last), then the longer response in
    code points, then the content, then the occurrence: independent of file order, workers and
    engine. Keep verdicts go before all of it, when the docket is settled.
    """
    for column in prefer:
        if column not in scores.columns:
            hint = closest(column, scores.columns)
            raise RecipeError(f"`prefer:` names no score column {column!r}{hint}")
    content = pl.col("content").str.decode("hex").bin
    halves = [  # as numbers the 32 hex digits sort the same way, and twice as fast
        content.slice(start, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")
        for start in (0, 8)
    ]
    keys = scores.select(
        *[(-pl.col(column).cast(pl.Float64)).alias(f"prefer {column}") for column in prefer],
        (-pl.col("response_chars")).alias("chars"),
        halves[0].alias("content"),
        halves[1].alias("rest of content"),
        pl.col("id").str.slice(33).cast(pl.UInt32).alias("occurrence"),
    )
    order = keys.select(pl.arg_sort_by(*keys.columns, nulls_last=True)).to_series().to_numpy()
    rank = np.empty(scores.height, dtype=np.int64)
    rank[order] = np.arange(scores.height)
    return rank


def closest(column: str, known: Sequence[str]) -> str:
    """Ask whether a column was meant that is there, where one is nearly called so."""
    near = get_close_matches(column, known, n=1)
    return f": did you mean {near[0]!r}?" if near else ""
