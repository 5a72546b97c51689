"""Classes: records parted by the values of some columns."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import RecipeError

NONE = "(none)"
"""The class of records that have no value."""
JOINER = " / "
"""What stands between the values of several columns."""
MOST = 1_000


class Classes(NamedTuple):
    """The class of every record, and what each is called, in the order of their names.

    `values` has for every class its value in each column.
    """

    codes: NDArray[np.int64]
    names: list[str]
    values: pl.DataFrame


def classes_of(
    columns: pl.DataFrame, by: Sequence[str], bins: Mapping[str, Sequence[float]]
) -> Classes:
    """Part records by the values of columns, numbers by their bins."""
    values = columns.select(_values(columns[name], bins.get(name)) for name in by)
    distinct = values.unique().sort(by)
    if distinct.height > MOST:
        raise RecipeError(
            f"`select:` parts the records by {', '.join(by)} into {distinct.height:,} classes, "
            f"and {MOST:,} are the most: part a number into `bins:`, or name another column"
        )
    codes = values.join(
        distinct.with_row_index("code"), on=list(by), how="left", maintain_order="left"
    )["code"]
    names = distinct.select(pl.concat_str(by, separator=JOINER)).to_series().to_list()
    return Classes(codes.cast(pl.Int64).to_numpy(), names, distinct)


def bin_names(edges: Sequence[float]) -> list[str]:
    """Name the bins between edges: `<100`, `100..500`, `>=500`."""
    said = [f"{edge:g}" for edge in edges]
    between = [f"{low}..{high}" for low, high in pairwise(said)]
    return [f"<{said[0]}", *between, f">={said[-1]}"]


def _values(column: pl.Series, edges: Sequence[float] | None) -> pl.Series:
    if edges is not None and column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_nan(None)
        places = np.searchsorted(edges, numbers.fill_null(0).to_numpy(), side="right")
        inside = pl.Series(bin_names(edges), dtype=pl.String).gather(places)
        named = pl.select(pl.when(numbers.is_not_null()).then(inside)).to_series()
    elif column.dtype.is_float():
        raise RecipeError(
            f"`select:` parts the records by {column.name}, which is a number: say where with "
            f"`bins: {{{column.name}: [0.5]}}`"
        )
    else:
        named = column.cast(pl.String)
    return named.fill_null(NONE).alias(column.name)
