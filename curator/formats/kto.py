"""KTO: a conversation in any plain shape, with a person's yes or no in `label`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, Shape, finish, rename_aliases, wrong
from curator.formats.chat import Chat
from curator.formats.messages import MESSAGES
from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.formats.sharegpt import SHAREGPT
from curator.formats.style import OPENAI, ROLE_OF, style_of
from curator.records import Record

_INNER: dict[str, Shape] = {
    "messages": MESSAGES,
    "conversations": SHAREGPT,
    "conversation": SHAREGPT,
    "instruction": ALPACA,
    "prompt": PROMPT_COMPLETION,
    "question": PROMPT_COMPLETION,
    "query": PROMPT_COMPLETION,
}
_WHOLE = Chat(name="completion", column="completion", style=OPENAI, tools="wrapped.list")
"""A completion that is the whole conversation, its prompt repeated beside it: KTO-Mix."""
_BY_NAME = {shape.name: shape for shape in (*_INNER.values(), _WHOLE)}
_WORDS = {"true": True, "false": False}


class Kto:
    """The conversation is read and written by the shape its columns name."""

    name = "kto"
    fields = MESSAGES.fields | {"label"}
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"label": ("kto_tag",)}

    def recognises(self, row: Row) -> float:
        """Look for a label beside a conversation with an answer."""
        label = row.get("label", row.get("kto_tag"))
        said = type(label) is str and label.lower() in _WORDS
        inner = _inner_of(row)
        return (
            inner.recognises({**row, "label": None, "kto_tag": None})
            if inner and (type(label) is bool or said)
            else 0.0
        )

    def read(self, row: Row) -> list[Record]:
        """Read the conversation, then the label: a boolean, 0 or 1, or such a text."""
        row, renamed = rename_aliases(row, self.aliases)
        label = _read_label(row)
        inner = _inner_of(row)
        if inner is None:
            raise RowError("messages", "is missing")
        records = inner.read({name: value for name, value in row.items() if name != "label"})
        for record in records:
            record.label = label
            if inner is not MESSAGES:
                record.layout["inner"] = inner.name
            if renamed:
                record.layout["columns"] = record.layout.get("columns", {}) | renamed
        return records

    def body(self, record: Record) -> Row:
        """Write the conversation and the label."""
        if record.rejected is not None:
            raise CarryError("it has a rejected answer, which this shape cannot carry")
        if record.label is None:
            raise CarryError("it has no label, which this shape needs")
        inner = _BY_NAME[record.layout.get("inner", "messages")]
        return inner.body(replace(record, label=None)) | {"label": record.label}

    def write(self, record: Record) -> Row:
        """Write a whole row."""
        return finish(self.body(record), record.layout, record.extra)


def _inner_of(row: Row) -> Shape | None:
    completion = row.get("completion")
    if type(completion) is list and completion and type(completion[0]) is dict:
        name = completion[0].get(style_of(completion).role)
        if ROLE_OF.get(name if type(name) is str else "") in ("system", "user"):
            return _WHOLE
    return next((shape for name, shape in _INNER.items() if name in row), None)


def _read_label(row: Row) -> bool:
    if "label" not in row:
        raise RowError("label", "is missing")
    label: Any = row["label"]
    if type(label) is str:
        label = _WORDS.get(label.lower(), label)
    if type(label) is int and label in (0, 1):
        label = bool(label)
    if type(label) is not bool:
        raise wrong("label", "true or false", label)
    return label


KTO = Kto()
