"""LLaMA-Factory: its alpaca and sharegpt files, and the `dataset_info.json` that declares them.

It drops what breaks its rules without a word, so records that do are left out here, with a reason.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curator.errors import CarryError
from curator.export.entry import Entry
from curator.export.lesson import Lesson
from curator.export.llama_factory_config import llama_factory_config
from curator.export.survey import Survey
from curator.export.turns import (
    arguments_of,
    check,
    check_learnt,
    learnt_turns,
    split_pair,
    text_of,
    tools_of,
)
from curator.records import Record, Turn

_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_ASKING = ("human", "observation")
_ANSWERING = ("gpt", "function_call")


@dataclass(frozen=True)
class LlamaFactory:
    """Write alpaca rows when every record is one question and one answer, else sharegpt rows."""

    found: Survey
    lesson: Lesson | None = None
    """How a model is to be trained on the answers; without it, no config is written."""
    caution: str = ""

    @property
    def layout(self) -> str:
        """Name the formatting."""
        plain = self.found.kind == "answers" and self.found.single and not self.found.has_tools
        return "alpaca" if plain else "sharegpt"

    @property
    def command(self) -> str:
        """The command that trains on the rows."""
        return self.lesson.command if self.lesson else ""

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError."""
        record = entry.record
        check(record, self.found.kind)
        row = self._row(record)
        if self.lesson:
            self._check(entry, self.lesson)
        if self.found.has_system:
            row["system"] = _system(record.messages)
        if self.found.has_tools:
            row["tools"] = tools_of(record) if record.tools else ""
        return json.dumps(row, ensure_ascii=False)

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return `dataset_info.json`, which declares each split as a data set of its own.

        Where a model is to be trained, `llama_factory.yaml` says how.
        """
        declared = {
            name if len(files) == 1 else f"{name}_{side}": self._declare(file.partition("/")[0])
            for side, file in files.items()
        }
        texts = {"dataset_info.json": json.dumps(declared, ensure_ascii=False, indent=2) + "\n"}
        if self.lesson and files:
            texts[self.lesson.file] = llama_factory_config(self.lesson, list(declared))
        return texts

    def _row(self, record: Record) -> dict[str, Any]:
        if self.found.kind == "preference":
            return _ranked(record)
        turns = _alternating(record.messages)
        if len(turns) % 2:
            raise CarryError("no answer after the last question")
        if self.layout == "alpaca":
            return {"instruction": turns[0]["value"], "input": "", "output": turns[1]["value"]}
        judged = {} if record.label is None else {"label": record.label}
        return {"conversations": turns, **judged}

    def _check(self, entry: Entry, lesson: Lesson) -> None:
        """Refuse answers that are not to be learnt, unless `mask_history` leaves just them out."""
        turns = entry.record.messages
        learnt = learnt_turns(entry.record, apart=entry.apart, last=lesson.last)
        start = len(turns) - 1 if lesson.last else 0
        if any(learnt[:start]):
            raise CarryError("an earlier answer that is to be learnt, which is not the last one")
        check_learnt(turns[start:], learnt[start:], "LLaMA-Factory")

    def _declare(self, file: str) -> dict[str, Any]:
        columns = self._columns()
        columns |= {"system": "system"} if self.found.has_system else {}
        columns |= {"tools": "tools"} if self.found.has_tools else {}
        declared: dict[str, Any] = {"file_name": file, "formatting": self.layout}
        if self.found.kind == "preference":
            declared["ranking"] = True
        declared["columns"] = columns
        if self.layout == "sharegpt":
            declared["tags"] = _TAGS
        return declared

    def _columns(self) -> dict[str, str]:
        if self.layout == "alpaca":
            return {"prompt": "instruction", "query": "input", "response": "output"}
        extra = {
            "answers": {},
            "preference": {"chosen": "chosen", "rejected": "rejected"},
            "kto": {"kto_tag": "label"},
        }
        return {"messages": "conversations", **extra[self.found.kind]}


def _ranked(record: Record) -> dict[str, Any]:
    pair = split_pair(record)
    if len(pair.chosen) > 1 or len(pair.rejected) > 1:
        raise CarryError("a chosen or rejected answer of more than one turn")
    chosen, rejected = _turn(pair.chosen[0]), _turn(pair.rejected[0])
    return {
        "conversations": _alternating(pair.asked),
        "chosen": chosen,
        "rejected": rejected,
    }


def _alternating(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Write turns without the system turn; question and answer must alternate, question first."""
    told = [_turn(turn) for turn in turns[_starts_with_system(turns) :]]
    if not told:
        raise CarryError("no turns but a system turn")
    for place, turn in enumerate(told):
        expected = _ANSWERING if place % 2 else _ASKING
        if turn["from"] not in expected:
            raise CarryError(
                f"{_TAGS_TO_WORDS[turn['from']]} where {' or '.join(expected)} must follow: "
                f"questions and answers do not alternate"
            )
    return told


_TAGS_TO_WORDS = {
    "human": "a user turn",
    "gpt": "an assistant turn",
    "observation": "a tool result",
    "function_call": "a tool call",
    "system": "a later system turn",
}
_ROLES = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}


def _turn(turn: Turn) -> dict[str, str]:
    if not turn.get("tool_calls"):
        return {"from": _ROLES[turn["role"]], "value": text_of(turn)}
    if turn["content"].strip():
        raise CarryError("a turn with both text and tool calls")
    calls = [{"name": call["name"], "arguments": arguments_of(call)} for call in turn["tool_calls"]]
    said = json.dumps(calls if len(calls) > 1 else calls[0], ensure_ascii=False)
    thinking: Turn = {"role": "assistant", "content": said}
    if turn.get("reasoning"):
        thinking["reasoning"] = turn["reasoning"]
    return {"from": "function_call", "value": text_of(thinking)}


def _system(turns: Sequence[Turn]) -> str:
    return turns[0]["content"] if _starts_with_system(turns) else ""


def _starts_with_system(turns: Sequence[Turn]) -> bool:
    return bool(turns) and turns[0]["role"] == "system"
