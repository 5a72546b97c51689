"""Axolotl: rows of its `chat_template`, DPO and KTO loaders, and the config that names them.

Read from axolotl 0.19: its DPO loader takes role and content of a turn and nothing else, and the
last turn of either side; its KTO loaders write the prompt themselves, in ChatML or Llama 3.
"""

import json
from dataclasses import dataclass
from typing import Any

import yaml

from curator.errors import CarryError
from curator.export.assign import loaded_as
from curator.export.axolotl_config import CONFIG, axolotl_config
from curator.export.entry import Entry
from curator.export.lesson import Lesson
from curator.export.survey import Survey
from curator.export.trl import conversation
from curator.export.turns import (
    check,
    check_kind,
    is_learnt,
    learnt_turns,
    split_answer,
    split_pair,
    text_of,
    tools_of,
)
from curator.records import Record, Turn

_ROLES = ("user", "assistant", "system", "tool")
_SPLITS = 2
"""The side to train on, and the one to watch meanwhile; further sides are for afterwards."""


@dataclass(frozen=True)
class Axolotl:
    """Write `messages` rows, or pairs or judged answers; `train` marks what is learnt."""

    found: Survey
    folder: str
    """What the folder of the export is called, which the config names."""
    lesson: Lesson | None = None
    """How a model is to be trained on the answers; without it, the config says on what only."""
    caution: str = ""

    @property
    def layout(self) -> str:
        """Name the rows."""
        return "messages" if self.found.kind == "answers" else self.found.kind

    @property
    def command(self) -> str:
        """The command that trains on the rows."""
        return self.lesson.command if self.lesson else ""

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError."""
        record = entry.record
        if self.found.kind == "answers":
            row = self._messages(entry)
        else:
            check(record, self.found.kind)
            _refuse_calls(record)
            row = _pair(record) if self.found.kind == "preference" else _judged(record)
        return json.dumps(row, ensure_ascii=False)

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return `axolotl.yaml`: the data sets, their types and fields."""
        if not files:
            return {}
        sides = loaded_as(files)[:_SPLITS]
        entries = [{"path": self.folder, "split": side, **self._type()} for side in sides]
        said: dict[str, Any] = {**self._method(), "datasets": entries[:1]}
        if entries[1:]:
            said |= {"test_datasets": entries[1:], "val_set_size": 0}
        if self.lesson:
            return {CONFIG: axolotl_config(self.lesson, said)}
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
        return {CONFIG: f"{_HEAD}{text}"}

    def _messages(self, entry: Entry) -> dict[str, Any]:
        record = entry.record
        check_kind(record, "answers")
        split_answer(record)
        turns = conversation(record.messages)
        if self._marks_turns:
            marks = zip(turns, self._learnt(entry), strict=True)
            turns = [told | {"train": mark} for told, mark in marks]
        row: dict[str, Any] = {"messages": turns}
        if self.found.has_tools:
            for turn in turns:
                for call in turn.get("tool_calls", ()):
                    said = call["function"]
                    said["arguments"] = json.dumps(said["arguments"], ensure_ascii=False)
            row["tools"] = tools_of(record)
        return row

    @property
    def _marks_turns(self) -> bool:
        """Whether turns say one by one if they are learnt."""
        return self.found.has_weights or self.lesson is not None

    def _learnt(self, entry: Entry) -> list[bool]:
        if self.lesson:
            return learnt_turns(entry.record, apart=entry.apart, last=self.lesson.last)
        return [is_learnt(turn) for turn in entry.record.messages]

    def _method(self) -> dict[str, Any]:
        if self.found.kind == "preference":
            return {"rl": "dpo", "chat_template": "tokenizer_default_fallback_chatml"}
        if self.found.kind == "kto":
            return {"rl": "kto", "remove_unused_columns": False}
        return {"chat_template": "tokenizer_default_fallback_chatml"}

    def _type(self) -> dict[str, Any]:
        if self.found.kind == "preference":
            fields = {"field_messages": "messages", "field_chosen": "chosen"}
            return {"type": "chat_template.default", **fields, "field_rejected": "rejected"}
        if self.found.kind == "kto":
            return {"type": "chatml.argilla_chat"}
        said: dict[str, Any] = {
            "type": "chat_template",
            "field_messages": "messages",
            "message_property_mappings": {"role": "role", "content": "content"},
            "roles": {role: [role] for role in _ROLES},
            "roles_to_train": ["assistant"],
            "train_on_eos": "turn",
        }
        said |= {"field_tools": "tools"} if self.found.has_tools else {}
        return said | ({"message_field_training": "train"} if self._marks_turns else {})


_HEAD = (
    "# The data for axolotl: add `base_model` and the settings of the training.\n"
    "# The path is relative to the folder that this folder lies in: run axolotl there.\n"
)


def _pair(record: Record) -> dict[str, Any]:
    pair = split_pair(record)
    if len(pair.chosen) > 1 or len(pair.rejected) > 1:
        raise CarryError("a chosen or rejected answer of more than one turn")
    chosen, rejected = _plain(pair.chosen[0]), _plain(pair.rejected[0])
    if not chosen["content"] or not rejected["content"]:
        raise CarryError("a chosen or rejected answer that is empty")
    asked = [_plain(turn) for turn in pair.asked]
    return {"messages": asked, "chosen": chosen, "rejected": rejected}


def _judged(record: Record) -> dict[str, Any]:
    _, answer = split_answer(record)
    if answer[-1]["role"] != "assistant":
        raise CarryError("no answer after the last question")
    return {"completion": [_plain(turn) for turn in record.messages], "label": record.label}


def _plain(turn: Turn) -> dict[str, str]:
    return {"role": turn["role"], "content": text_of(turn)}


def _refuse_calls(record: Record) -> None:
    turns = [*record.messages, *(record.rejected or [])]
    if record.tools or any(turn.get("tool_calls") or turn["role"] == "tool" for turn in turns):
        raise CarryError("tools, which axolotl's loaders of judged answers do not read")
