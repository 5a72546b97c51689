"""Console: facts laid out for a terminal; texts of records are never read as markup."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from curator.report.compare import Comparison
from curator.report.diffed import Change
from curator.report.explain import Explanation, RuleLine, ScoreLine, Twin
from curator.report.facts import Facts
from curator.report.figures import bound, measured, number, part, percent
from curator.report.funnel import Summary
from curator.report.leftovers import window
from curator.report.moves import Difference
from curator.report.shown import Piece
from curator.report.whatif import WhatIf

EXAMPLES = 10
"""Records that are listed of a difference."""
BAR = 24
"""Characters of the longest bar."""
_STYLES = {"same": "", "first": "red strike", "second": "green"}


def summary_line(summary: Summary) -> Text:
    """Say how many records are kept, in one line."""
    share = f" ({percent(summary.kept / summary.records)})" if summary.records else ""
    text = f"{number(summary.kept)} of {number(summary.records)} records kept{share}"
    return Text(text, style="bold")


def funnel_view(facts: Facts) -> RenderableType:
    """Lay out the funnel, with what is worth a look below it."""
    total, summary = facts.summary.records, facts.summary
    rows: list[list[Text | str]] = [["read", "", number(total), "", _bar(total, 0, total)]]
    for step in facts.funnel.iter_rows(named=True):
        numbers = [_or_blank(step["dropped"]), number(step["left"]), _or_blank(step["flagged"])]
        rows.append([step["step"], *numbers, _bar(step["left"], step["dropped"], total)])
    rest = (
        f"{number(summary.repaired)} repaired, {number(summary.quarantined)} input rows "
        f"quarantined, {part(summary.words_kept, summary.words)} words kept"
    )
    notices = [Text(f"! {notice.text}", style="yellow") for notice in facts.notices]
    table = _table(("step", "#dropped", "#left", "#flagged", ""), rows)
    return Group(summary_line(summary), table, Text(rest, style="dim"), *notices)


def explain_view(found: Explanation) -> RenderableType:
    """Lay out everything that is known about one record."""
    parts: list[RenderableType] = [_verdict(found), Text(f"{found.id}  {found.place}", style="dim")]
    parts += [_turn(turn.role, turn.text, turn.reasoning) for turn in found.turns]
    parts.append(_scores(found.scores))
    if found.twin is not None:
        parts += _twin(found.twin)
    if found.followed_by:
        named = ", ".join(key[:12] for key in found.followers)
        parts.append(Text(f"{number(found.followed_by)} duplicates have it as witness: {named}"))
    for row in found.repairs.iter_rows(named=True):
        parts.append(_repair(row))
    return Group(*parts)


def comparison_view(found: Comparison) -> RenderableType:
    """Lay out what two runs decide differently."""
    parts: list[RenderableType] = [Text(f"{found.before} → {found.after}", style="bold")]
    if found.settings.height:
        rows = [[cell or "absent" for cell in row] for row in found.settings.iter_rows()]
        parts.append(_table(("setting", "before", "after"), rows))
    return Group(*parts, difference_view(found.difference))


def what_if_view(found: WhatIf) -> RenderableType:
    """Lay out what other thresholds would do."""
    asked = [
        f"{label}.{setting} = {value}"
        for label, settings in found.changes.items()
        for setting, value in settings.items()
    ]
    return Group(Text(", ".join(asked), style="bold"), difference_view(found.difference))


def difference_view(found: Difference) -> RenderableType:
    """Lay out counts before and after, what changed into what, and some of the records."""
    kept = f"{number(found.kept_before)} → {number(found.kept_after)} records kept"
    change = found.kept_after - found.kept_before
    parts: list[RenderableType] = [Text(f"{kept} ({change:+,})", style="bold")]
    if found.moves.is_empty():
        return Group(*parts, Text("Every record is decided as before."))
    reasons = [
        [reason, number(before), number(after), f"{after - before:+,}" if after != before else ""]
        for reason, before, after in found.reasons.iter_rows()
    ]
    moved = [[was, now, number(count)] for was, now, count in found.transitions.iter_rows()]
    return Group(
        *parts,
        _table(("dropped for", "#before", "#after", "#change"), reasons),
        _table(("before", "after", "#records"), moved),
        _moves(found.moves),
    )


def _moves(moves: pl.DataFrame) -> RenderableType:
    rows = [
        [row["id"][:16], row["change"], _decided(row, "before"), _decided(row, "after")]
        for row in moves.head(EXAMPLES).iter_rows(named=True)
    ]
    more = f"{number(moves.height - EXAMPLES)} more" if moves.height > EXAMPLES else ""
    table = _table(("record", "change", "before", "after"), rows)
    return Group(table, Text(more, style="dim")) if more else table


def _decided(row: dict[str, Any], side: str) -> str:
    kept, reason = row[f"kept_{side}"], row[f"reason_{side}"]
    if kept is None:
        return "absent"
    if kept:
        return "kept"
    value, limit = row[f"value_{side}"], row[f"threshold_{side}"]
    return f"{reason} ({number(value)} / {number(limit)})" if limit is not None else str(reason)


def _repair(row: dict[str, Any]) -> Text:
    text = Text(f"repaired by {row['repair']} ", style="dim")
    before, after = window(row["before"], row["after"])
    return text.append(before, style="not dim red strike").append(
        f" {after}", style="not dim green"
    )


def _verdict(found: Explanation) -> Text:
    decision = found.decision
    reasons, flags = list(decision["reasons"] or ()), list(decision["flags"] or ())
    text = Text("kept", style="bold green") if decision["kept"] else Text("dropped", "bold red")
    if reasons:
        first = decision["reason"] or reasons[0]
        text.append(f": {', '.join([first, *(r for r in reasons if r != first)])}")
    if flags:
        text.append(f"  flagged: {', '.join(flags)}", style="yellow")
    return text


def _scores(lines: Sequence[ScoreLine]) -> RenderableType:
    """Show what fires or is held against a threshold as a table, and the rest as one paragraph."""
    telling = [line for line in lines if any(r.fires or r.held.threshold for r in line.rules)]
    rest = [line for line in lines if line not in telling]
    rows: list[list[Text | str]] = []
    for line in telling:
        turn = "" if line.turn is None else str(line.turn)
        rules = Text("  ").join(_rule(rule) for rule in line.rules)
        rows.append([f"{line.label}: {line.measure}", measured(line.value), turn, rules])
    table = _table(("measure", "#value", "#turn", "rules"), rows)
    by_label: dict[str, list[str]] = {}
    for line in rest:
        by_label.setdefault(line.label, []).append(f"{line.measure} {measured(line.value)}")
    others = "; ".join(f"{label}: {', '.join(told)}" for label, told in by_label.items())
    return Group(table, Text(f"Nothing fires on\n{others}", style="dim")) if others else table


def _rule(rule: RuleLine) -> Text:
    words = " ".join(filter(None, [rule.held.rule, bound(rule.held)]))
    if not rule.fires:
        return Text(words, style="dim")
    style = {"drop": "bold red", "flag": "yellow"}.get(rule.held.action, "dim")
    return Text(f"\u2717 {words}", style=style)


def _twin(twin: Twin) -> list[RenderableType]:
    state = "kept" if twin.kept else "left out later, by the selection"
    likeness = f"similarity {number(twin.similarity)} to {twin.id[:16]} ({twin.place}), {state}"
    prompt, response = (_changes(changes) for changes in (twin.prompt, twin.response))
    return [
        Text(likeness, style="bold"),
        Text("struck out: only there; green: only here", style="dim"),
        Text("prompt ", style="dim").append_text(prompt),
        Text("response ", style="dim").append_text(response),
    ]


def _turn(role: str, text: list[Piece], reasoning: list[Piece]) -> Text:
    said = Text(f"{role} ", style="dim")
    if reasoning:
        said.append_text(_pieces(reasoning)).append("\n")
    return said.append_text(_pieces(text))


def _pieces(pieces: Iterable[Piece]) -> Text:
    text = Text(style="not dim")
    for piece in pieces:
        text.append(piece.text, style="black on yellow" if piece.marked else None)
    return text


def _changes(changes: Iterable[Change]) -> Text:
    text = Text(style="not dim")
    for change in changes:
        text.append(change.text, style=_STYLES[change.kind])
    return text


def _bar(left: int, dropped: int, total: int) -> Text:
    cells = [round(BAR * count / max(1, total)) for count in (left, left + dropped)]
    return Text("█" * cells[0], style="blue").append("█" * (cells[1] - cells[0]), style="red")


def _or_blank(count: int) -> str:
    return number(count) if count else ""


def _table(columns: Sequence[str], rows: Iterable[Sequence[Text | str]]) -> Table:
    """Lay out rows; columns whose name starts with # are numbers."""
    made = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        made.add_column(name.removeprefix("#"), justify="right" if name[:1] == "#" else "left")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made
