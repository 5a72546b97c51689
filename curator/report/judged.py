"""Judged: which rules hold which measure against which threshold."""

from typing import Any, NamedTuple

from curator.filters import Action, DuplicateFilter, Filter


class Held(NamedTuple):
    """One rule and what it holds its measure against; `threshold` is null unless it is a number."""

    reason: str
    rule: str
    action: Action
    setting: str | None
    threshold: float | None


class Judged(NamedTuple):
    """One measure of a filter, and the rules that judge it."""

    label: str
    measure: str
    rules: tuple[Held, ...]

    @property
    def column(self) -> str:
        """The measure's column in the scores of a run."""
        return f"{self.label}__{self.measure}"


def judged_by(entry: Filter) -> list[Judged]:
    """List the measures that a filter's rules judge, in the order of its rules.

    A rule whose threshold is not set judges nothing and is left out.
    """
    measures: dict[str, list[Held]] = {}
    if isinstance(entry, DuplicateFilter):
        return []
    for rule, (measure, setting) in entry.bounds().items():
        if setting is None or getattr(entry, setting) is not None:
            measures.setdefault(measure, []).append(_held(entry, rule, setting))
    return [Judged(entry.label, measure, tuple(rules)) for measure, rules in measures.items()]


def duplicates_by(entry: DuplicateFilter) -> Held:
    """Return the one rule of a duplicate filter, and the similarity it holds pairs against."""
    action = entry.action("duplicate")
    limit = entry.min_similarity
    return Held(f"{entry.label}.duplicate", "duplicate", action, "min_similarity", limit)


def _held(entry: Filter, rule: str, setting: str | None) -> Held:
    value: Any = getattr(entry, setting) if setting else None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    threshold = float(value) if number else None
    return Held(f"{entry.label}.{rule}", rule, entry.action(rule), setting, threshold)
