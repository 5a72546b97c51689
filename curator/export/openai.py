"""OpenAI: fine-tuning files of chats and of preference pairs, checked by the documented rules.

A file with one line that breaks a rule is refused whole, so such records are left out here, each
with the rule. Read: the guides on supervised fine-tuning and on direct preference optimization, and
the reference of `FineTuneChatRequestInput` and `FineTunePreferenceRequestInput`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import CarryError
from curator.export.entry import Entry
from curator.export.openai_tools import functions_of, told_calls
from curator.export.survey import Survey
from curator.export.turns import check_kind, is_learnt, split_pair, text_of
from curator.records import Record, Turn

FEWEST = 10
"""Examples a fine-tuning file must have."""
MOST_BYTES = 512 * 10**6
"""Size of the largest file that can be uploaded."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class OpenAI:
    """Write `messages` rows, or `input`, `preferred_output` and `non_preferred_output`."""

    found: Survey
    caution: str = (
        "Examples longer than the model's context are cut by OpenAI; that is not checked."
    )
    command: str = ""

    @property
    def layout(self) -> str:
        """Name the rows."""
        return "messages" if self.found.kind == "answers" else self.found.kind

    def write(self, entry: Entry) -> str:
        """Return the record's row, or raise a CarryError that names the rule it breaks."""
        record = entry.record
        if record.label is not None:
            raise CarryError("an answer labelled good or bad, for which OpenAI has no format")
        check_kind(record, self.found.kind)
        row = _pair(record) if self.found.kind == "preference" else _chat(record)
        return json.dumps(row, ensure_ascii=False)

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return nothing: the data files are what is uploaded."""
        return {}


def limits(counts: Mapping[str, int], folder: Path) -> str:
    """Warn of files with too few examples, and of those too large to upload."""
    few = [f"{side} has {count}" for side, count in counts.items() if count < FEWEST]
    said = [f"A file needs {FEWEST} examples or more, and {', '.join(few)}."] if few else []
    large = sorted(
        path.name for path in folder.rglob("*.jsonl") if path.stat().st_size > MOST_BYTES
    )
    if large:
        said.append(f"{', '.join(large)}: larger than the 512 MB of a file; use max_shard_rows.")
    return " ".join(said)


def _chat(record: Record) -> dict[str, Any]:
    turns = record.messages
    if not turns or turns[-1]["role"] != "assistant":
        raise CarryError("the last turn is not the assistant's")
    if not any(turn["role"] == "assistant" and is_learnt(turn) for turn in turns):
        raise CarryError("nothing to learn: every answer has the weight 0")
    return {"messages": _messages(turns, record)} | _tools(record)


def _pair(record: Record) -> dict[str, Any]:
    pair = split_pair(record)
    if len(pair.chosen) > 1 or len(pair.rejected) > 1:
        raise CarryError("a chosen or rejected answer of more than one turn")
    if pair.chosen[0].get("tool_calls") or pair.rejected[0].get("tool_calls"):
        raise CarryError("a chosen or rejected answer that calls a tool")
    preferred, other = _messages(pair.chosen, record), _messages(pair.rejected, record)
    for answer in (*preferred, *other):
        answer.pop("weight", None)
    asked = {"messages": _messages(pair.asked, record)} | _tools(record)
    return {"input": asked, "preferred_output": preferred, "non_preferred_output": other}


def _tools(record: Record) -> dict[str, Any]:
    """Return the tools and, where the row said so, whether several may be called at once."""
    functions = functions_of(record)
    if not functions:
        return {}
    parallel = record.extra.get("parallel_tool_calls")
    said = {"parallel_tool_calls": parallel} if isinstance(parallel, bool) else {}
    return {"tools": functions} | said


def _messages(turns: Sequence[Turn], record: Record) -> list[dict[str, Any]]:
    names = {function["function"]["name"] for function in functions_of(record)}
    calls = told_calls(turns, names)
    return [_message(turn, calls.get(place, {})) for place, turn in enumerate(turns)]


def _message(turn: Turn, calling: dict[str, Any]) -> dict[str, Any]:
    role, text = turn["role"], text_of(turn)
    if not text.strip() and "tool_calls" not in calling:
        raise CarryError(f"a turn without text ({role})")
    said: dict[str, Any] = {"role": role, "content": text or None}
    if turn.get("name") and role != "tool":
        if not _NAME.fullmatch(turn["name"]):
            raise CarryError(
                "a name of other characters than letters, digits, _ and -, or too long"
            )
        said["name"] = turn["name"]
    said |= calling
    learnt = is_learnt(turn)
    if role != "assistant" and learnt:
        raise CarryError("a weight of 1 on a turn that is not the assistant's")
    if role == "assistant" and "weight" in turn:
        said["weight"] = int(learnt)
    return said
