"""Diverse: everything a report says of how varied the records are."""

from typing import NamedTuple

import polars as pl

from curator.report.asked_for import Novelty, Verbs, drawn_of, novelty_of, verbs_of
from curator.report.coverage import Coverage, coverage_of
from curator.report.kinds import kinds_of
from curator.report.reference import Reference
from curator.report.spread import Spread, spread_of
from curator.report.tasks import coarse_of, counts_of, effective, tasks_of
from curator.run import Run


class Diverse(NamedTuple):
    """How varied the records are; what no filter of the recipe measured is empty or none.

    `numbers` has `measure, all, kept`; of `tasks` and `coarse` see `tasks_of`; `domains` has
    `name, records, kept`.
    """

    records: int
    numbers: pl.DataFrame
    tasks: pl.DataFrame
    coarse: pl.DataFrame
    domains: pl.DataFrame
    verbs: Verbs
    novelty: list[Novelty]
    spread: Spread | None
    coverage: Coverage | None


def diverse_of(run: Run, kept: pl.Series, reference: Reference) -> Diverse:
    """Gather it; texts are read of a part of the records, drawn by their contents."""
    kinds = kinds_of(run, kept)
    drawn = drawn_of(run, kept)
    verbs, novelty = verbs_of(drawn), novelty_of(drawn)
    spread = spread_of(run, kept, kinds["task"])
    return Diverse(
        len(kept),
        _numbers(kinds, novelty, spread),
        tasks_of(kinds),
        coarse_of(kinds),
        counts_of(kinds, "domain"),
        verbs,
        novelty,
        spread,
        coverage_of(kinds, reference),
    )


def _numbers(kinds: pl.DataFrame, novelty: list[Novelty], spread: Spread | None) -> pl.DataFrame:
    """List the measures that were taken, of all records and of the kept."""
    rows: list[tuple[str, float | None, float | None]] = []
    for column, name in (("fine", "tasks"), ("domain", "domains")):
        every, left = effective(kinds, column)
        if every is not None:
            rows.append((f"effective number of {name}", every, left))
    if spread:
        rows.append(("Vendi score", spread.all, spread.kept))
    for one in novelty:
        rows += [(f"distinct-{n} of {one.view}s", a, k) for n, a, k in one.shares.iter_rows()]
    schema = {"measure": pl.String, "all": pl.Float64, "kept": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")
