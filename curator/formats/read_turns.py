"""Turns in: read from either key style, with what is remembered of how they were written."""

import math
from typing import Any

from curator.errors import CarryError, RowError
from curator.formats.base import Row, wrong
from curator.formats.calls import CALL_FORMS, parse_calls, read_call, read_calls, write_calls
from curator.formats.parts import join_parts
from curator.formats.style import CALLING, OPENAI, SAID, SHAREGPT, Style, role_of, style_of
from curator.formats.think import split_think, thinking_of
from curator.formats.write_turns import write_turn
from curator.records import Turn

_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "analysis", "thought")
_MOST = 1e9
_PLAIN = 2
"""Nearly every turn has just these keys: a role and a content."""
_KNOWN = frozenset(("name", "tool_calls", "tool_call_id", "weight", "reasoning_content"))


def read_turns(value: Any, path: str) -> list[Turn]:
    """Read a list of turns, all in the key style of the first one."""
    if type(value) is not list:
        raise wrong(path, "a list", value)
    style = style_of(value)
    return [read_turn(entry, style, f"{path}[{i}]") for i, entry in enumerate(value)]


def read_turn(entry: Any, style: Style, path: str) -> Turn:
    """Read one turn; what is remembered of how it was written goes to its `layout`."""
    if type(entry) is not dict:
        raise wrong(path, "an object", entry)
    if style.role not in entry:
        style = SHAREGPT if "from" in entry else OPENAI
    role = role_of(entry, style, path)
    text = entry.get(style.content)
    if len(entry) == _PLAIN and type(text) is str and entry[style.role] == style.names[role]:
        turn: Turn = {"role": role, "content": text}
        layout = split_thought(turn) if role == "assistant" else {}
        if next(iter(entry)) != style.role:
            layout["keys"] = list(entry)
        if layout:
            turn["layout"] = layout
        return turn
    return _read_odd(entry, style, path)


def _read_odd(entry: Row, style: Style, path: str) -> Turn:
    role = role_of(entry, style, path)
    turn: Turn = {"role": role, "content": ""}
    layout = _read_content(entry, style, path, turn)
    name = entry[style.role]
    calling = name.lower() in CALLING
    if name != (CALLING[0] if calling else style.names[role]):
        layout["as"] = name
    _read_thought(entry, turn, layout)
    if calling:
        _read_said_calls(turn, style, layout)
    else:
        _read_tool_calls(entry, style, path, turn, layout)
    _read_scalars(entry, path, turn, layout)
    known = (style.role, style.content, *_taken(layout))
    extra = {key: value for key, value in entry.items() if key not in known}
    if extra:
        turn["extra"] = extra
    _remember(turn, layout, entry, style)
    return turn


def _taken(layout: Row) -> frozenset[str]:
    renamed = layout.get("columns", {})
    legacy = {"function_call"} if layout.get("calls") == "legacy" else set()
    return (_KNOWN - set(renamed)) | set(renamed.values()) | legacy


def _remember(turn: Turn, layout: Row, entry: Row, style: Style) -> None:
    if layout:
        turn["layout"] = layout
    try:
        keys = list(write_turn(turn, style))
    except CarryError:
        return
    if keys != list(entry):
        turn["layout"] = layout | {"keys": list(entry)}


def _read_content(entry: Row, style: Style, path: str, turn: Turn) -> Row:
    key = style.content
    value = entry.get(key)
    if value is None:
        return {"blank": {key: None}} if key in entry else {"absent": [key]}
    if type(value) is str:
        turn["content"] = value
        return {}
    if type(value) is not list:
        raise wrong(f"{path}.{key}", "text", value)
    value = _without_thinking(value, turn)
    texts = [_text_part(part, f"{path}.{key}[{i}]") for i, part in enumerate(value)]
    turn["content"] = join_parts(texts)
    layout: Row = {"parts": [len(text) for text in texts]}
    if value and type(value[0]) is dict and "text" not in value[0]:
        layout["part"] = "value"
    return layout


