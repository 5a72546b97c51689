"""Markdown: an evaluation as tables that a model card can hold."""

from collections.abc import Iterable

from curator.report.figures import percent
from curator.tune.evaluate.evaluation import Evaluation
from curator.tune.evaluate.judge import Judged
from curator.tune.evaluate.rows import Row, loss_rows, share_rows
from curator.tune.evaluate.words import TITLES


def to_markdown(found: Evaluation) -> str:
    """Write verdict, notes and tables; answers are in the page and the JSON."""
    parts = [f"# Evaluation of {_plain(found.asked.model)}", _plain(found.verdict)]
    if found.notes:
        parts.append("\n".join(f"- {_plain(note)}" for note in found.notes))
    both, losses, shares = found.before is not None, loss_rows(found), share_rows(found)
    if losses:
        parts += ["## Held-out loss", _table("nats a token", losses, both=both)]
    for part, title in TITLES.items():
        if part in shares:
            parts += [f"## {title}", _table("share", shares[part], both=both)]
    if found.judged:
        parts += ["## What a judge prefers", _judge_line(found.judged)]
    return "\n\n".join(parts) + "\n"


def _table(value: str, rows: Iterable[Row], *, both: bool) -> str:
    head = ["", "of", value, "95%", *(["before", "change (95%)"] if both else [])]
    lines = [head, ["---"] * len(head), *(_cells(row)[: len(head)] for row in rows)]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cells(row: Row) -> list[str]:
    name = row.title + (" (few)" if row.few else "")
    moved = f"**{row.moved()}**" if row.certain else row.moved()
    return [name, f"{row.of:,}", row.at(), row.ends(), row.before(), moved]


def _judge_line(judged: Judged) -> str:
    controlled = "cannot be told apart from length"
    if judged.controlled is not None:
        wins = judged.controlled
        ends = "" if wins.low is None else f" (95%: {percent(wins.low)} to {percent(wins.high)})"
        controlled = f"{percent(wins.share)}{ends}"
    return (
        f"{judged.judge}, {judged.pairs:,} pairs in both orders: plain "
        f"{percent(judged.plain.share)}, at equal length {controlled}; {judged.swayed:,} pairs "
        f"changed with the order, {judged.failed:,} got no grade."
    )


def _cell(text: str) -> str:
    """Write a cell; neither a task nor a measure may become markup."""
    return _plain(text).replace("|", "\\|").replace("* *", "\\* \\*") if text else ""


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("\n", " ")
