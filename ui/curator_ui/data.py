"""Data: what the dashboard shows, read page by page; no frame of texts is held whole."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from curator.report import shown
from curator.run import Run

PAGE = 25
"""Records on one page."""


@dataclass(frozen=True)
class Choice:
    """Which records to show: a side, and for dropped ones a reason."""

    kept: bool
    reason: str | None = None


def reasons_of(run: Run) -> pl.DataFrame:
    """Count the deciding reasons, commonest first."""
    dropped = run.decisions().filter(~pl.col("kept"))
    counts = dropped.group_by("reason").len("records")
    return counts.sort("records", "reason", descending=[True, False]).collect()


def count_of(run: Run, choice: Choice) -> int:
    """Count the records of a choice."""
    return int(run.decisions().filter(_wanted(choice)).select(pl.len()).collect().item())


def page_of(run: Run, choice: Choice, page: int) -> list[dict[str, Any]]:
    """Return one page of records with their decisions, in run order."""
    columns = run.records().select("prompt", "response", "source", "row")
    both = pl.concat([run.decisions(), columns], how="horizontal")
    found = both.filter(_wanted(choice)).slice(page * PAGE, PAGE).collect()
    return [
        row | {"prompt": shown(row["prompt"]), "response": shown(row["response"])}
        for row in found.rows(named=True)
    ]


def _wanted(choice: Choice) -> pl.Expr:
    side = pl.col("kept") == choice.kept
    return side if choice.reason is None else side & (pl.col("reason") == choice.reason)
