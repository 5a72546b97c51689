"""Assign every kept record of a run to its split, and find those that would leak."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl

from curator.export.draw import CAPPED, UNDRAWN, draw
from curator.export.shards import marked_shards
from curator.features import answered, asked, comparable
from curator.filters import DuplicateFilter
from curator.filters.near_duplicate import NearDuplicate
from curator.run import Run
from curator.splits import Neighbours, leaks, sides_in_order, sides_of

WHOLE = "data"
"""The name of the one side of an export without splits."""
_FLOOR = 0.7


def loaded_as(sides: Iterable[str]) -> list[str]:
    """Name sides as they are loaded: data without splits is to train on."""
    return ["train" if side == WHOLE else side for side in sides]


def assign(run: Run, shares: Mapping[str, float]) -> pl.DataFrame:
    """Return `side, leaked, left, copies` for every record of the run, in its order.

    The side is null where the record is not kept; `left` is why its input's weight or cap leaves it
    out. A record is written `copies` times where it is trained on, and once on any other side, so
    that what is measured there is the data as it is.
    """
    kept = run.decisions().select("kept").collect()["kept"]
    drawn = draw(run, kept)
    side = _sides(run, kept, shares) if shares else _whole(kept)
    marks = pl.DataFrame({"side": side, "capped": drawn.capped, "copies": drawn.copies})
    training = pl.col("side") == (sides_in_order(shares) or [WHOLE])[0]
    marks = marks.with_columns(
        pl.when(training).then("copies").otherwise(1).alias("copies"),
        pl.when("capped")
        .then(pl.lit(CAPPED))
        .when(training & (pl.col("copies") == 0))
        .then(pl.lit(UNDRAWN))
        .alias("left"),
    )
    written = marks.select(pl.when(pl.col("left").is_null()).then("side"))["side"]
    neighbours = _neighbours(run, kept) if len(shares) > 1 else ()
    leaked = leaks(written, neighbours, shares)
    return marks.select("side", pl.Series("leaked", leaked), "left", "copies")


def _whole(kept: pl.Series) -> pl.Series:
    return pl.select(pl.when(kept).then(pl.lit(WHOLE)).alias("side"))["side"]


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

    texts = run.records(kept=True).select(asked(), answered(), comparable()).collect()
    pairs = near_pairs(texts, view="pair", floor=_FLOOR)
    rows = pl.Series(np.flatnonzero(kept.to_numpy()))
    return pairs.with_columns(
        rows.gather(pairs["left"]).alias("left"), rows.gather(pairs["right"]).alias("right")
    )
