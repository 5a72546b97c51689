"""Console: facts laid out for a terminal; texts of records are never read as markup."""

from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from curator.report.compare import Comparison
from curator.report.explained import explain_view
from curator.report.facts import Facts
from curator.report.figures import counted, number, part, percent
from curator.report.funnel import Summary
from curator.report.lines import line, table
from curator.report.moves import Difference
from curator.report.whatif import WhatIf

__all__ = ["comparison_view", "explain_view", "funnel_view", "summary_line", "what_if_view"]

EXAMPLES = 10
"""Records that are listed of a difference."""
BAR = 24
"""Characters of the longest bar."""


def summary_line(summary: Summary) -> Text:
    """Say how many records are kept, in one line."""
    share = f" ({percent(summary.kept / summary.records)})" if summary.records else ""
    text = f"{number(summary.kept)} of {counted(summary.records, 'record')} kept{share}"
    return line(text, "bold")


def funnel_view(facts: Facts) -> RenderableType:
    """Lay out the funnel, with what is worth a look below it."""
    total, summary = facts.summary.records, facts.summary
    rows: list[list[Text | str]] = [["read", "", number(total), "", _bar(total, 0, total)]]
    for step in facts.funnel.iter_rows(named=True):
        numbers = [_or_blank(step["dropped"]), number(step["left"]), _or_blank(step["flagged"])]
        rows.append([step["step"], *numbers, _bar(step["left"], step["dropped"], total)])
    rest = (
        f"{number(summary.repaired)} repaired, {counted(summary.quarantined, 'input row')} "
        f"quarantined, {part(summary.words_kept, summary.words)} words kept"
    )
    notices = [line(f"! {notice.text}", "yellow") for notice in facts.notices]
    made = table(("step", "#dropped", "#left", "#flagged", ""), rows)
    return Group(summary_line(summary), made, line(rest, "dim"), *notices)


def comparison_view(found: Comparison) -> RenderableType:
    """Lay out what two runs decide differently."""
    parts: list[RenderableType] = [line(f"{found.before} → {found.after}", "bold")]
    if found.settings.height:
        rows = [[cell or "absent" for cell in row] for row in found.settings.iter_rows()]
        parts.append(table(("setting", "before", "after"), rows))
    return Group(*parts, difference_view(found.difference))


def what_if_view(found: WhatIf) -> RenderableType:
    """Lay out what other thresholds would do."""
    asked = [
        f"{label}.{setting} = {value}"
        for label, settings in found.changes.items()
        for setting, value in settings.items()
    ]
    return Group(line(", ".join(asked), "bold"), difference_view(found.difference))


def difference_view(found: Difference) -> RenderableType:
    """Lay out counts before and after, what changed into what, and some of the records."""
    kept = f"{number(found.kept_before)} → {counted(found.kept_after, 'record')} kept"
    change = found.kept_after - found.kept_before
    parts: list[RenderableType] = [line(f"{kept} ({change:+,})", "bold")]
    if found.moves.is_empty():
        return Group(*parts, line("Every record is decided as before."))
    if found.transitions.is_empty():
        parts.append(line("Every record is kept or dropped as before; only flags change."))
    else:
        moved = [[was, now, number(count)] for was, now, count in found.transitions.iter_rows()]
        parts.append(table(("dropped for", "#before", "#after", "#change"), _sides(found.reasons)))
        parts.append(table(("before", "after", "#records"), moved))
    if not found.flags.filter(pl.col("before") != pl.col("after")).is_empty():
        parts.append(table(("flagged for", "#before", "#after", "#change"), _sides(found.flags)))
    return Group(*parts, _moves(found.moves))


def _sides(counts: pl.DataFrame) -> list[list[str]]:
    return [
        [reason, number(before), number(after), f"{after - before:+,}" if after != before else ""]
        for reason, before, after in counts.iter_rows()
    ]


def _moves(moves: pl.DataFrame) -> RenderableType:
    """List some records, those first that are kept or dropped otherwise."""
    rows = [
        [
            f"{row['source']}:{row['row']}",
            row["id"][:12],
            " ".join((row["opening"] or "").split()),
            row["change"],
            _decided(row, "before"),
            _decided(row, "after"),
        ]
        for row in moves.sort(pl.col("change") == "flags", "id")
        .head(EXAMPLES)
        .iter_rows(named=True)
    ]
    more = f"{number(moves.height - EXAMPLES)} more" if moves.height > EXAMPLES else ""
    made = table(("record", "id", "prompt", "change", "before", "after"), rows)
    return Group(made, line(more, "dim")) if more else made


def _decided(row: dict[str, Any], side: str) -> str:
    kept, reason = row[f"kept_{side}"], row[f"reason_{side}"]
    if kept is None:
        return "absent"
    if kept or row["change"] == "flags":
        flags = ", ".join(row[f"flags_{side}"]) or "no flag"
        state = "kept" if kept else "dropped"
        return f"{state}, {flags}" if row["change"] == "flags" else state
    value, limit = row[f"value_{side}"], row[f"threshold_{side}"]
    return f"{reason} ({number(value)} / {number(limit)})" if limit is not None else str(reason)


def _bar(left: int, dropped: int, total: int) -> Text:
    """Draw what is left in full and what this step dropped lightly, told apart without colour."""
    cells = [round(BAR * count / max(1, total)) for count in (left, left + dropped)]
    return line("█" * cells[0], "blue").append("░" * (cells[1] - cells[0]), style="red")


def _or_blank(count: int) -> str:
    return number(count) if count else ""
