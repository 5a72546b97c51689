"""Views of a record, and normalised text: what filters and duplicates read."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import xxhash

from curator.records.model import Record, ToolCall, Turn

JOINER = "\n\n"
"""What stands between two turns, or two parts of one turn, when they become one text."""


class Views(NamedTuple):
    """The texts of a record, each turn joined to the next by a blank line."""

    prompt: str
    response: str
    reasoning: str
    text: str
    rejected: str | None
    follow_up: str | None
    setting: str | None


def views_of(record: Record) -> Views:
    """Return the record's views as DESIGN defines them.

    `prompt` is every turn before the first assistant turn but the system turn, `response` the
    assistant turns without reasoning, `reasoning` their thinking, `text` every turn but system,
    `rejected` the assistant turns of the other side of a preference pair (null when there is none),
    `follow_up` what is said to the assistant after its first turn (null when nothing is),
    `setting` a hash of the system turns and the tools (null when there are neither).
    """
    prompt: list[str] = []
    response: list[str] = []
    reasoning: list[str] = []
    text: list[str] = []
    follow_up: list[str] = []
    system: list[str] = []
    for turn in record.messages:
        if turn["role"] == "system":
            system.append(turn["content"])
            continue
        said = said_in(turn)
        text.append(said)
        if turn["role"] == "assistant":
            response.append(said)
            reasoning.append(turn.get("reasoning", ""))
        else:
            (follow_up if response else prompt).append(said)
    rejected = None
    if record.rejected is not None:
        rejected = _join([said_in(turn) for turn in record.rejected if turn["role"] == "assistant"])
    return Views(
        _join(prompt),
        _join(response),
        _join(reasoning),
        _join(text),
        rejected,
        _join(follow_up) if follow_up else None,
        _setting(system, record.tools) if system or record.tools else None,
    )


def _setting(system: list[str], tools: str | None) -> str:
    text = f"{normalise(_join(system))}\0{tools or ''}"
    return xxhash.xxh3_64_hexdigest(text.encode("utf-8", "surrogatepass"))


def said_in(turn: Turn) -> str:
    """Return what a turn says: its content, then its tool calls, without reasoning."""
    calls = turn.get("tool_calls")
    if not calls:
        return turn["content"]
    return _join([turn["content"], render_calls(calls)])


def render_calls(calls: Sequence[ToolCall]) -> str:
    """Write tool calls as text, one `name(arguments)` a line."""
    return "\n".join(f"{call['name']}({call['arguments']})" for call in calls)


def _join(texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return JOINER.join(text for text in texts if text)


def normalise(text: str) -> str:
    """Fold what does not make two texts different: NFC, casefold, white space collapsed."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.casefold().split())
