"""Repairs: what can be mended in a record without asking, each change recorded."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from curator.records import Record, Turn
from curator.repairs.base import Change, RecordRepair, Repair
from curator.repairs.changes import changes_between, turn_changes
from curator.repairs.placeholders import mend_placeholders
from curator.repairs.redact import redact
from curator.repairs.special_tokens import mend_special_tokens
from curator.repairs.unicode import mend_unicode
from curator.repairs.whitespace import mend_whitespace

REPAIRS: dict[str, Repair] = {
    "unicode": mend_unicode,
    "special_tokens": mend_special_tokens,
    "placeholders": mend_placeholders,
    "whitespace": mend_whitespace,
}
"""Repairs that see one turn at a time."""
RECORD_REPAIRS: dict[str, RecordRepair] = {"redact": redact}
"""Repairs that see the whole record."""

__all__ = ["RECORD_REPAIRS", "REPAIRS", "Change", "RecordRepair", "Repair", "repair"]


def repair(record: Record, names: Sequence[str]) -> tuple[Record, list[Change]]:
    """Mend a record with some repairs, in their order; without a change it is the same object."""
    changes: list[Change] = []
    mended = record
    for whole, group in groupby(names, RECORD_REPAIRS.__contains__):
        mend = _mend_whole if whole else _mend
        mended = mend(mended, list(group), changes)
    return (mended, changes) if changes else (record, [])


def _mend_whole(record: Record, names: Sequence[str], changes: list[Change]) -> Record:
    for name in names:
        after = RECORD_REPAIRS[name](record)
        if after is not record:
            changes += changes_between(name, record, after)
            record = after
    return record


def _mend(record: Record, names: Sequence[str], changes: list[Change]) -> Record:
    known = len(changes)
    messages = _mend_turns(record.messages, names, changes, rejected=False)
    rejected = record.rejected
    if rejected is not None:
        rejected = _mend_turns(rejected, names, changes, rejected=True)
    if len(changes) == known:
        return record
    return replace(record, messages=messages, rejected=rejected)


def _mend_turns(
    turns: list[Turn], names: Sequence[str], changes: list[Change], *, rejected: bool
) -> list[Turn]:
    mended = []
    for place, turn in enumerate(turns):
        for name in names:
            after = REPAIRS[name](turn)
            if after is not turn:
                changes += turn_changes(name, -1 - place if rejected else place, turn, after)
                turn = after
        mended.append(turn)
    return mended
