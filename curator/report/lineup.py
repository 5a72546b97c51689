"""Lineup: any number of runs side by side: what each keeps, why, and where they agree."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from curator.report.budget import sizes_of
from curator.report.compare import settings_beside
from curator.run import Run

Values = dict[str, list[int]]
"""A count of each run, in their order, by what is counted."""


class Row(NamedTuple):
    """What one run keeps; tokens are estimated, of the kept records."""

    name: str
    records: int
    kept: int
    flagged: int
    tokens: int


class Lineup(NamedTuple):
    """Runs side by side; every list of values has one entry a run.

    `reasons` counts the records dropped, `flags` those flagged, `sources` those kept; `settings`
    has, as JSON text, those that are not the same in all recipes (null where one has it not);
    `alike` has for each two runs the share of their common records that both keep or both drop
    (null where they share none).
    """

    runs: list[Row]
    reasons: Values
    flags: Values
    sources: Values
    settings: dict[str, list[str | None]]
    alike: list[list[float | None]]


def line_up(runs: Sequence[Run]) -> Lineup:
    """Put runs side by side; the same content and occurrence is the same record in all."""
    names = names_of([run.path for run in runs])
    decisions = [run.decisions().select("id", "kept", "reason", "flags").collect() for run in runs]
    sizes = [sizes_of(run.records()) for run in runs]
    rows = zip(names, decisions, sizes, strict=True)
    return Lineup(
        runs=[_row(name, decided, sized) for name, decided, sized in rows],
        reasons=_side_by_side([_reasons(decided) for decided in decisions]),
        flags=_side_by_side([_flags(decided) for decided in decisions]),
        sources=_side_by_side(
            [_sources(*pair) for pair in zip(decisions, sizes, strict=True)], by_size=False
        ),
        settings=settings_beside([run.recipe for run in runs]),
        alike=[[_alike(one, other) for other in decisions] for one in decisions],
    )


def names_of(paths: Sequence[Path]) -> list[str]:
    """Name runs by their folders; where two have the same name, by their whole paths."""
    names = [path.resolve().name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _row(name: str, decisions: pl.DataFrame, sizes: pl.DataFrame) -> Row:
    kept = decisions["kept"]
    return Row(
        name,
        records=decisions.height,
        kept=int(kept.sum()),
        flagged=int((decisions["flags"].list.len() > 0).sum()),
        tokens=int(sizes["tokens"].filter(kept).sum()),
    )


def _reasons(decisions: pl.DataFrame) -> Counter[str]:
    return _counts(decisions["reason"])


def _flags(decisions: pl.DataFrame) -> Counter[str]:
    combinations = decisions["flags"].list.join("\n").value_counts()
    found: Counter[str] = Counter()
    for flags, count in combinations.iter_rows():
        found.update(dict.fromkeys(filter(None, flags.split("\n")), count))
    return found


def _sources(decisions: pl.DataFrame, sizes: pl.DataFrame) -> Counter[str]:
    return _counts(sizes["source"].filter(decisions["kept"]))


def _counts(values: pl.Series) -> Counter[str]:
    return Counter(dict(values.drop_nulls().value_counts(sort=True).iter_rows()))


def _side_by_side(counts: Sequence[Counter[str]], *, by_size: bool = True) -> Values:
    """Line up the counts of each run; by size, those that differ most come first."""
    found = {what: [count[what] for count in counts] for count in counts for what in count}
    if not by_size:
        return found

    def rank(what: str) -> tuple[int, int, str]:
        return min(found[what]) - max(found[what]), -max(found[what]), what

    return {what: found[what] for what in sorted(found, key=rank)}


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> float | None:
    both = one.select("id", "kept").join(other.select("id", also="kept"), on="id")
    return None if both.is_empty() else round(float((both["kept"] == both["also"]).mean()), 6)  # type: ignore[arg-type]
