"""UltraChat: a list of texts in `data`, the user and the assistant in turn."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import CarryError
from curator.formats.base import (
    Row,
    is_judged,
    refuse_tools,
    rename_aliases,
    write_plain,
    wrong,
)
from curator.formats.plain import answer_turn, plain_exchanges
from curator.records import Record, Turn

_FIELDS = frozenset(("data",))


class UltraChat:
    """The first text is the user's, the second the assistant's, and so on."""

    name = "ultrachat"
    fields = _FIELDS
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"data": ("dialog", "dialogue")}

    def recognises(self, row: Row) -> float:
        """Look for a list of texts."""
        names = ("data", *self.aliases["data"])
        value = next((row[name] for name in names if type(row.get(name)) is list), None)
        if not value or any(type(text) is not str for text in value):
            return 0.0
        return 0.5 if is_judged(row) else 1.0

    def read(self, row: Row) -> list[Record]:
        """Read the texts as turns."""
        row, renamed = rename_aliases(row, self.aliases)
        texts = row.get("data")
        if type(texts) is not list:
            raise wrong("data", "a list of texts", texts)
        turns = [_read_text(text, place) for place, text in enumerate(texts)]
        extra = {name: value for name, value in row.items() if name not in _FIELDS}
        return [Record(turns, extra=extra, layout={"columns": renamed} if renamed else {})]

    def body(self, record: Record) -> Row:
        """Write the turns as texts."""
        refuse_tools(record)
        system, asked, answered = plain_exchanges(record)
        if system is not None:
            raise CarryError("it has a system turn, which this shape cannot carry")
        texts = [
            text
            for turn, answer in zip(asked, answered, strict=True)
            for text in (turn["content"], answer)
        ]
        return {"data": [text for text in texts if text is not None]}

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def _read_text(text: Any, place: int) -> Turn:
    if type(text) is not str:
        raise wrong(f"data[{place}]", "text", text)
    return answer_turn(text) if place % 2 else {"role": "user", "content": text}


ULTRACHAT = UltraChat()
