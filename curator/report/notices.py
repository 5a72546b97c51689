"""Notices: what a reader of a report should look at before trusting the run."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import polars as pl

from curator.filters import DuplicateFilter, Filter
from curator.report.figures import counted, number, part, percent
from curator.report.funnel import Summary
from curator.report.histogram import Histogram
from curator.report.traits import TRAITS

MUCH = 0.25
"""A filter that drops more than this share of all records is worth a look."""
UNJUDGED = 0.01
"""More records than this share that a rule could not judge are worth a word."""


class Notice(NamedTuple):
    """One sentence, and the section of the report that shows more."""

    kind: Literal[
        "disparity",
        "drops",
        "unjudged",
        "quarantine",
        "cascade",
        "contamination",
        "licence",
        "shares",
        "forgotten",
        "selection",
    ]
    text: str


class Counts(NamedTuple):
    """What the steps of a run took away: the sum, the funnel, and how often each reason decided."""

    summary: Summary
    funnel: pl.DataFrame
    reasons: pl.DataFrame


def notices_of(
    counts: Counts,
    filters: Sequence[Filter],
    histograms: list[Histogram],
    warnings: pl.DataFrame,
) -> list[Notice]:
    """List what stands out, the most consequential first."""
    return [
        *_dropping_much(counts, filters),
        *_disparities(warnings, {e.label for e in filters if isinstance(e, DuplicateFilter)}),
        *_not_judged(histograms, {entry.label for entry in filters if entry.judges_all}),
        *_not_read(counts.summary),
    ]


def _dropping_much(counts: Counts, filters: Sequence[Filter]) -> list[Notice]:
    """Name the filters that decided on many records; what an earlier step took is not theirs."""
    total = counts.summary.records
    dropped = dict(counts.funnel.select("step", "dropped").iter_rows())
    return [
        Notice("drops", _much(entry, dropped[entry.label], total, counts.reasons))
        for entry in filters
        if dropped.get(entry.label, 0) > MUCH * total
    ]


def _much(entry: Filter, count: int, total: int, reasons: pl.DataFrame) -> str:
    """Say what a filter dropped, and what to ask about it: its thresholds, if it has any."""
    own = reasons.filter(pl.col("reason").str.starts_with(f"{entry.label}."))
    main, most = own.sort("deciding", descending=True).select("reason", "deciding").row(0)
    if entry.tag == "structure" and main.endswith(".no_answer"):
        whom = "No record has" if most == total else f"{part(most, total)} of all records have no"
        return (
            f"{whom}{' an' if most == total else ''} answer ({main}): is a column missing? "
            f"`columns:` in the recipe says which one holds it."
        )
    said = f"{entry.label} drops {part(count, total)} of all records"
    if isinstance(entry, DuplicateFilter):
        return f"{said}: they repeat others that are kept."
    if not entry.thresholds():
        return f"{said}, most of them for {main}: is the data what the recipe takes it for?"
    return f"{said}: are its thresholds meant for data like this?"


def _disparities(warnings: pl.DataFrame, duplicates: set[str]) -> list[Notice]:
    """Tell of each filter the group that loses most records, and name the other traits."""
    found = []
    for _, rows in warnings.group_by("step", maintain_order=True):
        first, *others = rows.sort("dropped", "group", descending=[True, False]).to_dicts()
        also = ", ".join(TRAITS[row["trait"]].lower() for row in others)
        more = f" It shows by {also} too." if also else ""
        found.append(Notice("disparity", _sentence(first, late=first["step"] in duplicates) + more))
    return found


def _sentence(row: dict[str, Any], *, late: bool) -> str:
    """Say how a group fares; a duplicate filter sees only the records that came to it."""
    share, rest = row["share"], row["rest"]
    kind = f"{TRAITS[row['trait']].lower()} {row['group']}"
    others = "none of the others"
    if rest:
        times = share / rest
        factor = f"{times:.1f}" if times < 10 else f"{times:,.0f}"  # noqa: PLR2004 (two digits do)
        others = f"{percent(rest)} of the others ({factor} times as often)"
    whom = f"the records with {kind}{' that come to it' if late else ''}"
    return (
        f"{row['step']} {'drops' if late else 'would drop'} {percent(share)} of {whom} "
        f"({number(row['dropped'])} of {number(row['records'])}), but {others}."
    )


def _not_judged(histograms: list[Histogram], judging: set[str]) -> list[Notice]:
    """Name the filters that judged a record by no measure at all; some missing is by design."""
    fewest: dict[str, Histogram] = {}
    for found in histograms:
        label = found.judged.label
        if label in judging:
            fewest[label] = min(fewest.get(label, found), found, key=lambda one: one.nulls)
    told = [
        f"{label} ({part(found.nulls, found.records)})"
        for label, found in fewest.items()
        if found.nulls > UNJUDGED * found.records
    ]
    if not told:
        return []
    return [Notice("unjudged", f"Some records were not judged at all by {', '.join(told)}.")]


def _not_read(summary: Summary) -> list[Notice]:
    if not summary.quarantined:
        return []
    return [
        Notice(
            "quarantine",
            f"{counted(summary.quarantined, 'input row')} could not be read as records and "
            f"{'is' if summary.quarantined == 1 else 'are'} in quarantine, each with its error.",
        )
    ]
