"""Exchanges: a list of pairs, each with what was asked and what was answered under its own key."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.base import (
    Row,
    is_judged,
    refuse_tools,
    rename_aliases,
    text_at,
    write_plain,
    wrong,
)
from curator.formats.plain import answer_turn, plain_exchanges
from curator.records import Record, Turn

_COLUMN = "conversation"
_KEYS = (
    ("input", "output"),
    ("human", "assistant"),
    ("user", "assistant"),
    ("human", "gpt"),
    ("question", "answer"),
    ("prompt", "response"),
    ("instruction", "output"),
    ("instruction", "response"),
)
"""What the two sides are called; the first pair is the usual one."""


class Exchanges:
    """Each entry becomes a user turn and an assistant turn; a last one may have no answer."""

    name = "exchanges"
    fields = frozenset((_COLUMN,))
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {_COLUMN: ("conversations", "exchanges")}

    def recognises(self, row: Row) -> float:
        """Look for a list of objects with both sides and without a role."""
        names = (_COLUMN, *self.aliases[_COLUMN])
        value = next((row[name] for name in names if type(row.get(name)) is list), None)
        if not value or type(value[0]) is not dict or _keys_of(value) is None:
            return 0.0
        return 0.5 if is_judged(row) else 1.0

    def read(self, row: Row) -> list[Record]:
        """Read the exchanges as turns."""
        row, renamed = rename_aliases(row, self.aliases)
        value = row.get(_COLUMN)
        if type(value) is not list:
            raise wrong(_COLUMN, "a list of exchanges", value)
        keys = _keys_of(value) or _KEYS[0]
        layout: Row = {"columns": renamed} if renamed else {}
        if keys != _KEYS[0]:
            layout["sides"] = list(keys)
        turns = [
            turn
            for place, entry in enumerate(value)
            for turn in _read_entry(entry, keys, f"{_COLUMN}[{place}]")
        ]
        extra = {name: value for name, value in row.items() if name != _COLUMN}
        return [Record(turns, extra=extra, layout=layout)]

    def body(self, record: Record) -> Row:
        """Write the turns as exchanges."""
        refuse_tools(record)
        system, asked, answered = plain_exchanges(record)
        if system is not None:
            raise CarryError("it has a system turn, which this shape cannot carry")
        ask, answer = record.layout.get("sides", _KEYS[0])
        entries: list[Row] = []
        for turn, text in zip(asked, answered, strict=True):
            said = {ask: turn["content"]} | ({} if text is None else {answer: text})
            entries.append(said | _beside(turn, (ask, answer)))
        return {_COLUMN: entries}

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def _keys_of(entries: list[Any]) -> tuple[str, str] | None:
    """Return the two keys that the first entry has; a list of turns has none."""
    first = entries[0] if entries else None
    if type(first) is not dict or "role" in first or "from" in first:
        return None
    return next((keys for keys in _KEYS if keys[0] in first and keys[1] in first), None)


def _read_entry(entry: Any, keys: tuple[str, str], path: str) -> list[Turn]:
    if type(entry) is not dict:
        raise wrong(path, "an object", entry)
    texts = [_text(entry, key, path) for key in keys]
    turn: Turn = {"role": "user", "content": texts[0]}
    extra = {name: value for name, value in entry.items() if name not in keys}
    if extra:
        turn["extra"] = extra
    return [turn] if keys[1] not in entry else [turn, answer_turn(texts[1])]


def _beside(turn: Turn, keys: tuple[str, str]) -> Row:
    return {name: value for name, value in turn.get("extra", {}).items() if name not in keys}


def _text(entry: Row, key: str, path: str) -> str:
    try:
        return text_at(entry, key)
    except RowError as error:
        raise RowError(f"{path}.{key}", error.reason) from None


EXCHANGES = Exchanges()
