"""Tools as OpenAI takes them: functions that are defined, calls with ids, and a result for each."""

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from curator.errors import CarryError
from curator.export.turns import arguments_of, tools_of
from curator.records import Record, Turn

MOST_TOOLS = 128
MOST_ID = 40
"""Characters of a call's id, by the API's own error."""
_FUNCTION = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def functions_of(record: Record) -> list[dict[str, Any]]:
    """Return the record's tools as `{"type": "function", "function": {…}}`."""
    tools = [_wrapped(tool) for tool in json.loads(tools_of(record))]
    if len(tools) > MOST_TOOLS:
        raise CarryError(f"more than {MOST_TOOLS} tools")
    names = [tool["function"]["name"] for tool in tools]
    if len(set(names)) < len(names):
        raise CarryError("two tools of one name")
    return tools


def told_calls(turns: Sequence[Turn], names: Collection[str]) -> dict[int, dict[str, Any]]:
    """Return by turn what calls and results say beside their text; both must fit each other.

    Calls without an id, which many formats lack, get one from their place, and so do the results
    that follow them in order.
    """
    told: dict[int, dict[str, Any]] = {}
    waiting: list[str] = []
    for place, turn in enumerate(turns):
        if turn["role"] == "tool":
            told[place] = {"tool_call_id": _answered(turn, waiting)}
            continue
        if waiting:
            raise CarryError("a tool call that no tool turn answers")
        if calls := turn.get("tool_calls"):
            if turn["role"] != "assistant":
                raise CarryError("a tool call in a turn that is not the assistant's")
            told[place] = {
                "tool_calls": [_call(c, f"call_{place}_{i}") for i, c in enumerate(calls)]
            }
            _refuse_unknown([call["name"] for call in calls], names)
            waiting = [call["id"] for call in told[place]["tool_calls"]]
            if len(set(waiting)) < len(waiting):
                raise CarryError("two tool calls of one id")
    if waiting and turns[-1]["role"] == "tool":
        raise CarryError("a tool call that no tool turn answers")
    return told


def _call(call: Any, otherwise: str) -> dict[str, Any]:
    arguments_of(call)
    named = call["id"] or otherwise
    if len(named) > MOST_ID:
        raise CarryError(f"the id of a tool call is longer than {MOST_ID} characters")
    function = {"name": call["name"], "arguments": call["arguments"] or "{}"}
    return {"id": named, "type": "function", "function": function}


def _answered(turn: Turn, waiting: list[str]) -> str:
    """Take the call that a result is for from those that wait."""
    if not waiting:
        raise CarryError("a tool turn that no tool call asks for")
    named = turn.get("tool_call_id") or waiting[0]
    if named not in waiting:
        raise CarryError("a tool turn for another call than those before it")
    waiting.remove(named)
    return named


def _refuse_unknown(called: Sequence[str], names: Collection[str]) -> None:
    if not set(called) <= set(names):
        raise CarryError("a call of a function that is not among the tools")


def _wrapped(tool: Any) -> dict[str, Any]:
    """Return one tool as a function, however it was written down."""
    found = tool.get("function", tool) if isinstance(tool, dict) else None
    function: dict[str, Any] = found if isinstance(found, dict) else {}
    name = function.get("name")
    if not isinstance(name, str) or not _FUNCTION.fullmatch(name):
        raise CarryError("a tool without a name of letters, digits, _ and -, up to 64 of them")
    parameters = function.get("parameters", {})
    if not isinstance(parameters, dict):
        raise CarryError("a tool whose parameters are not an object")
    known = ("name", "description", "parameters", "strict")
    said = {key: function[key] for key in known if function.get(key) is not None}
    return {"type": "function", "function": said}
