"""Assign every kept record of a run to its split, and find those that would leak."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from curator.export.shards import marked_shards
from curator.features import answered, asked, kind
from curator.filters import DuplicateFilter
from curator.filters.near_duplicate import NearDuplicate
from curator.run import Run
from curator.splits import Neighbours, leaks, sides_of

WHOLE = "data"
"""The name of the one side of an export without splits."""
_FLOOR = 0.7


def assign(run: Run, shares: Mapping[str, float]) -> pl.DataFrame:
    """Return `side` and `leaked` for every record of the run, in its order.

    The side is null where the record is not kept.
    """
    kept = run.decisions().select("kept").collect()["kept"]
    if not shares:
        return pl.select(side=pl.when(kept).then(pl.lit(WHOLE)), leaked=pl.lit(False))  # noqa: FBT003
    side = _sides(run, kept, shares)
    neighbours = _neighbours(run, kept) if len(shares) > 1 else ()
    leaked = leaks(side, neighbours, shares)
    return pl.DataFrame({"side": side, "leaked": leaked})


def _sides(run: Run, kept: pl.Series, shares: Mapping[str, float]) -> pl.Series:
    found: list[str] = []
    for shard in marked_shards(run, kept.to_frame(), ("prompt", "text")):
        texts = shard.filter("kept")
        found += sides_of(texts["prompt"], texts["text"], shares)
    empty = pl.Series("side", [None], dtype=pl.String).new_from_index(0, len(kept))
    return empty.scatter(kept.arg_true(), found)


def _neighbours(run: Run, kept: pl.Series) -> Iterator[Neighbours]:
    """Read the pairs of every duplicate filter; where none finds all, find near pairs here."""
    filters = [entry for entry in run.recipe.filters if isinstance(entry, DuplicateFilter)]
    for entry in filters:
        yield Neighbours.of(run.pairs(entry.label).collect(), len(kept))
    if not any(_covers(entry) for entry in filters):
        yield Neighbours.of(_near_pairs(run, kept), len(kept))


def _covers(entry: DuplicateFilter) -> bool:
    """Say whether the filter has found every pair that would leak."""
    return isinstance(entry, NearDuplicate) and entry.view == "pair" and entry.floor <= _FLOOR


def _near_pairs(run: Run, kept: pl.Series) -> pl.DataFrame:
    from curator.dedup import near_pairs

    texts = run.records(kept=True).select(asked(), answered(), kind()).collect()
    pairs = near_pairs(texts, view="pair", floor=_FLOOR)
    rows = pl.Series(np.flatnonzero(kept.to_numpy()))
    return pairs.with_columns(
        rows.gather(pairs["left"]).alias("left"), rows.gather(pairs["right"]).alias("right")
    )
