"""Repairs: what can be mended in a record without asking, each change recorded."""

from collections.abc import Sequence
from dataclasses import replace

from curator.records import Record, Turn
from curator.repairs.base import Change, Repair
from curator.repairs.placeholders import mend_placeholders
from curator.repairs.special_tokens import mend_special_tokens
from curator.repairs.unicode import mend_unicode
from curator.repairs.whitespace import mend_whitespace

REPAIRS: dict[str, Repair] = {
    "unicode": mend_unicode,
    "special_tokens": mend_special_tokens,
    "placeholders": mend_placeholders,
    "whitespace": mend_whitespace,
}

__all__ = ["REPAIRS", "Change", "Repair", "repair"]


def repair(record: Record, names: Sequence[str]) -> tuple[Record, list[Change]]:
    """Mend a record with some repairs, in their order; without a change it is the same object."""
    if not names:
        return record, []
    changes: list[Change] = []
    messages = _mend_turns(record.messages, names, changes, rejected=False)
    rejected = record.rejected
    if rejected is not None:
        rejected = _mend_turns(rejected, names, changes, rejected=True)
    if not changes:
        return record, []
    return replace(record, messages=messages, rejected=rejected), changes


def _mend_turns(
    turns: list[Turn], names: Sequence[str], changes: list[Change], *, rejected: bool
) -> list[Turn]:
    mended = []
    for place, turn in enumerate(turns):
        for name in names:
            after = REPAIRS[name](turn)
            if after is not turn:
                changes += _changes(name, -1 - place if rejected else place, turn, after)
                turn = after
        mended.append(turn)
    return mended


def _changes(name: str, place: int, before: Turn, after: Turn) -> list[Change]:
    pairs = {
        "content": (before["content"], after["content"]),
        "reasoning": (before.get("reasoning", ""), after.get("reasoning", "")),
    }
    return [
        Change(name, place, field, old, new) for field, (old, new) in pairs.items() if old != new
    ]
