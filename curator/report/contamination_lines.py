"""Contamination in words: the same sentences and tables for the page and for Markdown."""

from collections.abc import Iterator, Sequence
from typing import Any

from curator.report.contamination import CONTAMINATED, Contamination, Leak
from curator.report.corpus import said
from curator.report.corpus_markdown import Table
from curator.report.figures import counted, number, percent
from curator.report.notices import Notice

TITLE = "Test questions in the data"
SETS = (
    "evaluation set",
    "#questions",
    "#found",
    "#share",
    "contaminated",
    "#records",
    "#of them kept",
)
LEAKS = ("question", "record", "rules", "#covered", "#words in a row", "what it shares")
_CROP = 160


def note(found: Contamination) -> str:
    """Say when a set counts as contaminated, and by which filter."""
    return (
        f"Found by {found.label} among all records that were read. A set counts as contaminated "
        f"where more than {percent(CONTAMINATED)} of its questions are found (Tulu 3)."
    )


def set_lines(found: Contamination) -> Iterator[tuple[str, ...]]:
    """Lay out a line for each evaluation set."""
    for row in found.sets.iter_rows(named=True):
        verdict, shown = "yes" if row["contaminated"] else "no", percent(row["share"])
        counts = (number(row["records"]), number(row["kept"]))
        yield row["set"], number(row["questions"]), number(row["hit"]), shown, verdict, *counts


def leak_figures(leak: Leak) -> tuple[str, ...]:
    """Lay out what is said of one hit before its words."""
    state = leak.place if leak.kept else f"{leak.place}, dropped"
    return leak.question, state, leak.rules, percent(leak.coverage), number(leak.run)


def contamination_tables(found: Sequence[Contamination]) -> list[Table]:
    """Lay out what was found as tables of Markdown; no filter and no hit give none."""
    tables: list[Table] = []
    for one in found:
        tables.append((f"{TITLE}: {one.label}", SETS, list(set_lines(one))))
        if one.leaks:
            title = f"What the records share with them: {one.label}"
            tables.append((title, LEAKS, [_leak_line(leak) for leak in one.leaks]))
    return tables


def contamination_notices(found: Sequence[Contamination]) -> list[Notice]:
    """Name the evaluation sets that are contaminated."""
    return [
        Notice("contamination", _sentence(one.label, row))
        for one in found
        for row in one.sets.filter("contaminated").iter_rows(named=True)
    ]


def _sentence(label: str, row: dict[str, Any]) -> str:
    counts = f"{number(row['hit'])} of {counted(row['questions'], 'question')}"
    left = f"{number(row['kept'])} of them kept" if row["kept"] else "all of them dropped"
    return (
        f"{label}: {percent(row['share'])} of the evaluation set {row['set']} ({counts}) stands in "
        f"{counted(row['records'], 'record')}, {left}."
    )


def _leak_line(leak: Leak) -> tuple[str, ...]:
    """Lay out a hit with its words as code, so that they are never markup."""
    words = said(leak.text)[:_CROP].replace("`", chr(0x2CB))
    return (*leak_figures(leak), f"`{words}`" if words else "(empty)")
