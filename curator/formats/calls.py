"""Tool calls and tool definitions, in the ways that data sets write them."""

import json
from typing import Any

from curator.errors import RowError
from curator.formats.base import kind, wrong
from curator.records import ToolCall

CALL_FORMS = tuple(
    f"{wrap}.{arguments}"
    for wrap in ("typed", "wrapped", "bare")
    for arguments in ("text", "object")
)
"""How a list of calls may be written; the first is the usual one."""
TOOL_FORMS = ("wrapped.list", "bare.text", "bare.list", "wrapped.text")


def dump(value: Any) -> str:
    """Write JSON the way most data sets do."""
    return json.dumps(value, ensure_ascii=False)


def read_calls(value: Any, path: str) -> list[ToolCall]:
    """Read the `tool_calls` of a turn."""
    if type(value) is not list:
        raise wrong(path, "a list", value)
    return [read_call(entry, f"{path}[{i}]") for i, entry in enumerate(value)]


def read_call(entry: Any, path: str) -> ToolCall:
    """Read one call: `{"function": {…}}` or `{"name": …, "arguments": …}`."""
    if type(entry) is not dict:
        raise wrong(path, "an object", entry)
    function = entry.get("function", entry)
    if type(function) is not dict:
        raise wrong(f"{path}.function", "an object", function)
    name = function.get("name")
    if type(name) is not str:
        raise wrong(f"{path}.name", "text", name)
    call_id = entry.get("id")
    if call_id is not None and type(call_id) is not str:
        raise wrong(f"{path}.id", "text", call_id)
    return ToolCall(id=call_id, name=name, arguments=_arguments(function, path))


def _arguments(function: dict[str, Any], path: str) -> str:
    arguments = function.get("arguments")
    if arguments is None:
        return ""
    if type(arguments) is str:
        return arguments
    if type(arguments) in (dict, list):
        return dump(arguments)
    raise wrong(f"{path}.arguments", "an object or text", arguments)


def write_calls(calls: list[ToolCall], form: str) -> list[dict[str, Any]]:
    """Write calls in one of CALL_FORMS."""
    return [_write_call(call, *form.split(".")) for call in calls]


def _write_call(call: ToolCall, wrap: str, arguments: str) -> dict[str, Any]:
    said = as_object(call["arguments"]) if arguments == "object" else call["arguments"]
    function = {"name": call["name"], "arguments": said}
    head: dict[str, Any] = {} if call["id"] is None else {"id": call["id"]}
    if wrap == "bare":
        return head | function
    return head | ({"type": "function"} if wrap == "typed" else {}) | {"function": function}


def as_object(arguments: str) -> Any:
    """Return arguments as the object they are the usual JSON of; otherwise the text itself."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    return value if type(value) is dict and dump(value) == arguments else arguments


def parse_calls(text: str) -> list[ToolCall]:
    """Read the text of a function_call turn: JSON of one call, or of a list of calls.

    Text that is no call becomes one call without a name, its arguments the text as it is.
    """
    try:
        value = json.loads(text)
        entries = value if type(value) is list and value else [value]
        if any(type(entry) is not dict or "arguments" not in entry for entry in entries):
            return [ToolCall(id=None, name="", arguments=text)]
        return [read_call(entry, "") for entry in entries]
    except (ValueError, RecursionError, RowError):
        return [ToolCall(id=None, name="", arguments=text)]


def render_calls_text(calls: list[ToolCall], *, listed: bool) -> str:
    """Write calls as the text of a function_call turn."""
    if len(calls) == 1 and not listed:
        call = calls[0]
        if not call["name"] and call["id"] is None:
            return call["arguments"]
        return dump(_write_call(call, "bare", "object"))
    return dump(write_calls(calls, "bare.object"))


def read_tools(value: Any) -> str | None:
    """Read tool definitions, a list or its JSON as text; text that is no such list stays as it is.

    Whatever the input's form, a definition comes out as `{"type": "function", "function": {…}}`.
    """
    if value is None or value in ("", "[]", []):
        return None
    if type(value) is str:
        definitions = _definitions(value)
        return value if definitions is None else dump([_wrap(entry) for entry in definitions])
    if type(value) is not list:
        raise wrong("tools", "a list", value)
    for i, entry in enumerate(value):
        if type(entry) is not dict:
            raise RowError(f"tools[{i}]", f'must be an object, found "{kind(entry)}"')
    return dump([_wrap(entry) for entry in value])


def write_tools(tools: str, form: str) -> Any:
    """Write tool definitions in one of TOOL_FORMS; text that is no list of them stays as it is."""
    definitions = _definitions(tools)
    if definitions is None:
        return tools
    wrap, container = form.split(".")
    change = _wrap if wrap == "wrapped" else _unwrap
    entries = [change(entry) for entry in definitions]
    return entries if container == "list" else dump(entries)


def _definitions(text: str) -> list[dict[str, Any]] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = type(value) is list and bool(value) and all(type(entry) is dict for entry in value)
    return value if listed else None


def _wrap(entry: dict[str, Any]) -> dict[str, Any]:
    if "name" in entry and "function" not in entry and "type" not in entry:
        return {"type": "function", "function": entry}
    return entry


def _unwrap(entry: dict[str, Any]) -> dict[str, Any]:
    if list(entry) != ["type", "function"] or entry["type"] != "function":
        return entry
    function: Any = entry["function"]
    return function if type(function) is dict and _wrap(function) == entry else entry
