"""Entries: the kept records of a run, one by one, with the side each is written to."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from curator.records import Record, records_of
from curator.run import Run

_BATCH = 2_000


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
    """Read the kept records in run order, a batch at a time.

    `sides` has `side` and `leaked` for every record of the run; a null side is not kept.
    """
    repaired = set(run.repairs().select("id").collect()["id"])
    both = pl.concat([run.records(), sides.lazy()], how="horizontal")
    kept = both.filter(pl.col("side").is_not_null())
    for batch in kept.collect_batches(chunk_size=_BATCH, maintain_order=True):
        facts = batch.select("id", "source", "row", "shape", "side", "leaked").iter_rows()
        for (id_, source, row, shape, side, leaked), record in zip(
            facts, records_of(batch), strict=True
        ):
            yield Entry(id_, source, row, shape, id_ not in repaired, side, leaked, record)
