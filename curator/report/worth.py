"""Worth: what every source gives, what is left to train on, and what each filter is worth."""

from typing import NamedTuple

import polars as pl

from curator.report.budget import Budget, budget_of, sizes_of
from curator.report.costs import costs_of
from curator.report.sources import sources_of
from curator.run import Run


class Worth(NamedTuple):
    """The sources, the token budget and the costs; each is described where it is made."""

    sources: pl.DataFrame
    budget: Budget
    costs: pl.DataFrame


def worth_of(run: Run, decisions: pl.DataFrame, funnel: pl.DataFrame) -> Worth:
    """Read the records' sizes once, and say what they come down to."""
    sizes = sizes_of(run.records())
    licences = {entry.name: entry.licence for entry in run.manifest.inputs}
    return Worth(
        sources_of(decisions, sizes, licences),
        budget_of(sizes, decisions["kept"]),
        costs_of(run, decisions, sizes, funnel),
    )
