"""Parquet: write the rows of a split as one Parquet file, a batch at a time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from curator.export.columns import Type, encode, to_polars
from curator.export.rows import read_rows

_BATCH = 2_000
_ROW_GROUP = 20_000


def write_parquet(rows: Path, target: Path, columns: dict[str, Type]) -> None:
    """Write the rows of a JSON Lines file as Parquet; a field a row lacks is null."""
    schema = pl.Schema({name: to_polars(type_) for name, type_ in columns.items()})

    def frames(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        whole = Type("struct", fields=columns)
        batch = []
        for row in read_rows(rows):
            batch.append(encode(row, whole))
            if len(batch) == _BATCH:
                yield pl.DataFrame(batch, schema=schema)
                batch = []
        yield pl.DataFrame(batch, schema=schema)

    source = register_io_source(frames, schema=schema, is_pure=True)
    source.sink_parquet(target, compression="zstd", row_group_size=_ROW_GROUP)
