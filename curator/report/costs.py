"""Costs: what each filter costs, and what it buys."""

from collections import Counter

import polars as pl

from curator.filters import Filter
from curator.recipe.model import rule_names
from curator.run import Run, Spent

COST_SCHEMA = pl.Schema(
    {
        "step": pl.String,
        "rows": pl.Int64,
        "seconds": pl.Float64,
        "rows_per_second": pl.Float64,
        "decided": pl.Int64,
        "marginal": pl.Int64,
        "marginal_tokens": pl.Int64,
        "flagged": pl.Int64,
    }
)
"""One row a filter, in recipe order. `rows` were measured in this directory, by this run or an
earlier one, in `seconds` summed over workers, a share of the features it needs included;
`rows_per_second` is null where all scores came from a run beside it. `decided` are the records
dropped at its step. `marginal` is what it adds to the others: the records, and their estimated
tokens, that the same recipe without it would keep beyond today's (a duplicate that another filter
let fall may come back, so this is decided again)."""


def costs_of(
    run: Run, decisions: pl.DataFrame, sizes: pl.DataFrame, funnel: pl.DataFrame
) -> pl.DataFrame:
    """Put each filter's cost beside what it takes away, as COST_SCHEMA says."""
    costs = _costs(run)
    dropping = _steps_that_drop(decisions)
    steps = {row["step"]: row for row in funnel.iter_rows(named=True)}
    rows = []
    for entry in run.recipe.filters:
        cost, step = costs[entry.label], steps[entry.label]
        speed = round(cost.rows / cost.seconds) if cost.seconds > 0 else None
        more = _kept_without(run, entry) if entry.label in dropping else decisions["kept"]
        rows.append(
            (
                *(entry.label, cost.rows, round(cost.seconds, 3), speed),
                *(step["dropped"], *_gain(decisions["kept"], more, sizes["tokens"])),
                step["flagged"],
            )
        )
    return pl.DataFrame(rows, schema=COST_SCHEMA, orient="row")


def _costs(run: Run) -> dict[str, Spent]:
    """Return what each filter cost, with its share of the features that it needs."""
    spent, filters = run.spent(), run.recipe.filters
    sharing = Counter(feature.key() for entry in filters for feature in entry.features())
    found = {}
    for entry in filters:
        own = spent.get(entry.key(), Spent())
        keys = [feature.key() for feature in entry.features()]
        shares = (spent.get(key, Spent()).seconds / sharing[key] for key in keys)
        found[entry.label] = Spent(own.rows, own.seconds + sum(shares))
    return found


def _steps_that_drop(decisions: pl.DataFrame) -> set[str]:
    """Name the filters that drop anything, alone or with others; the rest changes nothing."""
    combinations = decisions.filter(~pl.col("kept")).select(pl.col("reasons").list.join("\n"))
    reasons = combinations.unique().to_series().str.split("\n").explode()
    return {reason.rpartition(".")[0] for reason in reasons}


def _kept_without(run: Run, entry: Filter) -> pl.Series:
    """Decide again with all of a filter's rules off."""
    off = dict.fromkeys(rule_names(entry), "off")
    return run.what_if({entry.label: {"on": off}})["kept"]


def _gain(kept: pl.Series, without: pl.Series, tokens: pl.Series) -> tuple[int, int]:
    records = int(without.sum()) - int(kept.sum())
    return records, int(tokens.filter(without).sum()) - int(tokens.filter(kept).sum())
