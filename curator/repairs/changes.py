"""Changes: what a repair did to a record, field by field."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from curator.records import Record, Turn
from curator.repairs.base import Change

_FIELDS = ("content", "reasoning", "name", "tool_calls", "extra")


def turn_changes(name: str, place: int, before: Turn, after: Turn) -> Iterator[Change]:
    """List the fields of a turn that a repair changed; what is no text is told as JSON."""
    if before is after:
        return
    for field in _FIELDS:
        old, new = before.get(field), after.get(field)
        if old != new:
            yield Change(name, place, field, _text(old), _text(new))


def changes_between(name: str, before: Record, after: Record) -> Iterator[Change]:
    """List what a repair changed in a whole record; its own fields belong to no turn."""
    for place, (old, new) in enumerate(zip(before.messages, after.messages, strict=True)):
        yield from turn_changes(name, place, old, new)
    sides = zip(before.rejected or (), after.rejected or (), strict=True)
    yield from chain.from_iterable(
        turn_changes(name, -1 - place, *sides_of) for place, sides_of in enumerate(sides)
    )
    for field in ("tools", "extra", "raw"):
        old_value, new_value = getattr(before, field), getattr(after, field)
        if old_value != new_value:
            yield Change(name, None, field, _text(old_value), _text(new_value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
