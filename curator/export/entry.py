"""Entries: the kept records of a run, one by one, with the side each is written to."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from curator.export.shards import marked_shards
from curator.records import Record, records_of
from curator.run import Run


class Entry(NamedTuple):
    """One kept record on its way out."""

    id: str
    source: str
    row: int
    shape: str
    unchanged: bool
    side: str
    leaked: bool
    record: Record


def entries(run: Run, sides: pl.DataFrame) -> Iterator[Entry]:
    """Read the kept records in run order, a shard at a time.

    `sides` has `side` and `leaked` for every record of the run; a null side is not kept.
    """
    repaired = set(run.repairs().select("id").collect()["id"])
    for shard in marked_shards(run, sides):
        kept = shard.filter(pl.col("side").is_not_null())
        facts = kept.select("id", "source", "row", "shape", "side", "leaked").iter_rows()
        for (id_, source, row, shape, side, leaked), record in zip(
            facts, records_of(kept), strict=True
        ):
            yield Entry(id_, source, row, shape, id_ not in repaired, side, leaked, record)
