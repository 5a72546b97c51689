"""Spans: where in a text to look for what the rules speak of."""

from collections.abc import Sequence

from curator.filters import Filter
from curator.report.shown import Place

_READS = {
    "prompt": {"prompt"},
    "response": {"response"},
    "reasoning": {"reasoning"},
    "text": {"prompt", "response", "text"},
    "rejected": {"rejected"},
}
"""The parts of a record that each view of a filter reads."""


def places_in(
    filters: Sequence[Filter], part: str, text: str, reason: str | None = None
) -> list[Place]:
    """Return what the filters highlight in one part of a record, or only what one reason means."""
    found = []
    for entry in filters:
        if part not in _READS.get(getattr(entry, "view", "text"), _READS["text"]):
            continue
        found += [
            Place(span.start, span.end)
            for span in entry.spans(text)
            if reason is None or reason in {span.reason, f"{entry.label}.{span.reason}"}
        ]
    return sorted(set(found))
