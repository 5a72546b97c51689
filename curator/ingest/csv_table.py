"""CSV tables: the first row names the columns; every value is text."""

import csv
from collections.abc import Iterator

from curator.ingest.model import Broken, Found
from curator.ingest.streams import Stream
from curator.ingest.texts import decode_line, split_lines

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


def delimiter_of(header: str) -> str:
    """Choose the delimiter that a header line has most of."""
    return max(_DELIMITERS, key=header.count)


def read_csv(stream: Stream, delimiter: str) -> Iterator[Found | Broken]:
    """Read rows as objects of text; rows with too many or too few fields are told as broken."""
    csv.field_size_limit(2**31 - 1)
    lines = _Lines(stream)
    table = csv.reader(lines, delimiter=delimiter)
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
    if "\n" in text and text.count('"') % 2:
        return "a quote is opened and never closed"
    if len(fields) != len(header):
        return f"it has {len(fields)} fields where the header has {len(header)}"
    return None
