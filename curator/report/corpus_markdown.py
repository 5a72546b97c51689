"""Corpus in Markdown: conflicts, shared openings and triggers as tables."""

from collections.abc import Iterable

from curator.report.corpus import Disagreement, Found, Opening, Trigger, said
from curator.report.figures import counted, number, percent
from curator.report.shown import Piece

_CROP = 80

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""A title, the names of the columns (# for numbers), and the rows."""


def corpus_tables(found: Found) -> list[Table]:
    """Lay out what was found by looking at all records together; nothing gives no table."""
    title = f"Conflicts: {counted(found.conflicts, 'record')} with another answer elsewhere"
    tables: list[Table] = [
        (
            title,
            ("record", "prompt", "answer", "other record", "its answer"),
            [_disagreement(one) for one in found.disagreements],
        ),
        (
            "Shared openings",
            ("of the", "#records", "#share", "#characters", "opening"),
            [_opening(one) for one in found.openings],
        ),
        (
            "Suspected triggers",
            ("words", "#records", "their answers", "#tied", "#-log10 p", "record"),
            [_trigger(one) for one in found.triggers],
        ),
    ]
    return [table for table in tables if table[2]]


def _disagreement(one: Disagreement) -> tuple[str, ...]:
    first, second = (_code(answer) for answer in one.answers)
    return (one.places[0], _code(one.prompt), first, one.places[1], second)


def _opening(one: Opening) -> tuple[str, ...]:
    figures = (number(one.records), percent(one.share), number(one.characters))
    return (one.view, *figures, _code(one.text))


def _trigger(one: Trigger) -> tuple[str, ...]:
    figures = (percent(one.association), number(one.significance))
    return (_code(one.text), number(one.records), one.answers, *figures, one.place)


def _code(text: Iterable[Piece]) -> str:
    """Write a text as inline code: no backtick, pipe or tag of it can become markup."""
    line = said(text)[:_CROP]
    return f"`{line.replace('`', chr(0x2CB))}`" if line else "(empty)"
