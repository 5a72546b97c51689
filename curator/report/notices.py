"""Notices: what a reader of a report should look at before trusting the run."""

from typing import Any, Literal, NamedTuple

import polars as pl

from curator.report.figures import number, part, percent
from curator.report.funnel import Summary
from curator.report.histogram import Histogram
from curator.report.traits import TRAITS

MUCH = 0.25
"""A filter that drops more than this share of all records is worth a look."""
UNJUDGED = 0.01
"""More records than this share that a rule could not judge are worth a word."""


class Notice(NamedTuple):
    """One sentence, and the section of the report that shows more."""

    kind: Literal["disparity", "drops", "unjudged", "quarantine"]
    text: str


def notices_of(
    summary: Summary, alone: pl.DataFrame, histograms: list[Histogram], warnings: pl.DataFrame
) -> list[Notice]:
    """List what stands out, the most consequential first."""
    return [
        *_dropping_much(summary, alone),
        *_disparities(warnings),
        *_not_judged(histograms),
        *_not_read(summary),
    ]


def _dropping_much(summary: Summary, alone: pl.DataFrame) -> list[Notice]:
    return [
        Notice(
            "drops",
            f"{step} drops {part(count, summary.records)} of all records: "
            f"are its thresholds meant for data like this?",
        )
        for step, count in alone.select("step", "any").iter_rows()
        if count > MUCH * summary.records and step not in {"select", "verdict"}
    ]


def _disparities(warnings: pl.DataFrame) -> list[Notice]:
    """Tell of each filter the group that loses most records, and name the other traits."""
    found = []
    for _, rows in warnings.group_by("step", maintain_order=True):
        first, *others = rows.sort("dropped", "group", descending=[True, False]).to_dicts()
        also = ", ".join(TRAITS[row["trait"]].lower() for row in others)
        more = f" It shows by {also} too." if also else ""
        found.append(Notice("disparity", _sentence(first) + more))
    return found


def _sentence(row: dict[str, Any]) -> str:
    share, rest = row["share"], row["rest"]
    kind = f"{TRAITS[row['trait']].lower()} {row['group']}"
    others = "none of the others"
    if rest:
        times = share / rest
        factor = f"{times:.1f}" if times < 10 else f"{times:,.0f}"  # noqa: PLR2004 (two digits do)
        others = f"{percent(rest)} of the others ({factor} times as often)"
    return (
        f"{row['step']} drops {percent(share)} of the records with {kind} "
        f"({number(row['dropped'])} of {number(row['records'])}), but {others}."
    )


def _not_judged(histograms: list[Histogram]) -> list[Notice]:
    """Name the filters that judged a record by no measure at all; some missing is by design."""
    fewest: dict[str, Histogram] = {}
    for found in histograms:
        if _has_line(found):
            label = found.judged.label
            fewest[label] = min(fewest.get(label, found), found, key=lambda one: one.nulls)
    told = [
        f"{label} ({part(found.nulls, found.records)})"
        for label, found in fewest.items()
        if found.nulls > UNJUDGED * found.records
    ]
    if not told:
        return []
    return [Notice("unjudged", f"Some records were not judged at all by {', '.join(told)}.")]


def _has_line(found: Histogram) -> bool:
    return any(cut.held.threshold is not None for cut in found.cuts)


def _not_read(summary: Summary) -> list[Notice]:
    if not summary.quarantined:
        return []
    rows = "row" if summary.quarantined == 1 else "rows"
    return [
        Notice(
            "quarantine",
            f"{number(summary.quarantined)} input {rows} could not be read as records and "
            f"{'is' if summary.quarantined == 1 else 'are'} in quarantine, each with its error.",
        )
    ]
