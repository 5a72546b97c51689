"""TRL: the conversational data sets of Hugging Face's trainers.

One layout for each trainer: `messages` (SFT), `prompt`/`completion` (SFT on the answer only),
`prompt`/`chosen`/`rejected` (DPO, reward) or `prompt`/`completion`/`label` (KTO).
"""

import json
from dataclasses import dataclass
from typing import Any

from curator.export.assign import loaded_as
from curator.export.entry import Entry
from curator.export.lesson import Lesson
from curator.export.survey import Survey
from curator.export.trl_config import trl_config
from curator.export.turns import (
    arguments_of,
    check,
    check_learnt,
    learnt_turns,
    split_answer,
    split_pair,
    text_of,
    tools_of,
)
from curator.recipe.model import Container
from curator.records import Record, ToolCall, Turn


@dataclass(frozen=True)
class Trl:
    """Write records as TRL reads them: `tools` as JSON text, thinking in `<think>` tags."""

    found: Survey
    container: Container
    lesson: Lesson | None = None
    """How a model is to be trained on the answers; without it, no config is written."""

    @property
    def layout(self) -> str:
        """Name the columns."""
        if self.found.kind != "answers":
            return self.found.kind
        last = self.lesson is not None and self.lesson.last
        return "prompt_completion" if self.found.completions or last else "messages"

    @property
    def caution(self) -> str:
        """Warn of containers that cannot give the arguments of tool calls back as they were."""
        if not self.found.has_tools or self.container == "hf":
            return ""
        lost = {
            "jsonl": "`load_dataset` gives every call the arguments of all calls in its file, and "
            "fails on a large file whose first rows call no tool",
            "parquet": "the arguments are JSON text here, while most chat templates want objects",
        }
        better = "write tokens (`--tokens`)" if self.lesson else "export `as: hf`"
        return f"For records with tool calls, {better}: {lost[self.container]}."

    @property
    def command(self) -> str:
        """The command that trains on the rows."""
        return self.lesson.command if self.lesson else ""

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError."""
        record = entry.record
        check(record, self.found.kind)
        row = self._taught(entry, self.lesson) if self.lesson else _ROWS[self.layout](record)
        if self.found.has_tools:
            row["tools"] = tools_of(record)
        return json.dumps(row, ensure_ascii=False)

    def _taught(self, entry: Entry, lesson: Lesson) -> dict[str, Any]:
        """Write a record so that TRL learns the answers that are to be learnt, and no others."""
        turns, said = entry.record.messages, conversation(entry.record.messages)
        split_answer(entry.record)
        learnt = learnt_turns(entry.record, apart=entry.apart, last=lesson.last)
        if self.layout == "messages":
            check_learnt(turns, learnt, "TRL")
            return {"messages": said}
        first = learnt.index(True)
        check_learnt(turns[first:], learnt[first:], "TRL")
        return {"prompt": said[:first], "completion": said[first:]}

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return `trl.yaml` where a model is to be trained; else TRL needs the data alone."""
        if not (self.lesson and files):
            return {}
        return {self.lesson.file: trl_config(self.lesson, loaded_as(files))}


def _messages(record: Record) -> dict[str, Any]:
    split_answer(record)
    return {"messages": conversation(record.messages)}


def _completion(record: Record) -> dict[str, Any]:
    asked, answer = split_answer(record)
    return {"prompt": conversation(asked), "completion": conversation(answer)}


def _preference(record: Record) -> dict[str, Any]:
    pair = split_pair(record)
    return {
        "prompt": conversation(pair.asked),
        "chosen": conversation(pair.chosen),
        "rejected": conversation(pair.rejected),
    }


def _kto(record: Record) -> dict[str, Any]:
    return _completion(record) | {"label": record.label}


_ROWS = {
    "messages": _messages,
    "prompt_completion": _completion,
    "preference": _preference,
    "kto": _kto,
}


def conversation(turns: list[Turn]) -> list[dict[str, Any]]:
    """Write turns with their thinking in tags and their calls as objects."""
    return [_turn(turn) for turn in turns]


def _turn(turn: Turn) -> dict[str, Any]:
    said: dict[str, Any] = {"role": turn["role"], "content": text_of(turn)}
    if turn.get("tool_calls"):
        said["tool_calls"] = [_call(call) for call in turn["tool_calls"]]
    if turn["role"] == "tool":
        said |= {key: turn[key] for key in ("name", "tool_call_id") if turn.get(key)}
    return said


def _call(call: ToolCall) -> dict[str, Any]:
    named = {"id": call["id"]} if call.get("id") else {}
    function = {"name": call["name"], "arguments": arguments_of(call)}
    return {**named, "type": "function", "function": function}
