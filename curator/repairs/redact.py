"""Redact: personal values and secrets give way to typed placeholders, the same all through."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from curator.privacy import find_private, is_plain
from curator.records import Record, Turn
from curator.repairs.base import mend_texts

Mend = Callable[[str], str]
_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*)_(\d+)\]")
_ROUNDS = 4
_SHORT = 6
"""A shorter value is replaced only where it was found, not wherever its signs stand."""


def redact(record: Record) -> Record:
    """Replace every value in every field by `[EMAIL_1]`, `[PHONE_1]`, `[EMAIL_2]` and so on.

    The same value has the same placeholder in all turns, reasoning, tool calls, tools, the
    rejected side and the row's unknown fields. What holds JSON still does. The row as it was
    written goes too, for it would give the values back.
    """
    found = record
    for _ in range(_ROUNDS):
        names = _named(_texts_of(found))
        if not names:
            break
        found = _rewritten(found, _mender(names))
        if found.raw is not None:
            found = replace(found, raw=None)
    return found


def _named(texts: list[str]) -> dict[str, str]:
    """Give each value in the texts its placeholder, numbered by kind in reading order."""
    values: dict[str, str] = {}
    for text in texts:
        for one in () if is_plain(text) else find_private(text):
            values.setdefault(text[one.start : one.end], one.kind.upper())
    used: dict[str, int] = {}
    for text in texts if values else ():
        for kind, number in _PLACEHOLDER.findall(text):
            used[kind] = max(used.get(kind, 0), int(number))
    names: dict[str, str] = {}
    for value, kind in values.items():
        used[kind] = used.get(kind, 0) + 1
        names[value] = f"[{kind}_{used[kind]}]"
    return names


def _mender(names: dict[str, str]) -> Mend:
    """Return the function that replaces the values wherever they stand, the longest first."""
    values = sorted(names, key=len, reverse=True)
    everywhere = re.compile("|".join(_anywhere(value) for value in values if len(value) >= _SHORT))

    def mend(text: str) -> str:
        for one in reversed(find_private(text)):
            name = names.get(text[one.start : one.end])
            if name:
                text = text[: one.start] + name + text[one.end :]
        return everywhere.sub(lambda found: names[found[0]], text) if everywhere.pattern else text

    return mend


def _anywhere(value: str) -> str:
    """Match a value where it stands alone: a number inside a longer one is another number."""
    head = r"(?<!\w)" if value[0].isalnum() else ""
    return head + re.escape(value) + (r"(?!\w)" if value[-1].isalnum() else "")


def _texts_of(record: Record) -> list[str]:
    """List every text of a record as `_rewritten` will meet it."""
    seen: list[str] = []

    def note(text: str) -> str:
        seen.append(text)
        return text

    _rewritten(record, note)
    if record.raw is not None:
        _json_text(record.raw, note)
    return seen


def _rewritten(record: Record, mend: Mend) -> Record:
    """Rewrite every text of a record but the row as it was written."""
    return replace(
        record,
        messages=[_turn(turn, mend) for turn in record.messages],
        rejected=record.rejected and [_turn(turn, mend) for turn in record.rejected],
        tools=None if record.tools is None else _json_text(record.tools, mend),
        extra=_value(record.extra, mend),
    )


def _turn(turn: Turn, mend: Mend) -> Turn:
    mended = mend_texts(turn, mend)
    if len(turn) == 2:  # noqa: PLR2004 (a role and a content, which is nearly every turn)
        return mended
    changed: Turn = {**mended}
    if "name" in turn:
        changed["name"] = mend(turn["name"])
    if "tool_calls" in turn:
        changed["tool_calls"] = [
            {**call, "arguments": _json_text(call["arguments"], mend)}
            for call in turn["tool_calls"]
        ]
    if "extra" in turn:
        changed["extra"] = _value(turn["extra"], mend)
    return changed


def _json_text(text: str, mend: Mend) -> str:
    """Rewrite the texts inside JSON, so that it stays JSON; other text is rewritten as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return mend(text)
    mended = _value(value, mend)
    if mended == value:
        return text
    tight = '": ' not in text and '", ' not in text
    return json.dumps(mended, ensure_ascii=False, separators=(",", ":") if tight else None)


def _value(value: Any, mend: Mend) -> Any:
    """Rewrite every text in a JSON value, the names of its fields too."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        return [_value(entry, mend) for entry in value]
    if isinstance(value, dict):
        return {mend(name): _field(name, entry, mend) for name, entry in value.items()}
    return value


def _field(name: str, entry: Any, mend: Mend) -> Any:
    """Rewrite a field's value: only together with its name does `"password": "…"` say it is one."""
    whole = isinstance(entry, int) and not isinstance(entry, bool)
    if not isinstance(entry, str) and not whole:
        return _value(entry, mend)
    head, text = f"{name}: ", str(entry)
    said = mend(head + text)
    mended = said.removeprefix(head) if said.startswith(head) else mend(text)
    return entry if mended == text else mended
