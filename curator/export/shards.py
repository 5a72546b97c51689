"""Shards: read the records of a run a shard at a time, so that memory stays bounded."""

from collections.abc import Iterator, Sequence

import polars as pl

from curator.records import RECORD_SCHEMA
from curator.run import Run


def marked_shards(
    run: Run, marks: pl.DataFrame, columns: Sequence[str] = tuple(RECORD_SCHEMA)
) -> Iterator[pl.DataFrame]:
    """Yield the columns of each shard beside its rows of `marks`, which has a row a record.

    A lazy frame will not do: Polars collects batches of it faster than they are written out.
    """
    start = 0
    snapshot = run.snapshot
    for shard in snapshot.shards:
        records = pl.read_parquet(snapshot.layout.shard(shard.file), columns=list(columns))
        yield records.hstack(marks.slice(start, records.height))
        start += records.height
