"""CSV tables: the first row names the columns; every value is text."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from curator.containers.model import Broken, Found
from curator.containers.streams import Stream
from curator.containers.texts import decode_line, split_lines

_DELIMITERS = ",\t;|"


class _Lines:
    """Lines as the CSV reader wants them, remembering those since the last row."""

    def __init__(self, stream: Stream) -> None:
        self._lines = split_lines(stream.blocks)
        self._taken: list[str] = []
        self.notes: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            text, notes = decode_line(line)
            self.notes.update(notes)
            self._taken.append(text)
            yield text + "\n"

    def taken(self) -> tuple[str, tuple[str, ...]]:
        """Return the text of the last row, and its notes."""
        text, notes = "\n".join(self._taken), tuple(sorted(self.notes))
        self._taken.clear()
        self.notes.clear()
        return text, notes


class Dialect(NamedTuple):
    """How a table separates and quotes its fields."""

    delimiter: str
    quoting: int


def dialect_of(head: str, delimiter: str | None = None) -> Dialect:
    """Choose the delimiter that the header has most of, and whether quotes mean anything.

    In tables with tabs they often do not, and reading them as quotes would join rows unnoticed:
    there, they count only where the whole head is well-formed with them.
    """
    lines = head.split("\n")
    delimiter = delimiter or max(_DELIMITERS, key=lines[0].count)
    quoted = delimiter != "\t" or _is_well_formed(lines[:-1] or lines, delimiter)
    return Dialect(delimiter, csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)


def _is_well_formed(lines: list[str], delimiter: str) -> bool:
    table = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        return len({len(row) for row in table}) <= 1
    except csv.Error:
        return False


def read_csv(stream: Stream, dialect: Dialect) -> Iterator[Found | Broken]:
    """Read rows as objects of text; rows with too many or too few fields are told as broken."""
    csv.field_size_limit(2**31 - 1)
    lines = _Lines(stream)
    table = csv.reader(lines, delimiter=dialect.delimiter, quoting=dialect.quoting)  # type: ignore[arg-type]
    header, doubled = name_columns(next(table, []))
    lines.taken()
    row = 0
    while (fields := _next_fields(table)) is not None:
        text, notes = lines.taken()
        if fields == []:
            continue
        row += 1
        reason = _misfit(fields, header, text)
        if reason:
            yield Broken(row, reason, text)
        else:
            yield Found(row, dict(zip(header, fields, strict=False)), "", doubled + notes)
    if stream.broken:
        yield Broken(row + 1, stream.broken, "")


def _next_fields(table: Iterator[list[str]]) -> list[str] | str | None:
    """Return the next row's fields, the reason why it has none, or None at the end."""
    try:
        return next(table, None)
    except csv.Error as error:
        return f"not valid CSV: {error}"


def name_columns(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Give every column a name of its own, with a note for each that had none."""
    names: list[str] = []
    notes: list[str] = []
    for number, found in enumerate(header, 1):
        name = found or f"column_{number}"
        count = 2
        while name in names:
            name = f"{found or 'column'}_{count}"
            count += 1
        if name != found:
            notes.append(f'column {number}, called "{found}", was read as "{name}"')
        names.append(name)
    return names, tuple(notes)


def _misfit(fields: list[str] | str, header: list[str], text: str) -> str | None:
    if isinstance(fields, str):
        return fields
    spills = "\n" in text or fields[-1].endswith("\n")
    if spills and text.count('"') % 2:
        return "a quote is opened and never closed"
    if len(fields) != len(header):
        return f"it has {len(fields)} fields where the header has {len(header)}"
    return None
