"""Tables: what commands print for people about data, filters and the installation."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from curator.doctor import Check
    from curator.profile import Profile

_PROBLEMS = 20
_ALIKE = 3


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Lay out rows under a title; columns whose name starts with # are numbers."""
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for name in columns:
        justify: Literal["left", "right"] = "right" if name.startswith("#") else "left"
        made.add_column(name.removeprefix("#"), justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def profile_table(profile: "Profile") -> RenderableType:
    """Lay out a profile."""
    from curator.profile.model import QUANTILES

    parts: list[RenderableType] = [
        table(
            "Files",
            ("file", "format", "container", "#rows", "#records", "#quarantined"),
            (
                (
                    source.name,
                    f"{source.shape} ({source.confidence:.0%} sure)",
                    source.container,
                    f"{source.rows:,}",
                    f"{source.records:,}",
                    f"{source.quarantined:,}",
                )
                for source in profile.sources
            ),
        ),
        table(
            f"Words{_sample(profile)}",
            ("view", *(f"#{_quantile(quantile)}" for quantile in QUANTILES)),
            (
                (view, *(f"{value:,.0f}" for value in values))
                for view, values in profile.lengths.items()
            ),
        ),
        table("What it holds", ("", "#records"), _contents(profile)),
    ]
    if profile.preambles:
        rows = [(f"{p.text}…", f"{p.chars:,}", f"{p.records:,}") for p in profile.preambles]
        title = f"Openings that many prompts share{_sample(profile)}"
        parts.append(table(title, ("text", "#chars", "#records"), rows))
    parts.append(_problems(profile))
    return Group(*parts)


def _quantile(quantile: float) -> str:
    return {0.5: "median", 1.0: "longest"}.get(quantile, f"{quantile:.0%}")


def _sample(profile: "Profile") -> str:
    """Say so where only some texts were measured."""
    if profile.measured == profile.records:
        return ""
    return f" (of a sample of {profile.measured:,} records)"


def _contents(profile: "Profile") -> list[tuple[str, str]]:
    counts = {
        "records": profile.records,
        "with a system turn": profile.with_system,
        "with tools": profile.with_tools,
        "with reasoning": profile.with_reasoning,
        "with a rejected answer": profile.with_preference,
    }
    of = _sample(profile)
    counts |= {f"mostly {script} letters{of}": n for script, n in profile.scripts.items()}
    counts |= {f"{turns} turns": count for turns, count in list(profile.turns.items())[:8]}
    counts |= {f"changed by repair {name}{of}": n for name, n in profile.repairs.items()}
    counts |= {f"note: {note}": count for note, count in profile.notes.items()}
    return [(name, f"{count:,}") for name, count in counts.items() if count]


def _problems(profile: "Profile") -> RenderableType:
    if not profile.problem_count:
        return Text("No problems found.")
    seen: Counter[str] = Counter()
    shown: list[tuple[str, str]] = []
    for problem in profile.problems:
        seen[problem.problem] += 1
        if seen[problem.problem] <= _ALIKE and len(shown) < _PROBLEMS:
            shown.append((problem.place, problem.problem))
    title = f"{profile.problem_count:,} problems"
    if profile.problem_count == len(shown):
        return table(title, ("where", "what"), shown)
    title += f"; of each kind the first {_ALIKE}"
    kinds = [(kind, f"{count:,}") for kind, count in profile.problem_kinds.items()]
    return Group(
        table("Problems by kind", ("what", "#rows"), kinds[:_PROBLEMS]),
        table(title, ("where", "what"), shown),
    )


def filter_facts(plugins: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return every filter, the plugins' too, with its rules, settings and their descriptions."""
    from curator.recipe import filters_with
    from curator.recipe.model import rule_names

    facts = []
    for leaf in filters_with(plugins):
        entry: Any = leaf()
        defaults = entry.model_dump(mode="json")
        settings = {
            name: {
                "default": defaults[name],
                "threshold": name in leaf.thresholds(),
                "description": info.description,
            }
            for name, info in leaf.model_fields.items()
            if name not in {"filter", "name", "on", "score_dropped"}
        }
        facts.append(
            {
                "filter": entry.tag,
                "description": (leaf.__doc__ or "").strip(),
                "rules": {rule: entry.action(rule) for rule in rule_names(entry)},
                "settings": settings,
            }
        )
    return facts


def filter_table(plugins: Sequence[str] = ()) -> RenderableType:
    """Lay out every filter."""
    rows = []
    for fact in filter_facts(plugins):
        rules = [f"{rule} ({action})" for rule, action in fact["rules"].items()]
        thresholds = [
            f"{name} {setting['default']}"
            for name, setting in fact["settings"].items()
            if setting["threshold"]
        ]
        first = fact["description"].split("\n")[0]
        rows.append((fact["filter"], first, "\n".join(rules), "\n".join(thresholds)))
    return table("Filters", ("filter", "what it does", "rules", "thresholds"), rows)


def model_table(facts: Sequence[dict[str, Any]]) -> RenderableType:
    """Lay out the models of the catalogue."""
    rows = [
        (
            fact["name"],
            fact["task"],
            f"{fact['bytes'] / 1e6:,.1f} MB",
            fact["licence"],
            "here" if fact["here"] else fact["to_get"],
            fact["use"],
        )
        for fact in facts
    ]
    columns = ("model", "task", "#size", "licence", "file", "what it is for")
    return table("Models", columns, rows)


def doctor_table(checks: Sequence["Check"]) -> RenderableType:
    """Lay out what the doctor found."""
    mark = {"ok": "ok", "missing": "MISSING", "optional": "not installed"}
    rows = [(check.name, mark[check.state], check.found, check.advice) for check in checks]
    return table("curator doctor", ("", "state", "found", "to add it"), rows)
