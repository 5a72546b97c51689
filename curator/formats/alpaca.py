"""Alpaca: instruction, input and output, with earlier exchanges in `history`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from curator.errors import RowError
from curator.formats.base import (
    Row,
    is_judged,
    refuse_tools,
    remember_blanks,
    rename_aliases,
    text_at,
    write_plain,
    wrong,
)
from curator.formats.parts import cut_parts, join_parts
from curator.formats.plain import answer_turn, plain_exchanges
from curator.records import Record, Turn

_FIELDS = frozenset(("instruction", "input", "output", "system", "history"))


class Alpaca:
    """Instruction and input become one user turn, and are told apart again on the way out."""

    name = "alpaca"
    fields = _FIELDS
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "output": ("response",),
        "input": ("context",),
    }

    def recognises(self, row: Row) -> float:
        """Look for an instruction with an output."""
        if "instruction" not in row:
            return 0.0
        sure = 1.0 if "output" in row or "response" in row else 0.6
        return sure / 2 if is_judged(row) else sure

    def read(self, row: Row) -> list[Record]:
        """Read history, then instruction and input, then the output where there is one."""
        row, renamed = rename_aliases(row, self.aliases) if "response" in row else (row, {})
        if "instruction" not in row:
            raise RowError("instruction", "is missing")
        layout = remember_blanks(row, ("instruction", "input"), ("output", "system", "history"))
        turns = _read_system(row) + _read_history(row.get("history"))
        turns.append(read_question(row))
        if row.get("output") is not None:
            turns.append(answer_turn(text_at(row, "output")))
        if renamed:
            layout["columns"] = renamed
        extra = {name: value for name, value in row.items() if name not in _FIELDS}
        return [Record(turns, extra=extra, layout=layout)]

    def body(self, record: Record) -> Row:
        """Write the last exchange as instruction, input and output, the others as history."""
        refuse_tools(record)
        system, asked, answered = plain_exchanges(record)
        question, context = write_question(asked[-1])
        out: Row = {"instruction": question, "input": context}
        if answered[-1] is not None:
            out["output"] = answered[-1]
        if system is not None:
            out["system"] = system
        history = [
            [turn["content"], text] for turn, text in zip(asked[:-1], answered[:-1], strict=True)
        ]
        if history:
            out["history"] = history
        return out

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def _read_system(row: Row) -> list[Turn]:
    system = text_at(row, "system")
    return [{"role": "system", "content": system}] if system else []


def _read_history(history: Any) -> list[Turn]:
    if history is None or history == "":
        return []
    if type(history) is not list:
        raise wrong("history", "a list", history)
    turns: list[Turn] = []
    for i, pair in enumerate(history):
        if type(pair) is not list:
            raise wrong(f"history[{i}]", "a list of two texts", pair)
        if [type(text) for text in pair] != [str, str]:
            raise RowError(f"history[{i}]", f"must be two texts, found {len(pair)} values")
        turns += [{"role": "user", "content": pair[0]}, answer_turn(pair[1])]
    return turns


def read_question(row: Row) -> Turn:
    """Make one user turn of an instruction and its input."""
    parts = [text_at(row, "instruction"), text_at(row, "input")]
    turn: Turn = {"role": "user", "content": join_parts(parts)}
    if parts[1]:
        turn["layout"] = {"parts": [len(part) for part in parts]}
    return turn


def write_question(turn: Turn) -> tuple[str, str]:
    """Tell instruction and input apart again, where the turn still knows how."""
    lengths = turn.get("layout", {}).get("parts", ())
    parts = cut_parts(turn["content"], lengths) if len(lengths) == 2 else None  # noqa: PLR2004
    return (parts[0], parts[1]) if parts else (turn["content"], "")


ALPACA = Alpaca()
