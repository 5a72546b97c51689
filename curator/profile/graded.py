"""Graded: answers with what somebody said of them, in files of records or beside a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from curator.errors import InputError
from curator.filters.exchanges import exchanges
from curator.ingest import Ingested, Source, read_source, sniff
from curator.records import Origin, Record, frame_of
from curator.run import Run

_WORDS = {"true": 1.0, "yes": 1.0, "good": 1.0, "false": 0.0, "no": 0.0, "bad": 0.0}


def graded_files(sources: Sequence[Source], label: str) -> pl.DataFrame:
    """Return `prompt`, `response` and `grade` of the records of some files that have a label.

    The label is a field of the row that no shape knows, or the label of a KTO row.
    """
    records = [
        item.record
        for source in sources
        for item in read_source(source, sniff(source))
        if isinstance(item, Ingested)
    ]
    grades = [_grade(record.extra.get(label, _own(record, label)), label) for record in records]
    origins = [Origin(str(place), "", "", place) for place in range(len(records))]
    return _joined(frame_of(records, origins), pl.Series("grade", grades, dtype=pl.Float64))


def graded_run(run: Path, labels: Sequence[Path], label: str) -> pl.DataFrame:
    """Return the same of the records of a run that tables `id,<label>` name.

    Raises:
        InputError: a table has other columns, or they name none of the records.
    """
    table = pl.concat([_table(path, label) for path in labels])
    records = Run.open(run).records().select("id", "messages", "label").collect()
    known = records.join(table, on="id", maintain_order="left")
    if known.is_empty():
        raise InputError(f"{labels[0]} names no record of {run}: ids are those of its decisions")
    grades = [_grade(value, label) for value in known["said"]]
    return _joined(known, pl.Series("grade", grades, dtype=pl.Float64))


def _table(path: Path, label: str) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}") from error
    if not {"id", label} <= set(table.columns):
        raise InputError(
            f"{path} needs the columns id and {label}, and has {', '.join(table.columns)}"
        )
    return table.select("id", pl.col(label).alias("said"))


def _joined(records: pl.DataFrame, grades: pl.Series) -> pl.DataFrame:
    """Put each grade beside the last exchange of its record; those without are left out."""
    unmarked = records.with_columns(label=pl.lit(None, dtype=pl.Boolean))
    last = exchanges(unmarked).group_by("record", maintain_order=True).last()
    graded = last.with_columns(grades.gather(last["record"]))
    return graded.select("prompt", "response", "grade").drop_nulls()


def _own(record: Record, label: str) -> bool | None:
    return record.label if label == "label" else None


def _grade(value: Any, label: str) -> float | None:
    if value is None or value == "":
        return None
    word = str(value).strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    try:
        return float(word)
    except ValueError:
        raise InputError(
            f'the label "{label}" of a record is {value!r}: it has to be a number, or true or false'
        ) from None
