"""As JSON: every fact of a report as plain lists, dicts and numbers."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import BaseModel

from curator.report.shown import Piece


def as_json(fact: Any) -> Any:
    """Turn a fact into what `json.dumps` takes: frames become lists of rows, pieces text."""
    if isinstance(fact, pl.DataFrame):
        return fact.to_dicts()
    if isinstance(fact, BaseModel):
        fact = fact.model_dump(mode="json")
    if isinstance(fact, Mapping):
        return {_key(key): as_json(value) for key, value in fact.items()}
    if isinstance(fact, tuple) and hasattr(fact, "_asdict"):
        return as_json(fact._asdict())
    if isinstance(fact, list | tuple):
        if fact and all(isinstance(part, Piece) for part in fact):
            return "".join(part.text for part in fact)
        return [as_json(part) for part in fact]
    return fact


def _key(key: Any) -> str:
    return " ".join(key) if isinstance(key, tuple) else str(key)
