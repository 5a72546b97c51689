"""Lined up: a lineup of runs laid out for a terminal, and as a page."""

from collections.abc import Iterable

from rich.console import Group, RenderableType

from curator.report.figures import counted, number, part, percent
from curator.report.html import environment
from curator.report.lines import line, table
from curator.report.lineup import Lineup, Values


def lineup_view(found: Lineup) -> RenderableType:
    """Lay out runs side by side: counts, reasons, settings that differ, and how far they agree."""
    names = [f"#{run.name}" for run in found.runs]
    counts = [
        ["records", *(number(run.records) for run in found.runs)],
        ["kept", *(part(run.kept, run.records) for run in found.runs)],
        ["flagged", *(number(run.flagged) for run in found.runs)],
        ["tokens kept", *(number(run.tokens) for run in found.runs)],
    ]
    parts: list[RenderableType] = [
        line(f"{counted(len(found.runs), 'run')} side by side", "bold"),
        table(("", *names), counts),
    ]
    for title, values in (
        ("dropped for", found.reasons),
        ("flagged for", found.flags),
        ("kept of", found.sources),
    ):
        if values:
            parts.append(table((title, *names), _rows(values)))
    if found.settings:
        settings = [
            [name, *(value or "absent" for value in values)]
            for name, values in found.settings.items()
        ]
        parts.append(table(("setting", *(name[1:] for name in names)), settings))
    alike = [
        [run.name, *(percent(share) for share in shares)]
        for run, shares in zip(found.runs, found.alike, strict=True)
    ]
    return Group(*parts, table(("decided alike", *names), alike))


def lineup_page(found: Lineup) -> str:
    """Write runs side by side as one self-contained page."""
    return environment().get_template("lineup.html").render(found=found)


def _rows(values: Values) -> Iterable[list[str]]:
    return ([what, *(number(count) for count in counts)] for what, counts in values.items())
