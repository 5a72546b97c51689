"""Conversations: a run's kept records as they are trained on, side by side of a split."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from curator.errors import CarryError
from curator.export.assign import WHOLE, assign
from curator.export.draw import CAPPED, UNDRAWN
from curator.export.entry import Entry, entries
from curator.export.rows import LEAK
from curator.export.turns import arguments_of, learnt_or_usual, split_answer, split_pair, tools_of
from curator.records import Record, ToolCall, Turn
from curator.run import Run
from curator.splits import sides_in_order

if TYPE_CHECKING:
    from curator.training.conversation import Conversation, Message
    from curator.training.prepare import LeftOut

_BAD = "label.bad"
_SAID = {
    _BAD: "an answer that people labelled bad",
    LEAK: "a held-out record that nearly repeats one of another split",
    CAPPED: "more than the cap of its input allows",
    UNDRAWN: "not drawn by the weight of its input",
}
_UNKNOWN = "not judged"
"""The group of a record whose task nobody knows."""


@dataclass(frozen=True)
class Told:
    """What a run's records are to training."""

    sides: "dict[str, list[Conversation]]"
    """By the name of their split, the one that is trained on first; a record that its input's
    weight takes twice is there twice."""
    left_out: "list[LeftOut]" = field(default_factory=list)

    @property
    def training(self) -> "list[Conversation]":
        """Return what is trained on."""
        return self._side(0)

    @property
    def held_out(self) -> "list[Conversation]":
        """Return what is watched meanwhile; nothing without a second split."""
        return self._side(1)

    def _side(self, place: int) -> "list[Conversation]":
        names = list(self.sides)
        return self.sides[names[place]] if place < len(names) else []


def conversations_of(run: Run, shares: Mapping[str, float]) -> Told:
    """Read the kept records of a run, on the sides where an export with these shares has them.

    What cannot be trained on is left out with a reason: the held-out side of a leak, answers that
    people labelled bad, and what no chat template can carry.
    """
    from curator.training.prepare import LeftOut

    sides: defaultdict[str, list[Conversation]] = defaultdict(list)
    names = sides_in_order(shares) or [WHOLE]
    left_out: list[LeftOut] = []
    for entry, group in _grouped(run, shares):
        try:
            told = conversation_of(entry, group)
        except CarryError as error:
            reason = str(error)
            said = _SAID.get(reason, "")
            left_out.append(LeftOut(entry.id, reason, said=said, wanted=bool(said)))
            continue
        sides[entry.side].extend([told] * entry.copies)
    return Told({name: sides[name] for name in names}, left_out)


def _grouped(run: Run, shares: Mapping[str, float]) -> Iterator[tuple[Entry, str]]:
    """Pair each kept record with its task, or with its source where no filter finds tasks."""
    marks = assign(run, shares)
    found = [entry.label for entry in run.recipe.filters if entry.filter == "task"]
    if not found:
        for entry in entries(run, marks):
            yield entry, entry.source
        return
    column = pl.col(f"{found[0]}__task").fill_null(_UNKNOWN)
    tasks = run.scores().select(column).collect().to_series()
    yield from zip(entries(run, marks), tasks.filter(marks["side"].is_not_null()), strict=True)


def conversation_of(entry: Entry, group: str) -> "Conversation":
    """Make a conversation of a kept record, or raise a CarryError that says why not."""
    from curator.training.conversation import Conversation

    record = entry.record
    if entry.leaked:
        raise CarryError(LEAK)
    if entry.left:
        raise CarryError(entry.left)
    if record.label is False:
        raise CarryError(_BAD)
    tools = json.loads(tools_of(record))
    context = _context(record, entry.shape)
    learn = learnt_or_usual(record.messages, context)
    messages = [_message(*both) for both in zip(record.messages, learn, strict=True)]
    return Conversation(entry.id, messages, tools or None, group)


def _context(record: Record, shape: str) -> int:
    """Count the turns whose answers are there to be read: those before the answer that was chosen,
    or that the row has in a column of its own."""
    if record.rejected is not None:
        return len(split_pair(record).asked)
    return len(split_answer(record)[0]) if shape == "prompt_completion" else 0


def _message(turn: Turn, learn: bool | None) -> "Message":
    """Write a turn as chat templates read it."""
    found: dict[str, Any] = {"role": turn["role"], "content": turn["content"]}
    if turn.get("reasoning") is not None:
        found["reasoning_content"] = _reasoning(turn)
    if turn.get("tool_calls"):
        found["tool_calls"] = [_call(call) for call in turn["tool_calls"]]
    found |= {key: turn[key] for key in ("name", "tool_call_id") if turn.get(key)}
    return found if learn is None else found | {"learn": learn}


def _reasoning(turn: Turn) -> str:
    """Return the thinking of a turn; thinking that was cut off would be learnt as if it ended."""
    marks = turn.get("layout", {}).get("think", ())
    if isinstance(marks, list) and len(marks) == 1 and not turn["content"]:
        raise CarryError("thinking that nothing closes, and no answer")
    return turn["reasoning"]


def _call(call: ToolCall) -> dict[str, Any]:
    named = {"id": call["id"]} if call.get("id") else {}
    function = {"name": call["name"], "arguments": arguments_of(call)}
    return {**named, "type": "function", "function": function}
