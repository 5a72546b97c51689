"""JSON Schemas of everything a run reads and writes, made from the declarations themselves."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from curator.decide import DECISION_SCHEMA, SELECTION_SCHEMA
from curator.errors import CuratorError
from curator.recipe import recipe_with
from curator.records import RECORD_SCHEMA
from curator.run import Manifest
from curator.run.run import QUARANTINE_SCHEMA

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_RECORD_KEYS = {"id", "content", "source", "row", "part", "shape", "messages"}
_RECORD_KEYS |= {"prompt", "response", "reasoning", "text", "response_chars"}
_DECISION_KEYS = {"id", "kept", "reasons", "flags"}


def schemas(plugins: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Return every schema by name: recipe, record, decision, selection, manifest, quarantine.

    With plugins, the recipe's schema knows their filters too.
    """
    return {
        "recipe": _model(
            recipe_with(plugins).model_json_schema(by_alias=True), "A recipe of curator"
        ),
        "record": _frame(RECORD_SCHEMA, "One record of records/*.parquet", _RECORD_KEYS),
        "decision": _frame(DECISION_SCHEMA, "One row of decisions.parquet", _DECISION_KEYS),
        "selection": _frame(
            SELECTION_SCHEMA, "One row of selection.parquet", {"id", "chosen", "basis"}
        ),
        "manifest": _model(Manifest.model_json_schema(), "The manifest.json of a run"),
        "quarantine": _frame(
            QUARANTINE_SCHEMA, "One line of quarantine.jsonl", set(QUARANTINE_SCHEMA)
        ),
    }


def schema_text(name: str, plugins: Sequence[str] = ()) -> str:
    """Return one schema as JSON text."""
    known = schemas(plugins)
    if name not in known:
        raise CuratorError(f"there is no schema {name!r}: there are {', '.join(known)}")
    return json.dumps(known[name], indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema as `<name>.schema.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in schemas():
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(name), encoding="utf-8")
        paths.append(path)
    return paths


def stale_schemas(folder: Path) -> list[str]:
    """Name the schemas whose file is missing or not what would be written today."""
    stale = []
    for name in schemas():
        path = folder / f"{name}.schema.json"
        if not path.exists() or path.read_text("utf-8") != schema_text(name):
            stale.append(name)
    return stale


def _model(schema: dict[str, Any], title: str) -> dict[str, Any]:
    return {"$schema": _DRAFT} | schema | {"title": title}


def _frame(schema: pl.Schema, title: str, never_null: set[str]) -> dict[str, Any]:
    return {
        "$schema": _DRAFT,
        "title": title,
        "type": "object",
        "properties": {
            name: _type(dtype, nullable=name not in never_null) for name, dtype in schema.items()
        },
        "required": list(schema),
        "additionalProperties": False,
    }


def _type(dtype: Any, *, nullable: bool) -> dict[str, Any]:
    if isinstance(dtype, pl.List):
        found: dict[str, Any] = {"type": "array", "items": _type(dtype.inner, nullable=False)}
    elif isinstance(dtype, pl.Struct):
        found = {
            "type": "object",
            "properties": {
                field.name: _type(field.dtype, nullable=field.name not in {"role", "content"})
                for field in dtype.fields
            },
        }
    else:
        found = {"type": _scalar(dtype)}
    if nullable:
        found["type"] = [found["type"], "null"]
    return found


def _scalar(dtype: Any) -> str:
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    return "number" if dtype.is_float() else "string"
