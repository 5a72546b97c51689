"""Tables: measures as Markdown."""

import math
from collections.abc import Iterable, Mapping, Sequence

from labelled.bootstrap import Estimate
from labelled.measured import THRESHOLDS, Measured
from labelled.pairs import Preferred
from labelled.planted import Planted

_CURVES = ("AUROC", "average precision", "precision", "recall", "false positives")
_MANY = 12
"""Groups that are shown of one set; the largest are."""


def labelled_table(found: Sequence[Measured]) -> str:
    """Lay out the sets that have rows of both kinds."""
    rows = [
        [
            _named(one),
            one.reason,
            f"{one.rows:,} ({one.positives:,})",
            *(told(one.found.get(name)) for name in (*_CURVES, "calibration error")),
            f"{one.rows - one.judged:,}",
        ]
        for one in found
        if one.positives
    ]
    names = ("set", "rule", "#rows (positive)", *(f"#{name}" for name in _CURVES))
    return table((*names, "#calibration error", "#not judged"), rows)


def harmless_table(found: Sequence[Measured]) -> str:
    """Lay out the sets in which nothing should be found."""
    rows = [
        [_named(one), one.reason, f"{one.rows:,}", f"{one.fired:,}", _percent(one)]
        for one in found
        if not one.positives
    ]
    return table(("set", "rule", "#rows", "#flagged", "#share"), rows)


def thresholds_table(found: Sequence[Measured]) -> str:
    """Lay out precision, recall and false positives at other thresholds."""
    rows = [
        [
            one.name,
            one.reason,
            *(" / ".join(map(_plain, three)) for three in one.thresholds.values()),
        ]
        for one in found
        if one.thresholds
    ]
    return table(("set", "rule", *(f"#above {limit}" for limit in THRESHOLDS)), rows)


def groups_table(found: Sequence[Measured]) -> str:
    """Lay out the groups of each set."""
    names = ("subgroup", "BPSN", "BNSP", "false positives")
    rows = [
        [
            one.name,
            group.name,
            f"{group.rows:,} ({group.positives:,})",
            *(told(group.found.get(name)) for name in names),
        ]
        for one in found
        for group in one.groups[:_MANY]
    ]
    return table(("set", "group", "#rows (positive)", *(f"#{name}" for name in names)), rows)


def pairs_table(found: Sequence[Preferred]) -> str:
    """Lay out which sentence of a pair scores higher."""
    rows = [
        [one.name, one.measure, f"{one.pairs:,}", part, told(share)]
        for one in found
        for part, share in one.found.items()
    ]
    return table(("set", "measure", "#pairs", "part", "#first scores higher"), rows)


def planted_table(found: Sequence[Planted]) -> str:
    """Lay out what is found of the planted records."""
    rows = [
        [one.label, f"{one.planted:,}", f"{one.found:,}", f"{one.wrong:,}"]
        for one in found
        if one.planted or one.wrong
    ]
    return table(("filter", "#planted", "#found", "#wrongly found"), rows)


def estimates_table(first: str, found: Mapping[str, Mapping[str, Estimate]]) -> str:
    """Lay out the same measures of several judges."""
    names = list(next(iter(found.values())))
    rows = [[judge, *(told(some[name]) for name in names)] for judge, some in found.items()]
    return table((first, *(f"#{name}" for name in names)), rows)


def told(found: Estimate | None) -> str:
    """Write a measure with its interval; what is not defined is a dash."""
    if found is None or found.value is None:
        return "\u2013"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; columns whose name starts with # are set to the right; no rows, no table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    head = "| " + " | ".join(name.removeprefix("#") for name in columns) + " |"
    rule = "|" + "|".join("---:" if name.startswith("#") else "---" for name in columns) + "|"
    return "\n".join([head, rule, *lines]) if lines else ""


def _plain(value: float) -> str:
    return "\u2013" if math.isnan(value) else f"{value:.2f}"


def _named(one: Measured) -> str:
    return f"{one.name}\\*" if one.learnt_from else one.name


def _percent(one: Measured) -> str:
    share = one.found["false positives"]
    if share.value is None or share.low is None or share.high is None:
        return "\u2013"
    return f"{share.value:.2%} ({share.low:.2%} to {share.high:.2%})"
