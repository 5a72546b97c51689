"""The record: messages and what belongs to them, with a hash of its content."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, Required, TypedDict

import xxhash

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")


class ToolCall(TypedDict):
    """One call an assistant turn makes; `arguments` is text, JSON when well formed."""

    id: str | None
    name: str
    arguments: str


class Turn(TypedDict, total=False):
    """One message of a conversation; a key that is absent says the input had nothing there.

    `layout` remembers how the turn was written down (key style, content parts, think tags), `extra`
    holds the fields no shape knows; neither is part of the content.
    """

    role: Required[Role]
    content: Required[str]
    reasoning: NotRequired[str]
    name: NotRequired[str]
    tool_calls: NotRequired[list[ToolCall]]
    tool_call_id: NotRequired[str]
    weight: NotRequired[float]
    layout: NotRequired[dict[str, Any]]
    extra: NotRequired[dict[str, Any]]


@dataclass(slots=True)
class Record:
    """One training conversation, as a shape read it from one input row.

    `rejected` is the other side of a preference pair, `label` a person's yes or no (KTO), `tools`
    the tool definitions as JSON text. `extra` holds the row's unknown fields, `layout` how the row
    was written down, `raw` the row itself where shape and layout cannot rebuild it.
    """

    messages: list[Turn]
    rejected: list[Turn] | None = None
    tools: str | None = None
    label: bool | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    layout: dict[str, Any] = field(default_factory=dict)
    raw: str | None = None


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(value: Any) -> str:
    """Write JSON in one way only: keys sorted, no spaces, text as it is."""
    return _CANONICAL(value)


_USUAL = json.JSONEncoder(ensure_ascii=False).encode


def usual_json(value: Any) -> str:
    """Write JSON as it is usually written; objects of texts only, which most are, directly."""
    if type(value) is dict and all(type(text) is str for text in value.values()):
        return (
            "{" + ", ".join(f"{_QUOTE(key)}: {_QUOTE(text)}" for key, text in value.items()) + "}"
        )
    return _USUAL(value)


_CONTENT_KEYS = ("role", "content", "reasoning", "name", "tool_calls", "tool_call_id", "weight")
_PLAIN = 2
"""Keys of a turn that has a role and a content and nothing else."""
_QUOTE = json.encoder.encode_basestring


def content_of(record: Record) -> str:
    """Hash what the record says: xxh3-128 (32 hex digits) of its canonical JSON."""
    parts = []
    if record.label is not None:
        parts.append(f'"label":{canonical_json(record.label)}')
    parts.append(f'"messages":{_said(record.messages)}')
    if record.rejected is not None:
        parts.append(f'"rejected":{_said(record.rejected)}')
    if record.tools is not None:
        parts.append(f'"tools":{_QUOTE(record.tools)}')
    text = "{" + ",".join(parts) + "}"
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass"))


def _said(turns: list[Turn]) -> str:
    """Write turns as canonical JSON; plain turns, which are most, are written directly."""
    return "[" + ",".join(map(_turn_json, turns)) + "]"


def _turn_json(turn: Turn) -> str:
    if len(turn) == _PLAIN:
        return f'{{"content":{_QUOTE(turn["content"])},"role":"{turn["role"]}"}}'
    return canonical_json({key: value for key, value in turn.items() if key in _CONTENT_KEYS})
