"""Readers: the rows of labelled sets, whatever the file they lie in."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import polars as pl

from curator.errors import CuratorError
from labelled.entry import Entry, Format


def read_rows(path: Path, told: Format | None) -> pl.DataFrame:
    """Read a file of rows; every column is text, and a missing value null.

    Raises CuratorError where the name says no format and none is told.
    """
    name = path.name.removesuffix(".gz")
    told = told or _FORMATS.get(name.rpartition(".")[2])
    if told is None:
        raise CuratorError(f"{path}: say its `format`: csv, tsv, json, jsonl or bold")
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.name.endswith(".gz") else packed).decode("utf-8-sig")
    if told in {"csv", "tsv"}:
        return _table(text, "\t" if told == "tsv" else ",")
    if told == "bold":
        return read_bold(text)
    rows = json.loads(text) if told == "json" else map(json.loads, text.splitlines())
    return pl.DataFrame([{key: _said(value) for key, value in row.items()} for row in rows])


_FORMATS: dict[str, Format] = {"csv": "csv", "tsv": "tsv", "json": "json", "jsonl": "jsonl"}


def _table(text: str, separator: str) -> pl.DataFrame:
    """Read a table; quotes mean nothing where tabs part the cells."""
    plain = separator == "\t"
    rows = csv.DictReader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
    )
    named = [{key or "": value for key, value in row.items() if key is not None} for row in rows]
    return pl.DataFrame(named, infer_schema_length=None)


def _said(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def read_bold(text: str) -> pl.DataFrame:
    """Read encyclopedic sentences as BOLD has them: lists of sentences by person, by group."""
    found = [
        {"group": group, "person": person, "text": sentence}
        for group, people in json.loads(text).items()
        for person, sentences in people.items()
        for sentence in sentences
    ]
    return pl.DataFrame(found)


def rows_of(entry: Entry, folder: Path) -> pl.DataFrame:
    """Read all files of a set, and say where a column it names is not there."""
    frames = [read_rows(folder / path, entry.format) for path in entry.paths]
    rows = pl.concat(frames, how="diagonal")
    for column in columns_of(entry):
        if column not in rows.columns:
            known = ", ".join(rows.columns)
            raise CuratorError(f"{entry.name}: no column {column!r} in {entry.paths[0]}: {known}")
    return rows


def columns_of(entry: Entry) -> list[str]:
    """Name the columns that a set says it has."""
    asked = [entry.label, entry.prompt, entry.together]
    asked += [name for name in entry.subgroups if name != "mentions"]
    if entry.pairs:
        asked += [entry.pairs.first, entry.pairs.second, entry.pairs.kind]
    else:
        asked += texts_of(entry)
    return [name for name in asked if name is not None]


def texts_of(entry: Entry) -> list[str]:
    """Name the columns that make up the text."""
    return [name.strip() for name in entry.text.split("+")]
