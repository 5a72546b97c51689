"""Reading a source: every row becomes records or a quarantine entry, in order."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from curator.containers.json_lines import TOO_DEEP, read_line_block
from curator.containers.line_blocks import LineBlock
from curator.containers.model import Broken, Found
from curator.containers.rows import as_row, open_rows
from curator.errors import RowError
from curator.formats import detect, explain_misfit, read_row, without_surrogates
from curator.formats.base import kind
from curator.ingest.model import Ingested, Quarantined, Sniff, Source
from curator.ingest.sniff import sniff

LONE = "lone surrogates, which no UTF-8 text can hold, were replaced by U+FFFD"
_SHALLOW = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(source: Source, sniffed: Sniff | None = None) -> Iterator[Ingested | Quarantined]:
    """Read a source row by row, in order; every row gives at least one item."""
    sniffed = sniffed or sniff(source)
    yield from _read_entries(source, sniffed.shape, open_rows(source.path, sniffed.container))


def read_lines(
    source: Source, shape: str | None, block: LineBlock
) -> Iterator[Ingested | Quarantined]:
    """Read some lines of a JSON Lines source as `read_source` reads them, but only to look at.

    The records cannot be written back letter for letter, which makes them a fifth quicker.
    """
    yield from _read_entries(source, shape, read_line_block(block), only_look=True)


def _read_entries(
    source: Source,
    shape: str | None,
    entries: Iterable[Found | Broken],
    *,
    only_look: bool = False,
) -> Iterator[Ingested | Quarantined]:
    for entry in entries:
        if isinstance(entry, Broken):
            yield _quarantine(source, entry.row, RowError("", entry.error), entry.text)
            continue
        try:
            yield from _read_found(source, shape, entry, only_look=only_look)
        except RowError as error:
            yield _quarantine(source, entry.row, error, _raw_of(entry))
        except RecursionError:
            yield _quarantine(source, entry.row, RowError("", TOO_DEEP), entry.text)


def _read_found(
    source: Source, shape: str | None, found: Found, *, only_look: bool
) -> list[Ingested]:
    row = as_row(found.value)
    if row is None:
        raise RowError("", f'a row must be an object, found "{kind(found.value)}"')
    notes = list(found.notes)
    lone = _has_lone_surrogates(found)
    if lone:
        row = without_surrogates(row)
        notes.append(LONE)
    shape = shape or _shape_of(row)
    look = only_look and _is_shallow(found.text)
    records = read_row(shape, row, source.columns, only_look=look)
    if lone or found.repeated or row is not found.value:
        for record in records:
            record.raw = _raw_of(found)
    if found.repeated:
        notes.append("a key stands twice in this row: the last value was used")
    return [Ingested(found.row, part, shape, record, notes) for part, record in enumerate(records)]


def _shape_of(row: dict[str, Any]) -> str:
    name, confidence = detect([row])[0]
    if not confidence:
        raise RowError("", explain_misfit([row]))
    return name


def _is_shallow(text: str) -> bool:
    """Say whether a row cannot be nested too deeply to be written."""
    return text.count("[") + text.count("{") <= _SHALLOW


def _has_lone_surrogates(found: Found) -> bool:
    text = found.text
    if "\\u" not in text or ("\\ud" not in text and "\\uD" not in text):
        return False
    return bool(_SURROGATE.search(json.dumps(found.value, ensure_ascii=False)))


def _raw_of(found: Found) -> str:
    return found.text or json.dumps(found.value)


def _quarantine(source: Source, row: int, error: RowError, raw: str) -> Quarantined:
    told = f"{source.name}:{row}: {error}"
    return Quarantined(source=source.name, row=row, field=error.field, error=told, raw=raw)
