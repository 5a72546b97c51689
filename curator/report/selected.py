"""Selected: how a budget was spent, and on which kinds of records."""

from typing import NamedTuple

import polars as pl
from polars._typing import PolarsDataType

from curator.decide.classes import classes_of
from curator.recipe import Select
from curator.recipe.shares import REST, Fitted, Quotas
from curator.report.bins import edges_of
from curator.report.figures import counted, number, percent
from curator.report.notices import Notice
from curator.run import Run

MISSES = 10
"""How many records that were nearly chosen are shown."""
_TRAITS = ("source", "length", "language", "task")
_LEAST = 1e-9
WHOLE = frozenset({"place", "tokens", "quota", "pool"})
"""The kinds of number that are counts."""
_BINNED: dict[str, PolarsDataType] = {
    "basis": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "chosen": pl.Int64,
    "left": pl.Int64,
}
NUMBERS = pl.Schema(_BINNED)
_ASKED: dict[str, PolarsDataType] = {
    "column": pl.String,
    "value": pl.String,
    "asked": pl.Float64,
    "records": pl.Int64,
    "chosen": pl.Int64,
}
MARGINS = pl.Schema(_ASKED)


class Selected(NamedTuple):
    """How a budget was spent.

    `kinds` counts `trait, group, records, chosen`; `parts` counts `group, records, chosen, part` of
    the classes, clusters or targets, where `part` is what the class may give; `margins` has
    `column, value, asked, records, chosen` where shares were asked for, as shares and counts;
    `numbers` has `basis, low, high, chosen, left`, how the deciding number is distributed; `misses`
    has the rows of the selection that came nearest to being chosen.
    """

    settings: Select
    candidates: int
    chosen: int
    words: int
    words_chosen: int
    kinds: pl.DataFrame
    parts: pl.DataFrame
    margins: pl.DataFrame
    numbers: pl.DataFrame
    misses: pl.DataFrame


def selected_of(run: Run, traits: pl.DataFrame) -> Selected | None:
    """Gather how the budget was spent; `traits` has `id, words` and what tells kinds of records."""
    settings = run.recipe.select
    if settings is None:
        return None
    selection = run.selection().collect()
    rows = selection.join(_with_task(run, traits), on="id", how="left", maintain_order="left")
    chosen = rows.filter("chosen")
    return Selected(
        settings,
        rows.height,
        chosen.height,
        int(rows["words"].sum()),
        int(chosen["words"].sum()),
        _kinds(rows),
        _parts(selection),
        _margins(run, selection),
        _numbers(selection),
        _misses(selection),
    )


def _with_task(run: Run, traits: pl.DataFrame) -> pl.DataFrame:
    """Add the task of every record, where a filter named `task` has told it."""
    scores = run.scores()
    label = next((entry.label for entry in run.recipe.filters if entry.tag == "task"), None)
    column = f"{label}__task"
    if label is None or column not in scores.collect_schema().names():
        return traits
    return traits.with_columns(scores.select(pl.col(column).alias("task")).collect())


def _kinds(rows: pl.DataFrame) -> pl.DataFrame:
    found = [
        rows.group_by(pl.col(trait).cast(pl.String).fill_null("(none)").alias("group"))
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("chosen").sum().cast(pl.Int64))
        .sort("records", "group", descending=[True, False])
        .select(pl.lit(trait).alias("trait"), "group", "records", "chosen")
        for trait in _TRAITS
        if trait in rows.columns
    ]
    return pl.concat(found)


def _parts(selection: pl.DataFrame) -> pl.DataFrame:
    quota = pl.col("threshold").filter(pl.col("basis") == "quota").max()
    return (
        selection.drop_nulls("group")
        .group_by("group")
        .agg(
            pl.len().cast(pl.Int64).alias("records"),
            pl.col("chosen").sum().cast(pl.Int64),
            quota.alias("part"),
        )
        .sort("records", "group", descending=[True, False])
    )


