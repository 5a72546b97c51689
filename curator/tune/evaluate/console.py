"""Console: an evaluation in a few lines for a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType

from curator.report.figures import percent
from curator.report.lines import line, table
from curator.tune.evaluate.evaluation import Evaluation
from curator.tune.evaluate.rows import Row, loss_rows, share_rows
from curator.tune.evaluate.words import TITLES

_BROKEN_DOWN = frozenset({"neutral", "groups", "own"})
"""Parts of which every measure is shown; the page has those of the others."""


def evaluation_view(found: Evaluation) -> RenderableType:
    """Lay out the verdict, a line for each headline, and the notes."""
    both = found.before is not None
    columns = ["", "#of", "#now", "95%", *(["#before", "#change (95%)"] if both else [])]
    cells = [line[: len(columns)] for line in _lines(found)]
    notes = [line(f"! {note}", "yellow") for note in found.notes]
    return Group(line(found.verdict, "bold"), table(columns, cells), *notes)


def _lines(found: Evaluation) -> Iterator[list[str]]:
    for row in loss_rows(found):
        if row.whole:
            yield _cells(row, "Held-out loss, nats a token")
    shares = share_rows(found)
    for part, title in TITLES.items():
        for row in shares.get(part, ()):
            if row.whole:
                yield _cells(row, title)
            elif part in _BROKEN_DOWN:
                yield _cells(row, f"  {row.title}")
    if found.judged:
        wins = found.judged.controlled or found.judged.plain
        name = "A judge prefers it" + (", at equal length" if found.judged.controlled else "")
        ends = "" if wins.low is None else f"{percent(wins.low)} to {percent(wins.high)}"
        yield [name, f"{found.judged.pairs:,}", percent(wins.share), ends, "", ""]


def _cells(row: Row, name: str) -> list[str]:
    return [name, f"{row.of:,}", row.at(), row.ends(), row.before(), row.moved()]
