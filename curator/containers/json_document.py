"""JSON documents: a list of rows, an object with such a list inside, or one row after another."""

import json
import re
from collections.abc import Iterator
from typing import Any

from curator.containers.json_lines import explain
from curator.containers.json_text import JsonReader
from curator.containers.model import Broken, Found
from curator.containers.streams import Stream
from curator.containers.texts import decode_blocks, mend
from curator.formats import SHAPES

_SPACE = re.compile(r"[\s\x00]*")
_NEAR = 16
"""An error this close to the end of what was read may only mean that more must be read."""


class _Document:
    """A window on the text of a document, which moves on as values are taken."""

    def __init__(self, stream: Stream) -> None:
        self._reader = JsonReader()
        self._blocks = decode_blocks(stream.blocks)
        self._text = ""
        self._at = 0
        self._lines = 0
        self._before = 0
        """The characters of the first line held that were let go."""

    def next_char(self) -> str:
        """Skip white space; return the character there, or nothing at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Step over one character."""
        self._at += 1

    def take(self, row: int) -> Found:
        """Read the value that starts here."""
        value, end, control = self._value()
        text, notes = mend(self._text[self._at : end])
        self._at = end
        repeated = self._reader.repeated
        if notes:
            value = self._reader.read_at(text, 0)[0]
        return Found(row, value, text, notes + control, repeated)

    def rest(self) -> str:
        """Return everything that was not taken."""
        return mend(self._text[self._at :] + "".join(self._blocks))[0]

    def place(self, error: ValueError | RecursionError) -> str:
        """Say where an error is: at which line and column of the document."""
        at = error.pos if isinstance(error, json.JSONDecodeError) else self._at
        line = self._lines + self._text.count("\n", 0, at) + 1
        return f"at line {line}, column {self._column(at) + 1}"

    def _value(self) -> tuple[Any, int, tuple[str, ...]]:
        while True:
            try:
                value, end, notes = self._reader.read_at(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos + _NEAR >= len(self._text) or "Unterminated" in error.msg
                if cut and self._more():
                    continue
                raise
            if end == len(self._text) and type(value) in (int, float) and self._more():
                continue
            return value, end, notes

    def _more(self) -> bool:
        """Read at least as much again as is held, so that long values cost linear time."""
        pieces, size = [], 0
        for block in self._blocks:
            pieces.append(block)
            size += len(block)
            if size and size >= len(self._text) - self._at:
                break
        if not size:
            return False
        self._before = self._column(self._at)
        self._lines += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + "".join(pieces), 0
        return True

    def _column(self, at: int) -> int:
        """Count the characters of a place's line before it."""
        start = self._text.rfind("\n", 0, at) + 1
        return at - start if start else at + self._before


def read_json_document(stream: Stream) -> Iterator[Found | Broken]:
    """Read the rows of a document; after a break, the rest is told as one broken row."""
    document = _Document(stream)
    row = 0
    try:
        for found in _rows(document):
            row = found.row
            yield found
    except (ValueError, RecursionError) as error:
        reason = stream.broken or explain(error, document.place(error))
        yield Broken(row + 1, reason, document.rest())
        return
    if stream.broken:
        yield Broken(row + 1, stream.broken, document.rest())


def _rows(document: _Document) -> Iterator[Found]:
    row = 0
    while char := document.next_char():
        if char == "[":
            for found in _elements(document, row):
                row = found.row
                yield found
        else:
            found = document.take(row + 1)
            inside = _list_inside(found.value) if row == 0 and not document.next_char() else None
            if inside is None:
                row += 1
                yield found
            else:
                yield from inside


def _elements(document: _Document, row: int) -> Iterator[Found]:
    document.skip()
    while (char := document.next_char()) != "]":
        row += 1
        yield document.take(row)
        char = document.next_char()
        if char == ",":
            document.skip()
        elif char != "]":
            wanted = "the list is never closed" if not char else "Expecting ',' delimiter"
            raise ValueError(f"{wanted} {document.place(ValueError())}")
    document.skip()


def _list_inside(value: Any) -> list[Found] | None:
    """Find the one list of objects in an object that is no row itself."""
    if type(value) is not dict or any(shape.recognises(value) for shape in SHAPES.values()):
        return None
    lists = [
        entry for entry in value.values() if type(entry) is list and entry and _are_objects(entry)
    ]
    if len(lists) != 1:
        return None
    return [Found(row, entry, json.dumps(entry)) for row, entry in enumerate(lists[0], 1)]


def _are_objects(entries: list[Any]) -> bool:
    return all(type(entry) is dict for entry in entries)
