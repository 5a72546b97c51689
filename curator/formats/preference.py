"""Preference: a prompt with a chosen and a rejected answer, in any of the common ways."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, Shape, finish, wrong
from curator.formats.chat import give_tools, take_tools
from curator.formats.marks import HUMAN, MARKS, Marks, marks_in, read_marked, write_marked
from curator.formats.messages import MESSAGES
from curator.formats.plain import answer_turn, only_text
from curator.formats.prompt_completion import PROMPT_COMPLETION, prompt_length
from curator.formats.read_turns import read_turn, read_turns
from curator.formats.sharegpt import SHAREGPT
from curator.formats.style import OPENAI, STYLES, Style, style_of
from curator.formats.write_turns import write_turn, write_turns
from curator.records import Record, Turn

_INNER: dict[str, Shape] = {
    "conversations": SHAREGPT,
    "conversation": SHAREGPT,
    "messages": MESSAGES,
    "instruction": ALPACA,
    "prompt": PROMPT_COMPLETION,
    "question": PROMPT_COMPLETION,
    "query": PROMPT_COMPLETION,
    "input": PROMPT_COMPLETION,
}
_BY_NAME = {shape.name: shape for shape in _INNER.values()}
_SIDES = ("chosen", "rejected")
MARKED = "marked"
"""The form of sides that are transcripts."""
_TOOLS = "wrapped.list"
_USUAL: Row = {"inner": "prompt_completion", "prompt": "turns", "side": "turns"}


class Preference:
    """The prompt is read and written by the shape its columns name.

    `messages` holds the prompt and the chosen answer, `rejected` only the other answer's turns.
    Where both sides are whole conversations, what they have in common at the start is the prompt.
    """

    name = "preference"
    fields = frozenset((*_SIDES, "prompt", "system", "tools"))
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def recognises(self, row: Row) -> float:
        """Look for both sides of a pair."""
        values = [row.get(name) for name in _SIDES]
        if any(type(value) not in (str, dict, list) for value in values):
            return 0.0
        whole = all(type(value) is list for value in values) or _marks_of_pair(row)
        return 1.0 if whole or _inner_of(row) else 0.7

    def read(self, row: Row) -> list[Record]:
        """Read the prompt and both sides."""
        marks = _marks_of_pair(row)
        if marks:
            return [_read_marked_pair(row, marks)]
        chosen, rejected = (_read_side(row, name) for name in _SIDES)
        layout: Row = {"side": _form(row["chosen"])}
        style = _side_style(row["chosen"])
        if style is not OPENAI:
            layout["side_style"] = style.role
        if _is_whole(chosen) and _is_whole(rejected):
            return [_read_whole(row, chosen, rejected, layout)]
        prompt = {name: value for name, value in row.items() if name not in _SIDES}
        inner = _inner_of(row)
        record = inner.read(prompt)[0] if inner else Record([], extra=prompt)
        layout |= {"inner": inner.name if inner else "", "common": len(record.messages)}
        record.layout = record.layout | layout
        record.messages, record.rejected = record.messages + chosen, rejected
        return [record]

    def body(self, record: Record) -> Row:
        """Write the prompt and both sides."""
        if record.rejected is None:
            raise CarryError("it has no rejected answer, which this shape needs")
        if record.label is not None:
            raise CarryError("it has a label, which this shape cannot carry")
        layout = record.layout if "side" in record.layout else record.layout | _USUAL
        length = prompt_length(record.messages, layout.get("common"))
        prompt, chosen = record.messages[:length], record.messages[length:]
        whole = "side" not in record.layout and _is_whole(chosen) and _is_whole(record.rejected)
        if whole or layout.get("whole"):
            return _write_whole(record, prompt, layout)
        out: Row = {}
        if layout["inner"]:
            asked = Record(prompt, tools=record.tools, layout=layout)
            out = _BY_NAME[layout["inner"]].body(asked)
        sides = zip(_SIDES, (chosen, record.rejected), strict=True)
        return out | {name: _write_side(name, turns, layout) for name, turns in sides}

    def write(self, record: Record) -> Row:
        """Write a whole row."""
        return finish(self.body(record), record.layout, record.extra)


def _inner_of(row: Row) -> Shape | None:
    if type(row.get("prompt")) is list:
        return PROMPT_COMPLETION
    return next((shape for name, shape in _INNER.items() if name in row), None)


def _marks_of_pair(row: Row) -> Marks | None:
    """Return the marks of a pair of transcripts, in which prompt and answers are one text."""
    values = [row.get(name) for name in _SIDES]
    if any(type(value) is not str for value in values) or _inner_of(row):
        return None
    found = [marks_in(str(value)) for value in values]
    return found[0] if found[0] is found[1] else None


def _read_marked_pair(row: Row, marks: Marks) -> Record:
    sides = {name: read_marked(row[name], marks) for name in _SIDES}
    layout: Row = {name: rest for name, (_, rest) in sides.items() if rest}
    layout |= {"side": MARKED} | ({} if marks is HUMAN else {"marked": marks.name})
    return _read_whole(row, sides["chosen"][0], sides["rejected"][0], layout)


def _form(value: Any) -> str:
    if type(value) is str:
        return "text"
    return "turn" if type(value) is dict else "turns"


def _side_style(value: Any) -> Style:
    return style_of([value] if type(value) is dict else value)


def _read_side(row: Row, name: str) -> list[Turn]:
    if name not in row:
        raise RowError(name, "is missing")
    value = row[name]
    if type(value) is str:
        return [answer_turn(value)]
    if type(value) is dict:
        return [read_turn(value, _side_style(value), name)]
    if type(value) is not list:
        raise wrong(name, "text or a list", value)
    return read_turns(value, name)


def _write_side(name: str, turns: list[Turn], layout: Row) -> Any:
    form = layout["side"]
    if form == MARKED:
        marks = MARKS[layout.get("marked", HUMAN.name)]
        text = write_marked(turns, layout.get(name, {}), marks)
        if marks_in(text) is not marks:
            raise CarryError("a side of the pair would not be read as a transcript")
        return text
    if form == "text":
        return only_text(turns, "assistant")
    style = STYLES[layout.get("side_style", OPENAI.role)]
    if form == "turns":
        return write_turns(turns, style)
    if len(turns) != 1:
        raise CarryError("a side of the pair has more than one turn")
    return write_turn(turns[0], style)


def _is_whole(turns: list[Turn]) -> bool:
    return bool(turns) and turns[0]["role"] in ("system", "user")


def _said(turn: Turn) -> Row:
    return {key: value for key, value in turn.items() if key not in ("layout", "extra")}


def _read_whole(row: Row, chosen: list[Turn], rejected: list[Turn], layout: Row) -> Record:
    most = min(len(chosen), len(rejected)) - 1
    common = next((i for i in range(most) if _said(chosen[i]) != _said(rejected[i])), most)
    layout |= {"whole": True, "common": common}
    known = {*_SIDES, "tools"}
    asked = [turn["content"] for turn in chosen[:common] if turn["role"] == "user"]
    if asked and row.get("prompt") == asked[-1]:
        layout["prompt"] = "repeated"
        known.add("prompt")
    extra = {name: value for name, value in row.items() if name not in known}
    record = Record(chosen, rejected[common:], extra=extra, layout=layout)
    if "tools" in row:
        take_tools(row, record, _TOOLS)
    return record


def _write_whole(record: Record, prompt: list[Turn], layout: Row) -> Row:
    asked = [turn["content"] for turn in prompt if turn["role"] == "user"]
    out: Row = {"prompt": asked[-1]} if asked and layout.get("prompt") == "repeated" else {}
    out["chosen"] = _write_side("chosen", record.messages, layout)
    out["rejected"] = _write_side("rejected", prompt + (record.rejected or []), layout)
    give_tools(out, record, _TOOLS)
    return out


PREFERENCE = Preference()
