"""Magpie: instruction and response, or conversations, with scores of both beside them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import CarryError
from curator.formats.alpaca import ALPACA
from curator.formats.base import Row, is_judged, write_plain
from curator.formats.sharegpt import SHAREGPT
from curator.formats.variants import Variant
from curator.records import Record

_SIGNS = frozenset(
    (
        "input_quality",
        "quality_explanation",
        "gen_input_configs",
        "gen_input_config",
        "pre_query_template",
        "instruct_reward",
        "min_neighbor_distance",
        "min_similar_conv_id",
        "other_task_category",
    )
)
_HINTS = frozenset(("task_category", "difficulty", "intent", "knowledge", "reward", "reward_model"))
_COPIES: dict[str, tuple[str, int]] = {
    "instruction": ("user", 0),
    "input": ("user", 0),
    "response": ("assistant", 0),
    "output": ("assistant", 0),
    "instruction_2": ("user", 1),
    "response_2": ("assistant", 1),
}
"""Columns that repeat a turn of the conversation beside them: whose, and the how many-th."""
_PLAIN = Variant(
    name="magpie", base=ALPACA, names={"output": "response"}, signs=frozenset(), least=0
)


class Magpie:
    """`conversations` is what is read where a row has it; the exchanges beside it are copies.

    A copy follows its turn on the way out, so that both say the same after a repair.
    """

    name = "magpie"
    fields = _PLAIN.fields | {"conversations"}
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "conversations": ("conversation",),
        "response": ("output",),
    }

    def recognises(self, row: Row) -> float:
        """Look for a question with an answer, and for Magpie's scores beside it."""
        if not (_SIGNS.intersection(row) or len(_HINTS.intersection(row)) > 1):
            return 0.0
        if SHAREGPT.recognises(row) < 1 and not ("instruction" in row and "response" in row):
            return 0.5 if "instruction" in row and is_judged(row) else 0.0
        return 0.5 if is_judged(row) else 1.0

    def read(self, row: Row) -> list[Record]:
        """Read the conversation, or the instruction with its response."""
        if not any(type(row.get(name)) is list for name in ("conversations", "conversation")):
            return _PLAIN.read(row)
        copies = {name: row[name] for name in _COPIES if name in row}
        inside = {name: value for name, value in row.items() if name not in copies}
        record = SHAREGPT.read(inside)[0]
        record.layout["inner"] = SHAREGPT.name
        said = _written(record)
        copied = [name for name, text in copies.items() if said.get(name) == text]
        beside = {name: text for name, text in copies.items() if name not in copied}
        record.layout |= {"copies": copied} if copied else {}
        record.layout |= {"beside": beside} if beside else {}
        return [record]

    def body(self, record: Record) -> Row:
        """Write conversations where there were some, or where one exchange is not all."""
        if _is_plain(record):
            return _PLAIN.body(record)
        out = SHAREGPT.body(record)
        said = _texts(out["conversations"], record)
        copies = {name: said[name] for name in record.layout.get("copies", ()) if name in said}
        beside: Row = record.layout.get("beside", {})
        return copies | out | beside

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return _PLAIN.write(record) if _is_plain(record) else write_plain(self, record)


def _is_plain(record: Record) -> bool:
    """Say whether instruction and response hold all of a record that came without conversations."""
    roles = [turn["role"] for turn in record.messages]
    single = roles in (["user"], ["user", "assistant"]) and record.tools is None
    return "inner" not in record.layout and (single or bool(record.layout))


def _written(record: Record) -> dict[str, str]:
    """Return the turns that a column may repeat, as they are written; none that cannot be."""
    try:
        return _texts(SHAREGPT.body(record)["conversations"], record)
    except CarryError:
        return {}


def _texts(entries: list[Row], record: Record) -> dict[str, str]:
    """Return what each copy should say: the texts of the turns as they are written."""
    turns = record.messages
    if record.layout.get("system") == "column" and turns and turns[0]["role"] == "system":
        turns = turns[1:]
    spoken: dict[str, list[Any]] = {"user": [], "assistant": []}
    for entry, turn in zip(entries, turns, strict=False):
        spoken.get(turn["role"], []).append(entry.get("value", entry.get("content")))
    return {
        name: spoken[role][place]
        for name, (role, place) in _COPIES.items()
        if len(spoken[role]) > place and type(spoken[role][place]) is str
    }


MAGPIE = Magpie()
