"""Parquet tables: values as JSON can hold them; dates, decimals and bytes become text."""

import base64
import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from curator.containers.model import Broken, Found
from curator.containers.streams import compression_of, read_blocks
from curator.errors import InputError

_BATCH = 4096
_TIMES = (datetime.date, datetime.time, datetime.datetime)


def read_parquet(path: Path) -> Iterator[Found | Broken]:
    """Read rows batch by batch."""
    try:
        table = pl.scan_parquet(contents_of(path))
        height = table.select(pl.len()).collect().item()
        for start in range(0, height, _BATCH):
            yield from rows_of(table.slice(start, _BATCH).collect(), start)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path} is not a readable Parquet file: {error}") from error


def rows_of(table: pl.DataFrame, before: int) -> Iterator[Found]:
    """Give the rows of a table as JSON can hold them, numbered on from those before it."""
    odd = [name for name, dtype in table.schema.items() if not _is_json(dtype)]
    for row, value in enumerate(table.iter_rows(named=True), before + 1):
        for name in odd:
            value[name] = as_json(value[name])
        yield Found(row, value, "")


def contents_of(path: Path) -> Path | io.BytesIO:
    """Give a file that polars can read: itself, or what it holds decompressed."""
    compression = compression_of(path)
    return io.BytesIO(b"".join(read_blocks(path, compression))) if compression else path


def _is_json(dtype: pl.DataType) -> bool:
    if isinstance(dtype, (pl.List, pl.Array)):
        return _is_json(dtype.inner)  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return all(_is_json(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]
    text = isinstance(dtype, (pl.String, pl.Categorical, pl.Enum))
    return (
        text
        or isinstance(dtype, (pl.Boolean, pl.Null))
        or (dtype.is_numeric() and not dtype.is_decimal())
    )


def as_json(value: Any) -> Any:
    """Turn a value that JSON cannot hold into text: ISO dates, digits, UTF-8 or else base64."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, list):
        return [as_json(entry) for entry in value]
    if isinstance(value, dict):
        return {name: as_json(entry) for name, entry in value.items()}
    if isinstance(value, _TIMES):
        return value.isoformat()
    return _bytes_as_text(value) if isinstance(value, bytes) else str(value)


def _bytes_as_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
