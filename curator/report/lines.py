"""Lines: text and tables for a terminal, in which nothing from the data can steer it."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from curator.report.shown import harmless


def line(text: str, style: str = "") -> Text:
    """Make text that is never read as markup, its control characters written out."""
    return Text(harmless(text), style=style)


def table(columns: Sequence[str], rows: Iterable[Sequence[Text | str]]) -> Table:
    """Lay out rows; columns whose name starts with # are numbers."""
    made = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        made.add_column(name.removeprefix("#"), justify="right" if name[:1] == "#" else "left")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else line(cell) for cell in row))
    return made
