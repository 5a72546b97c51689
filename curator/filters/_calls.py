"""Faults of tool calls: no name, arguments that are no JSON object, tools nobody defined."""

import json
from typing import Any

import polars as pl

CALL_MEASURES = ("nameless_calls", "bad_arguments", "undefined_tools", "unknown_call_ids")


def count_call_faults(records: pl.DataFrame) -> pl.DataFrame:
    """Count the faults of the calls of each record: one row each, `CALL_MEASURES` as columns."""
    rows = [
        _faults(messages, tools)
        for messages, tools in records.select("messages", "tools").iter_rows()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(CALL_MEASURES, pl.Int32), orient="row")


def _faults(messages: list[dict[str, Any]], tools: str | None) -> tuple[int, int, int, int]:
    calls = [call for turn in messages for call in turn["tool_calls"] or ()]
    names = [call["name"] or "" for call in calls]
    return (
        sum(not name.strip() for name in names),
        sum(not _is_object(call["arguments"]) for call in calls),
        _undefined([name for name in names if name.strip()], messages, tools),
        _unknown_ids(calls, messages),
    )


def _is_object(arguments: str | None) -> bool:
    """Say whether arguments are a JSON object; none at all stand for no arguments."""
    if not (arguments or "").strip():
        return True
    try:
        return isinstance(json.loads(arguments or ""), dict)
    except (ValueError, RecursionError):
        return False


def _undefined(names: list[str], messages: list[dict[str, Any]], tools: str | None) -> int:
    """Count calls to tools that no definition names; the system or user text may define them."""
    defined = tool_names(tools)
    told = "\n".join(turn["content"] or "" for turn in messages if turn["role"] != "assistant")
    return sum(name not in defined and name not in told for name in names)


def tool_names(tools: str | None) -> set[str]:
    """Read the names out of tool definitions, in the OpenAI shape or flat."""
    try:
        given = json.loads(tools) if tools else []
    except (ValueError, RecursionError):
        return set()
    items = given if isinstance(given, list) else [given]
    inner = [item.get("function", item) for item in items if isinstance(item, dict)]
    return {str(item["name"]) for item in inner if isinstance(item, dict) and "name" in item}


def _unknown_ids(calls: list[dict[str, Any]], messages: list[dict[str, Any]]) -> int:
    """Count results that name a call id no call has; where calls have no ids, nothing is told."""
    ids = {call["id"] for call in calls if call["id"]}
    given = [turn["tool_call_id"] for turn in messages if turn["tool_call_id"]]
    return sum(one not in ids for one in given) if ids else 0
