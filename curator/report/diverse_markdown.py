"""Diverse in Markdown: figures, gaps, tasks and verbs as tables."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from curator.report import diverse_lines as lines
from curator.report.diverse import Diverse
from curator.report.figures import number
from curator.report.shown import shown

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]
_VERBS, _CLUSTERS = 12, 12


def diverse_sections(found: Diverse, table: Table) -> list[str]:
    """Write what is known of how varied the records are."""
    sections = []
    if found.numbers.height:
        made = table(("measure", "#all", "#kept"), lines.numbers(found))
        sections.append(f"## Diversity\n\n{made}\n\n{lines.note(found)}")
    if found.coverage:
        gaps = "\n".join(f"- {gap.text}" for gap in found.coverage.gaps)
        sections.append(f"### Coverage\n\n{lines.compared(found.coverage)}\n\n{gaps}".rstrip())
    if found.tasks.height:
        sections.append(f"### Tasks\n\n{table(lines.COLUMNS, lines.tasks(found))}")
    if found.verbs.pairs.height:
        rows = [
            (verb, f"`{shown(object_)}`" if object_ else "\u2013", number(records), number(kept))
            for verb, object_, records, kept in found.verbs.pairs.sort(
                "records", "verb", "object", descending=[True, False, False], nulls_last=True
            )
            .head(_VERBS)
            .iter_rows()
        ]
        made = table(("verb", "object", "#prompts", "#kept"), rows)
        sections.append(f"### Verbs and objects\n\n{made}")
    if found.spread:
        told = islice(lines.clusters(found.spread), _CLUSTERS)
        made = table(lines.CLUSTERS, [(f"`{shown(name)}`", *cells) for name, *cells in told])
        sections.append(f"### Clusters\n\n{made}\n\n{lines.near(found.spread)}")
    return sections
