"""Selection: which of the records that stand are kept under a budget, and why not the others."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray
from polars._typing import PolarsDataType

from curator.decide.candidates import Candidates
from curator.decide.docket import Docket, closest
from curator.decide.methods import choose
from curator.errors import RecipeError
from curator.recipe import Recipe, Select
from curator.recipe.spread import Deita

if TYPE_CHECKING:
    from curator.diversity import Picks

_COLUMNS: dict[str, PolarsDataType] = {
    "id": pl.String,
    "chosen": pl.Boolean,
    "place": pl.Int64,
    "value": pl.Float64,
    "threshold": pl.Float64,
    "basis": pl.String,
    "group": pl.String,
}
SELECTION_SCHEMA = pl.Schema(_COLUMNS)
"""One row a record that stood before the budget, in run order. `place` is the chosen record's in
the order of choosing, from 1; `basis` says what `value` is and how it was held against `threshold`
(see `curator.diversity.BASES`); `group` is its class, cluster or target, null where the method
knows none."""


def select(
    docket: Docket, recipe: Recipe, rank: NDArray[np.int64], sides: tuple[NDArray[np.bool_], ...]
) -> tuple[NDArray[np.int64], pl.DataFrame]:
    """Choose among the records that stand; return their rows, and a row of the selection for each.

    `sides` are two masks: who stands, and who is kept in any case. The latter count against the
    budget and are chosen first. Nothing depends on the order of the records.
    """
    assert recipe.select is not None
    standing, protected = sides
    columns = _columns(docket, recipe.select)
    rows = np.flatnonzero(standing)
    keys = columns[rows].select(
        pl.lit(pl.Series(~protected[rows])).alias("held"),
        pl.lit(_drawn(recipe, docket.scores["content"].gather(rows))).alias("drawn"),
        *_merit(recipe.select),
        pl.lit(pl.Series(rank[rows])).alias("rank"),
    )
    order = keys.select(pl.arg_sort_by(*keys.columns, nulls_last=True)).to_series().to_numpy()
    ordered, held = rows[order], int(protected[rows].sum())
    picks, groups = choose(Candidates(ordered, columns[ordered], docket.pool, held, recipe))
    return rows, _frame(docket.scores["id"].gather(ordered), picks, groups)[np.argsort(order)]


def _columns(docket: Docket, settings: Select) -> pl.DataFrame:
    """Return the columns that the selection names; one that is not there is an error."""
    there = {**docket.scores.to_dict(), **docket.pool.columns.to_dict()}
    for name in settings.columns():
        if name not in there:
            known = [column for column in there if "__" in column]
            raise RecipeError(f"`select:` names no score column {name!r}{closest(name, known)}")
    for name in settings.ranks():
        if not (there[name].dtype.is_numeric() or there[name].dtype == pl.Boolean):
            raise RecipeError(f"`select:` ranks records by {name}, which is no number")
    named = {name: there[name] for name in settings.columns()}
    return pl.DataFrame({"id": docket.scores["id"], **named})


def _merit(settings: Select) -> list[pl.Expr]:
    """Return the keys by which the best come first."""
    said = [pl.col(name).cast(pl.Float64) for name in settings.ranks()]
    if isinstance(settings, Deita):
        said = [said[0] * said[1]]
    return [(-merit).alias(f"merit {place}") for place, merit in enumerate(said)]


def _drawn(recipe: Recipe, contents: pl.Series) -> pl.Series:
    """Draw a number for each content where chance decides; the same for all where it does not."""
    settings = recipe.select
    if getattr(settings, "method", "") == "random" or getattr(settings, "pick", "") == "random":
        seed = recipe.seed % 2**64
        said = (f"select {content}".encode() for content in contents)
        numbers = [xxhash.xxh3_64_intdigest(content, seed=seed) for content in said]
        return pl.Series("drawn", numbers, dtype=pl.UInt64)
    return pl.Series("drawn", np.zeros(len(contents), np.uint64))


def _frame(ids: pl.Series, picks: "Picks", groups: list[str]) -> pl.DataFrame:
    """Lay out what was chosen, one row a candidate."""
    from curator.diversity import BASES

    place = np.zeros(len(ids), np.int64)
    place[picks.chosen] = np.arange(1, len(picks.chosen) + 1)
    return pl.DataFrame(
        {
            "id": ids,
            "chosen": place > 0,
            "place": pl.Series(place).replace(0, None),
            "value": pl.Series(picks.value).fill_nan(None).round(6),
            "threshold": pl.Series(picks.limit).fill_nan(None).round(6),
            "basis": pl.Series(BASES, dtype=pl.String).gather(pl.Series(picks.basis)),
            "group": pl.Series(groups, dtype=pl.String).gather(
                pl.Series(picks.group).replace(-1, None)
            ),
        },
        schema=SELECTION_SCHEMA,
    )
