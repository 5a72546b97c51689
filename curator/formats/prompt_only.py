"""Prompts: a question without an answer, as sampling and reinforcement learning want them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from curator.errors import CarryError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, Shape, rename_aliases, write_plain
from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.records import Record

_PROMPTS = ("prompt", "instruction", "question", "query")
_OTHERS = (*_PROMPTS[2:], "text")
_ASIDE = frozenset(
    ("input", "system", "tools", "id", "uuid", "source", "category", "task", "language", "lang")
)
_ANSWERS = frozenset(("completion", "response", "answer", "output", "outputs", "targets", "target"))
_LONGEST_NAME = 60
"""A text of more characters than this in an unknown column may be an answer; no name is so long."""


class PromptOnly:
    """No answer is missing here: `structure.no_answer` does not fire.

    Instruction and input are read as in alpaca. Whatever else a row has is kept beside the prompt,
    a reference answer too.
    """

    name = "prompt_only"
    fields = frozenset(("prompt", "instruction", "input", "system", "tools"))
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"prompt": ("instruction", *_OTHERS)}

    def recognises(self, row: Row) -> float:
        """Look for a prompt, and for nothing that could be its answer."""
        named = [name for name in _PROMPTS if type(row.get(name)) in (str, list)]
        text = row.get("text")
        asks = type(text) is str and text.rstrip().endswith(("?", "\uff1f"))
        if not named and not asks:
            return 0.0
        if _ANSWERS.intersection(row):
            return 0.0
        beside = [name for name in row if name not in named[:1] and (named or name != "text")]
        if any(_may_answer(name, row[name]) for name in beside):
            return 0.3 if named else 0.0
        return 0.8 if named else 0.4

    def read(self, row: Row) -> list[Record]:
        """Read the prompt; columns that hold answers elsewhere are kept beside it."""
        hidden = {name: value for name, value in row.items() if name in _ANSWERS}
        inside = {name: value for name, value in row.items() if name not in hidden}
        renamed: dict[str, str] = {}
        inner: Shape = PROMPT_COMPLETION
        if "prompt" not in row and "instruction" in row:
            inner = ALPACA
        else:
            inside, renamed = rename_aliases(inside, {"prompt": _OTHERS})
        record = inner.read(inside)[0]
        if inner is ALPACA:
            record.layout["inner"] = inner.name
        if renamed:
            record.layout["columns"] = renamed
        record.extra |= hidden
        return [record]

    def body(self, record: Record) -> Row:
        """Write the prompt in the shape it had."""
        if any(turn["role"] == "assistant" for turn in record.messages[-1:]):
            raise CarryError("it has an answer, which this shape cannot carry")
        layout = record.layout
        if layout.get("inner") == ALPACA.name:
            return ALPACA.body(record)
        if "prompt" not in layout and not _is_plain(record):
            turns = {"prompt": "turns", "asked": len(record.messages)}
            record = replace(record, layout=layout | turns)
        return PROMPT_COMPLETION.body(record)

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def _is_plain(record: Record) -> bool:
    """Say whether a text says the prompt, with at most a system text beside it."""
    roles = [turn["role"] for turn in record.messages]
    plain = all(turn.keys() <= {"role", "content", "layout"} for turn in record.messages)
    return plain and roles in (["user"], ["system", "user"])


def _may_answer(name: str, value: Any) -> bool:
    """Say whether a column beside the prompt could hold an answer, or makes the row another one."""
    if name in ("label", "labels", "role", "parent_id", "messages", "conversations", "chosen"):
        return True
    if name in _ASIDE or name in _PROMPTS:
        return False
    if type(value) is str:
        return len(value) > _LONGEST_NAME
    return type(value) is list and bool(value) and type(value[0]) in (str, dict)


PROMPT_ONLY = PromptOnly()