def _margins(run: Run, selection: pl.DataFrame) -> pl.DataFrame:
    """Set what was asked for beside what there is and what was chosen."""
    settings = run.recipe.select
    if not isinstance(settings, Fitted):
        return MARGINS.to_frame()
    names = list(settings.margins)
    values = _values(run, names)
    classes = classes_of(values, names, settings.bins)
    named = classes.values[classes.codes].with_columns(values["id"])
    rows = selection.select("id", "chosen").join(named, on="id", how="left")
    found = []
    for name, shares in settings.margins.items():
        asked = pl.DataFrame(
            [(name, value, share / sum(shares.values())) for value, share in shares.items()],
            schema=["column", "value", "asked"],
            orient="row",
        )
        merged = pl.when(pl.col(name).is_in(list(shares))).then(name).otherwise(pl.lit(REST))
        there = rows.group_by(merged.alias("value")).agg(
            pl.len().cast(pl.Int64).alias("records"), pl.col("chosen").sum().cast(pl.Int64)
        )
        found.append(asked.join(there, on="value", how="left", maintain_order="left"))
    return pl.concat(found).with_columns(pl.col("records", "chosen").fill_null(0)).cast(MARGINS)


def _values(run: Run, names: list[str]) -> pl.DataFrame:
    pool = run.snapshot.pool().columns
    scores = run.scores().select("id", *(one for one in names if "__" in one)).collect()
    return pl.concat([scores, pool.select(one for one in names if one in pool)], how="horizontal")


def _numbers(selection: pl.DataFrame) -> pl.DataFrame:
    """Count the deciding numbers in bins, each kind of number by itself."""
    numbered = selection.drop_nulls("value").select("basis", "value", "chosen")
    kinds = numbered.group_by(["basis"], maintain_order=True)
    found = [_binned(str(basis), rows) for (basis,), rows in kinds]
    return pl.concat([NUMBERS.to_frame(), *found])


def _binned(basis: str, rows: pl.DataFrame) -> pl.DataFrame:
    values = rows["value"].to_numpy()
    edges, _ = edges_of(values, whole=basis in WHOLE)
    places = pl.Series("bin", edges[1:-1].searchsorted(values, side="right"))
    counts = (
        rows.with_columns(places)
        .group_by("bin")
        .agg(
            pl.col("chosen").sum().cast(pl.Int64),
            (~pl.col("chosen")).sum().cast(pl.Int64).alias("left"),
        )
        .sort("bin")
    )
    ends = [pl.Series(side).gather(counts["bin"]) for side in (edges[:-1], edges[1:])]
    low, high = ends[0].alias("low"), ends[1].alias("high")
    return counts.select(pl.lit(basis).alias("basis"), low, high, "chosen", "left").cast(NUMBERS)


def _misses(selection: pl.DataFrame) -> pl.DataFrame:
    """Return the records whose number came nearest to the limit, measured by it."""
    off = (pl.col("value") - pl.col("threshold")).abs()
    by = off / pl.max_horizontal(pl.col("threshold").abs(), pl.lit(_LEAST))
    left = selection.filter(~pl.col("chosen")).drop_nulls(["value", "threshold"])
    return left.sort(by.round(9), "id").head(MISSES)


def selection_notices(found: Selected | None) -> list[Notice]:
    """Say which classes have less than was asked of them, and that a budget was not spent."""
    if found is None:
        return []
    most = found.settings.max_records or 0
    texts = [
        _short(f"{row['column']} = {row['value']}", row["records"], percent(row["asked"]))
        for row in found.margins.filter(pl.col("asked") > 0).iter_rows(named=True)
        if not row["records"] or row["records"] < row["asked"] * most
    ]
    if isinstance(found.settings, Quotas):
        there = dict(found.parts.select("group", "records").iter_rows())
        asked = found.settings.quotas
        texts += [
            _short(name, there.get(name, 0), number(quota))
            for name, quota in asked.items()
            if there.get(name, 0) < quota
        ]
    if found.chosen < min(most, found.candidates):
        texts.append(
            f"the budget is not spent: {number(found.chosen)} of {counted(most, 'record')} are "
            f"chosen, for what was asked leaves no more of {number(found.candidates)}"
        )
    return [Notice("selection", f"select: {text}.") for text in texts]


def _short(name: str, records: int, asked: str) -> str:
    there = f"only {counted(records, 'record')} could be had" if records else "there is no record"
    return f"{there} of {name}, of which {asked} was asked, and nothing stands in for it"
