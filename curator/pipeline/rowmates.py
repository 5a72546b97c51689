"""Rowmates: records of the same row that remember a text of another one, to give the row back."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import polars as pl

from curator.run import Run

_HIDDEN = ("extra", "layout", "raw")
"""Where a record, and a turn of it, keeps what is no text of its own."""


def with_rowmates(run: Run, contents: Collection[str]) -> set[str]:
    """Add the contents of records that hide a text of one of these; they have to go too.

    A row that gave several records may be kept whole in each of them, and read again from the input
    it would be kept so again.
    """
    gone = pl.col("content").is_in(list(contents))
    rows = run.records().filter(gone).select("source", "row").unique()
    columns = ("source", "row", "content", "messages", "rejected", *_HIDDEN)
    mates = run.records().select(columns).join(rows, on=["source", "row"], how="semi").collect()
    found = set(contents)
    for _, row in mates.group_by("source", "row"):
        found |= _spread(row.to_dicts(), found)
    return found


def _spread(records: list[dict[str, Any]], contents: Collection[str]) -> set[str]:
    """Follow texts from record to record of one row, until nothing is added."""
    found = {record["content"] for record in records if record["content"] in contents}
    while True:
        texts = {text for record in records if record["content"] in found for text in _said(record)}
        more = {
            record["content"]
            for record in records
            if record["content"] not in found and _hides(record, texts - set(_said(record)))
        }
        if not more:
            return found
        found |= more


def _said(record: dict[str, Any]) -> Iterator[str]:
    for turn in _turns(record):
        yield from (turn[name] for name in ("content", "reasoning") if turn[name])


def _hides(record: dict[str, Any], texts: Iterable[str]) -> bool:
    kept = [record[name] for name in _HIDDEN]
    kept += [turn[name] for turn in _turns(record) for name in ("extra", "layout")]
    hidden = "\n".join(filter(None, kept))
    spelled = (
        json.dumps(text, ensure_ascii=ascii_)[1:-1] for text in texts for ascii_ in (False, True)
    )
    return bool(hidden) and any(text in hidden for text in spelled)


def _turns(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [*record["messages"], *(record["rejected"] or [])]
