"""Reading a source: every row becomes records or a quarantine entry, in order."""

import json
import re
from collections.abc import Iterator
from typing import Any

from curator.errors import RowError
from curator.formats import detect, explain_misfit, read_row, without_surrogates
from curator.formats.base import kind
from curator.ingest.containers import as_row, open_rows
from curator.ingest.json_lines import TOO_DEEP
from curator.ingest.model import Broken, Found, Ingested, Quarantined, Sniff, Source
from curator.ingest.sniff import sniff

LONE = "lone surrogates, which no UTF-8 text can hold, were replaced by U+FFFD"
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(source: Source, sniffed: Sniff | None = None) -> Iterator[Ingested | Quarantined]:
    """Read a source row by row, in order; every row gives at least one item."""
    sniffed = sniffed or sniff(source)
    for entry in open_rows(source.path, sniffed.container):
        if isinstance(entry, Broken):
            yield _quarantine(source, entry.row, RowError("", entry.error), entry.text)
            continue
        try:
            yield from _read_found(source, sniffed.shape, entry)
        except RowError as error:
            yield _quarantine(source, entry.row, error, _raw_of(entry))
        except RecursionError:
            yield _quarantine(source, entry.row, RowError("", TOO_DEEP), entry.text)


def _read_found(source: Source, shape: str | None, found: Found) -> list[Ingested]:
    row = as_row(found.value)
    if row is None:
        raise RowError("", f'a row must be an object, found "{kind(found.value)}"')
    notes = list(found.notes)
    lone = _has_lone_surrogates(found)
    if lone:
        row = without_surrogates(row)
        notes.append(LONE)
    shape = shape or _shape_of(row)
    records = read_row(shape, row, source.columns)
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


def _has_lone_surrogates(found: Found) -> bool:
    if "\\ud" not in found.text and "\\uD" not in found.text:
        return False
    return bool(_SURROGATE.search(json.dumps(found.value, ensure_ascii=False)))


def _raw_of(found: Found) -> str:
    return found.text or json.dumps(found.value)


def _quarantine(source: Source, row: int, error: RowError, raw: str) -> Quarantined:
    told = f"{source.name}:{row}: {error}"
    return Quarantined(source=source.name, row=row, field=error.field, error=told, raw=raw)