def _without_thinking(parts: list[Any], turn: Turn) -> list[Any]:
    """Move what content parts think to the turn's reasoning, and return the other parts."""
    thoughts = [thinking_of(part) for part in parts]
    if thought := join_parts([text for text in thoughts if text]):
        turn["reasoning"] = thought
    return [part for part, text in zip(parts, thoughts, strict=True) if text is None]


def _text_part(part: Any, path: str) -> str:
    if type(part) is str:
        return part
    if type(part) is not dict:
        raise wrong(path, "an object", part)
    if part.get("type", "text") not in ("text", "input_text", "output_text"):
        raise RowError(
            f"{path}.type", f"must be text, the only kind there is, found {part['type']!r}"
        )
    text = part.get("text", part.get("value"))
    if type(text) is not str:
        raise wrong(f"{path}.text", "text", text)
    return text


def split_thought(turn: Turn) -> Row:
    """Move an answer's thinking to the turn's reasoning; return how it was marked."""
    thought = split_think(turn["content"])
    if thought is None:
        return {}
    turn["content"], turn["reasoning"] = thought.content, thought.reasoning
    return {"think": thought.marks}


def _read_thought(entry: Row, turn: Turn, layout: Row) -> None:
    """Take thinking from a key of its own, from content parts and from tags; equal ones once."""
    key = next((key for key in _THOUGHTS if type(entry.get(key)) is str and entry[key]), None)
    found = [entry[key]] if key is not None else []
    found += [turn["reasoning"]] if "reasoning" in turn else []
    if turn["role"] == "assistant" and (marked := split_thought(turn)):
        layout.update(marked)
        found += [turn["reasoning"]]
    if key is not None and key != _THOUGHTS[0]:
        layout.setdefault("columns", {})[_THOUGHTS[0]] = key
    if key is None and _THOUGHTS[0] in entry:
        layout.setdefault("blank", {})[_THOUGHTS[0]] = entry[_THOUGHTS[0]]
    if len(found) == 1:
        turn["reasoning"] = found[0]
    elif found:
        turn["reasoning"] = join_parts(list({text.strip(): text for text in found}.values()))


def _read_said_calls(turn: Turn, style: Style, layout: Row) -> None:
    calls = parse_calls(turn["content"])
    listed = len(calls) == 1 and turn["content"].lstrip().startswith("[") and bool(calls[0]["name"])
    turn["tool_calls"], turn["content"] = calls, ""
    if listed:
        layout["listed"] = True
    if style is not SHAREGPT:
        layout["calls"] = SAID


def _read_tool_calls(entry: Row, style: Style, path: str, turn: Turn, layout: Row) -> None:
    value = entry.get("tool_calls")
    if value:
        turn["tool_calls"] = read_calls(value, f"{path}.tool_calls")
        found = (form for form in CALL_FORMS if write_calls(turn["tool_calls"], form) == value)
        form = next(found, CALL_FORMS[0])
    elif entry.get("function_call"):
        turn["tool_calls"] = [read_call(entry["function_call"], f"{path}.function_call")]
        form = "legacy"
    else:
        if "tool_calls" in entry:
            layout.setdefault("blank", {})["tool_calls"] = value
        return
    if form != style.calls:
        layout["calls"] = form


def _read_scalars(entry: Row, path: str, turn: Turn, layout: Row) -> None:
    for key in ("name", "tool_call_id"):
        value = entry.get(key)
        if value and type(value) is not str:
            raise wrong(f"{path}.{key}", "text", value)
        if value:
            turn[key] = value
        elif key in entry:
            layout.setdefault("blank", {})[key] = value
    given = [key for key in ("weight", "loss_weight") if key in entry]
    key = next((key for key in given if entry[key] is not None), given[0] if given else "weight")
    value = entry.get(key)
    if value is not None:
        turn["weight"] = _weight(value, f"{path}.{key}")
    if key == "loss_weight":
        layout.setdefault("columns", {})["weight"] = key
    if key in entry and value is None:
        layout.setdefault("blank", {})["weight"] = None


def _weight(value: Any, path: str) -> float:
    if type(value) not in (int, float):
        raise wrong(path, "a number", value)
    if not math.isfinite(value) or abs(value) > _MOST:
        raise RowError(path, f"must be a weight such as 0 or 1, found {str(value)[:20]}")
    return float(value)
