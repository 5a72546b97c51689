"""Turns out: written in either key style, each as its layout remembers it."""

from typing import Any

from curator.errors import CarryError
from curator.formats.base import Row, finish
from curator.formats.calls import parse_calls, render_calls_text, write_calls
from curator.formats.parts import cut_parts
from curator.formats.style import CALLING, SAID, Style
from curator.formats.think import join_think
from curator.records import Turn


def write_turns(turns: list[Turn], style: Style) -> list[Row]:
    """Write turns in a key style."""
    return [write_turn(turn, style) for turn in turns]


def write_turn(turn: Turn, style: Style) -> Row:
    """Write one turn in a key style, unknown fields included."""
    if len(turn) == 2:  # noqa: PLR2004 — a role and a content, which is nearly every turn
        return {style.role: style.names[turn["role"]], style.content: turn["content"]}
    layout = turn.get("layout", {})
    form = layout.get("calls", style.calls)
    if turn.get("tool_calls") and form == SAID:
        out: Row = {style.role: layout.get("as", CALLING[0]), style.content: _said_calls(turn)}
    else:
        out = {style.role: layout.get("as", style.names[turn["role"]])}
        out[style.content] = _content(turn)
        if "reasoning" in turn and "think" not in layout:
            out["reasoning_content"] = turn["reasoning"]
    _write_fields(out, turn, form)
    return finish(out, layout, turn.get("extra", {}))


def _content(turn: Turn) -> Any:
    layout = turn.get("layout", {})
    text = join_think(turn) if "think" in layout else turn["content"]
    if "parts" not in layout:
        return text
    texts = cut_parts(text, layout["parts"])
    key = layout.get("part", "text")
    return [{"type": "text", key: part} for part in ([text] if texts is None else texts)]


def _said_calls(turn: Turn) -> str:
    if turn["content"]:
        raise CarryError("a turn has both text and tool calls")
    layout = turn.get("layout", {})
    calls = render_calls_text(turn["tool_calls"], listed=layout.get("listed", False))
    if turn["role"] != "assistant" or parse_calls(calls) != turn["tool_calls"]:
        raise CarryError("its tool calls cannot be written as the text of a turn")
    said: Turn = {**turn, "content": calls}
    return join_think(said)


def _write_fields(out: Row, turn: Turn, form: str) -> None:
    calls = turn.get("tool_calls", [])
    if "name" in turn:
        out["name"] = turn["name"]
    if calls and form == "legacy":
        out["function_call"] = write_calls(calls, "bare.text")[0]
    elif calls and form != SAID:
        out["tool_calls"] = write_calls(calls, form)
    if "tool_call_id" in turn:
        out["tool_call_id"] = turn["tool_call_id"]
    if "weight" in turn:
        weight = turn["weight"]
        renamed = turn.get("layout", {}).get("columns", {}).get("weight")
        out["weight"] = int(weight) if renamed is None and weight.is_integer() else weight
