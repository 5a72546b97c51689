"""Prompt and completion: two texts, or two lists of turns."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.base import (
    Row,
    is_judged,
    remember_blanks,
    rename_aliases,
    text_at,
    write_plain,
)
from curator.formats.chat import give_tools, take_tools
from curator.formats.plain import answer_turn, only_text
from curator.formats.read_turns import read_turns
from curator.formats.style import OPENAI, STYLES, style_of
from curator.formats.write_turns import write_turns
from curator.records import Record, Turn

_FIELDS = frozenset(("prompt", "completion", "system", "tools"))
_TOOLS = "wrapped.list"
_PROMPTS = ("question", "query", "input")
_COMPLETIONS = ("response", "answer", "output")


class PromptCompletion:
    """A prompt and its completion; a system text has its own column."""

    name = "prompt_completion"
    fields = _FIELDS
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "prompt": _PROMPTS,
        "completion": _COMPLETIONS,
        "system": ("system_prompt",),
    }

    def recognises(self, row: Row) -> float:
        """Look for a prompt with a completion, also under their other common names."""
        if not any(name in row for name in ("prompt", *_PROMPTS)):
            return 0.0
        answered = any(name in row for name in ("completion", *_COMPLETIONS))
        sure = (1.0 if "prompt" in row else 0.9) if answered else 0.5
        return sure / 2 if is_judged(row) or "instruction" in row else sure

    def read(self, row: Row) -> list[Record]:
        """Read the system text, the prompt, and the completion where there is one."""
        row, renamed = rename_aliases(row, self.aliases)
        if "prompt" not in row:
            raise RowError("prompt", "is missing")
        layout = remember_blanks(row, ("prompt",), ("completion", "system"))
        if renamed:
            layout["columns"] = renamed
        asked = _read_prompt(row["prompt"], row, layout)
        answered = _read_completion(row.get("completion"), row, layout)
        system = text_at(row, "system")
        turns: list[Turn] = [{"role": "system", "content": system}] if system else []
        if system and "prompt" in layout:
            layout["system"] = "column"
        extra = {name: value for name, value in row.items() if name not in _FIELDS}
        record = Record(turns + asked + answered, extra=extra, layout=layout)
        if "tools" in row:
            take_tools(row, record, _TOOLS)
        return [record]

    def body(self, record: Record) -> Row:
        """Write texts, or lists of turns where the row had them."""
        layout = record.layout
        as_turns = "prompt" in layout
        style = STYLES[layout["style"]] if "style" in layout else OPENAI
        system, turns = _split_system(record.messages, apart=not as_turns or "system" in layout)
        length = prompt_length(turns, layout.get("asked"))
        asked, answered = turns[:length], turns[length:]
        out: Row = {}
        out["prompt"] = write_turns(asked, style) if as_turns else only_text(asked, "user")
        if answered:
            in_turns = "completion" in layout
            out["completion"] = (
                write_turns(answered, style) if in_turns else only_text(answered, "assistant")
            )
        if system is not None:
            out["system"] = system
        give_tools(out, record, _TOOLS)
        return out

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def prompt_length(turns: list[Turn], remembered: int | None) -> int:
    """Count the turns that ask: as remembered, or all up to the last user turn."""
    if remembered is not None and remembered <= len(turns):
        return remembered
    users = [i for i, turn in enumerate(turns) if turn["role"] == "user"]
    return users[-1] + 1 if users else max(len(turns) - 1, 0)


def _read_prompt(value: Any, row: Row, layout: Row) -> list[Turn]:
    if type(value) is not list:
        return [{"role": "user", "content": text_at(row, "prompt")}]
    turns = read_turns(value, "prompt")
    layout |= {"prompt": "turns", "asked": len(turns)}
    if style_of(value) is not OPENAI:
        layout["style"] = style_of(value).role
    return turns


def _read_completion(value: Any, row: Row, layout: Row) -> list[Turn]:
    if value is None or value == []:
        return []
    if type(value) is not list:
        return [answer_turn(text_at(row, "completion"))]
    layout["completion"] = "turns"
    return read_turns(value, "completion")


def _split_system(turns: list[Turn], *, apart: bool) -> tuple[str | None, list[Turn]]:
    if not apart or not turns or turns[0]["role"] != "system":
        return None, turns
    if not turns[0]["content"]:
        raise CarryError("its system turn is empty")
    return turns[0]["content"], turns[1:]


PROMPT_COMPLETION = PromptCompletion()
