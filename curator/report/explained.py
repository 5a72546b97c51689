"""Explained: one record laid out for a terminal, legible with and without colour."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from curator.report.diffed import Change
from curator.report.explain import Explanation, RuleLine, ScoreLine, TurnView, Twin
from curator.report.figures import bound, counted, measured, number
from curator.report.leftovers import window
from curator.report.lines import line, table
from curator.report.shown import Piece, elided

_CELL = 100
"""Characters of a measure that is words."""
_STYLES = {"same": "", "first": "red strike", "second": "green"}
_MARKS = {"same": ("", ""), "first": ("[-", "-]"), "second": ("{+", "+}")}
"""As in `git diff --word-diff=plain`."""
_FIRED = {"drop": ("\u2717", "bold red"), "flag": ("\u2691", "yellow"), "off": ("\u00b7", "dim")}


def explain_view(found: Explanation) -> RenderableType:
    """Lay out everything that is known about one record."""
    parts: list[RenderableType] = [_verdict(found), line(f"{found.id}  {found.place}", "dim")]
    parts += [line(found.selected)] if found.selected else []
    parts += [_turn(turn.role, turn) for turn in found.turns]
    parts += [_turn(f"rejected {turn.role}", turn) for turn in found.rejected]
    parts.append(_scores(found.scores))
    if found.twin is not None:
        parts += _twin(found.twin)
    if found.followed_by:
        named = ", ".join(key[:12] for key in found.followers)
        have = "has" if found.followed_by == 1 else "have"
        parts.append(
            line(f"{counted(found.followed_by, 'duplicate')} {have} it as witness: {named}")
        )
    for row in found.repairs.iter_rows(named=True):
        parts.append(_repair(row))
    return Group(*parts)


def _verdict(found: Explanation) -> Text:
    decision = found.decision
    reasons, flags = list(decision["reasons"] or ()), list(decision["flags"] or ())
    text = line("kept", "bold green") if decision["kept"] else line("dropped", "bold red")
    if reasons:
        first = decision["reason"] or reasons[0]
        text.append_text(line(f": {', '.join([first, *(r for r in reasons if r != first)])}"))
    if flags:
        text.append_text(line(f"  flagged: {', '.join(flags)}", "yellow"))
    return text


def _turn(role: str, turn: TurnView) -> Text:
    said = line(f"{role} ", "dim")
    if turn.reasoning:
        said.append_text(_pieces(turn.reasoning)).append("\n")
    return said.append_text(_pieces(turn.text))


def _scores(lines: Sequence[ScoreLine]) -> RenderableType:
    """Show what fires or is held against a threshold as a table, and the rest as one paragraph.

    What a filter that fires says in words, such as the test question it found, is in the table too.
    """
    firing = {one.label for one in lines if any(rule.fires for rule in one.rules)}
    telling = [
        one
        for one in lines
        if any(rule.fires or rule.held.threshold for rule in one.rules)
        or (isinstance(one.value, str) and one.label in firing)
    ]
    rest = [one for one in lines if one not in telling]
    rows: list[list[Text | str]] = []
    for one in telling:
        turn = "" if one.turn is None else str(one.turn)
        rules = Text("  ").join(_rule(rule) for rule in one.rules)
        rows.append([f"{one.label}: {one.measure}", measured(one.value)[:_CELL], turn, rules])
    made = table(("measure", "#value", "#turn", "rules"), rows)
    by_label: dict[str, list[str]] = {}
    for one in rest:
        by_label.setdefault(one.label, []).append(f"{one.measure} {measured(one.value)}")
    others = "; ".join(f"{label}: {', '.join(told)}" for label, told in by_label.items())
    return Group(made, line(f"Nothing fires on\n{others}", "dim")) if others else made


def _rule(rule: RuleLine) -> Text:
    words = " ".join(filter(None, [rule.held.rule, bound(rule.held)]))
    if not rule.fires:
        return line(words, "dim")
    sign, style = _FIRED[rule.held.action]
    return line(f"{sign} {words}", style)


def _twin(twin: Twin) -> list[RenderableType]:
    state = "kept" if twin.kept else "left out later, by the selection"
    likeness = f"similarity {number(twin.similarity)} to {twin.id[:16]} ({twin.place}), {state}"
    each = ", ".join(f"{label} {number(value)}" for label, value in twin.likenesses.items())
    parts = {"prompt": twin.prompt, "response": twin.response, "later turns": twin.follow_up}
    return [
        line(likeness, "bold"),
        *([line(f"found by {each}", "dim")] if len(twin.likenesses) > 1 else []),
        line("[-only there-] {+only here+}", "dim"),
        *(
            line(f"{name} ", "dim").append_text(_changes(changes))
            for name, changes in parts.items()
            if changes
        ),
    ]


def _repair(row: dict[str, Any]) -> Text:
    text = line(f"repaired by {row['repair']} ", "dim")
    before, after = window(row["before"], row["after"])
    changes = [Change("first", before), Change("second", after)]
    return text.append_text(_changes(changes))


def _pieces(pieces: Sequence[Piece]) -> Text:
    text = Text(style="not dim")
    for piece, said in zip(pieces, elided([one.text for one in pieces]), strict=True):
        text.append_text(line(said, "black on yellow" if piece.marked else ""))
    return text


def _changes(changes: Sequence[Change]) -> Text:
    """Write the changes with marks, so that they can be told apart without colour too."""
    text = Text(style="not dim")
    for change, said in zip(changes, elided([one.text for one in changes]), strict=True):
        before, after = _MARKS[change.kind] if said else ("", "")
        text.append_text(line(f"{before}{said}{after}", _STYLES[change.kind]))
    return text
