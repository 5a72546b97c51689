"""OpenAssistant: a tree of messages a row; its paths, or its ranked answers, become records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.base import (
    Row,
    finish,
    refuse_judged,
    refuse_tools,
    write_plain,
)
from curator.formats.oasst_tree import NAMES, Message, Path, paths_in, ranked_in, read_message
from curator.formats.plain import answer_turn, only_text, plain_exchanges
from curator.formats.prompt_completion import prompt_length
from curator.formats.think import join_think
from curator.records import Record, Turn
from curator.records.model import Role

_OWN = ("text", "role", "replies")


@dataclass(frozen=True)
class Oasst:
    """Every path from the prompt to a last answer is a record (`pairs`: every two ranked answers).

    Messages that were deleted or refused by reviewers, and all replies to them, are in no record;
    they come back with the message they reply to.
    """

    name: str
    pairs: bool
    fields: ClassVar[frozenset[str]] = frozenset(("prompt",))
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def recognises(self, row: Row) -> float:
        """Look for a prompt that is a message with replies; pairs are read only when asked for."""
        tree = row.get("prompt")
        if type(tree) is not dict or "text" not in tree or "role" not in tree:
            return 0.0
        return 0.5 if self.pairs else 1.0

    def read(self, row: Row) -> list[Record]:
        """Walk the tree; one that leaves no record is refused with the reason."""
        if "prompt" not in row:
            raise RowError("prompt", "is missing")
        root = read_message(row["prompt"], 0, "prompt")
        if not root.counts:
            raise RowError("prompt", "was deleted, or refused by its reviewers")
        extra = {name: value for name, value in row.items() if name != "prompt"}
        if self.pairs:
            return _pairs_of(root, extra)
        paths = list(paths_in(root)) or [[root]]
        turns = _Turns(paths)
        return [Record(turns.of(path), extra=dict(extra)) for path in paths]

    def body(self, record: Record) -> Row:
        """Write the tree of this one record."""
        return {"prompt": _grow(self._sides(record))}

    def write(self, record: Record) -> Row:
        """Write a tree of one path, or of one pair; a wanted answer's label comes along."""
        if not self.pairs:
            return write_plain(self, record)
        return finish(self.body(record), record.layout, record.extra)

    def join(self, records: Sequence[Record]) -> Row:
        """Grow one tree of the paths that were kept."""
        paths = [path for record in records for path in self._sides(record)]
        if len({_said(path[0]) for path in paths}) > 1:
            raise CarryError("its paths no longer start with one prompt")
        return finish({"prompt": _grow(paths)}, records[0].layout, records[0].extra)

    def _sides(self, record: Record) -> list[list[Turn]]:
        refuse_tools(record)
        if not self.pairs:
            refuse_judged(record)
            return [_checked(record.messages, ends="assistant")]
        if record.rejected is None:
            raise CarryError("it has no rejected answer, which this shape needs")
        if record.label is not None:
            raise CarryError("it has a label, which this shape cannot carry")
        length = prompt_length(record.messages, record.layout.get("common"))
        prompt, chosen = record.messages[:length], record.messages[length:]
        sides = []
        for rank, turns in enumerate((chosen, record.rejected)):
            if len(turns) != 1:
                raise CarryError("a side of the pair has more than one turn")
            only_text(turns, "assistant")
            sides.append([*_checked(prompt, ends="user"), _ranked_turn(turns[0], rank)])
        return sides


def _checked(turns: list[Turn], ends: Role) -> list[Turn]:
    """Return turns that a path of a tree can say, or refuse them."""
    system, asked, _ = plain_exchanges(Record(turns))
    if system is not None:
        raise CarryError("it has a system turn, which this shape cannot carry")
    if turns[-1]["role"] != ends and (len(asked) > 1 or ends == "user"):
        raise CarryError(f"its path does not end with the {ends}")
    return turns


def _ranked_turn(turn: Turn, rank: int) -> Turn:
    """Give an answer the rank that makes it the better or the worse one, unless it has its own."""
    if "at" in turn.get("layout", {}):
        return turn
    return {**turn, "extra": turn.get("extra", {}) | {"rank": rank}}


def _pairs_of(root: Message, extra: Row) -> list[Record]:
    pairs = list(ranked_in(root, []))
    if not pairs:
        raise RowError("prompt", "has no two answers to one question that were ranked")
    turns = _Turns([[*path, answer] for path, *both in pairs for answer in both])
    return [
        Record(
            turns.of([*path, best]),
            turns.of([worse]),
            extra=dict(extra),
            layout={"common": len(path)},
        )
        for path, best, worse in pairs
    ]


class _Turns:
    """Turns of messages; each remembers the replies to it that are in no record."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._used = {id(message) for path in paths for message in path}

    def of(self, path: Path) -> list[Turn]:
        return [self._turn(message) for message in path]

    def _turn(self, message: Message) -> Turn:
        row = message.row
        turn: Turn = {"role": message.role, "content": row["text"]}
        if message.role == "assistant":
            turn = answer_turn(row["text"])
        extra = {name: value for name, value in row.items() if name not in _OWN}
        if extra:
            turn["extra"] = extra
        layout = turn.get("layout", {}) | {"at": message.at, "keys": list(row)}
        others = [[reply.at, reply.row] for reply in message.replies if id(reply) not in self._used]
        if others:
            layout["others"] = others
        if row["role"] != NAMES[message.role]:
            layout["as"] = row["role"]
        if not message.replies and row.get("replies", ()) != []:
            layout["blank" if "replies" in row else "absent"] = (
                {"replies": None} if "replies" in row else ["replies"]
            )
        turn["layout"] = layout
        return turn


def _grow(paths: Sequence[Sequence[Turn]]) -> Row:
    """Write the message that all paths begin with, and the replies they part into."""
    turn = paths[0][0]
    layout = turn.get("layout", {})
    branches: dict[tuple[Any, ...], list[Sequence[Turn]]] = {}
    for path in paths:
        if len(path) > 1:
            branches.setdefault((_at(path[1]), _said(path[1])), []).append(path[1:])
    replies = [(at, _grow(inside)) for (at, _), inside in branches.items()]
    replies += [(at, other) for at, other in layout.get("others", ())]
    out: Row = {
        "text": join_think(turn),
        "role": layout.get("as", NAMES.get(turn["role"], "assistant")),
        "replies": [reply for _, reply in sorted(replies, key=lambda entry: entry[0])],
    }
    return finish(out, layout, turn.get("extra", {}))


def _at(turn: Turn) -> int:
    rank = turn.get("extra", {}).get("rank")
    return int(turn.get("layout", {}).get("at", rank if type(rank) is int else 0))


def _said(turn: Turn) -> tuple[str, str | None]:
    return turn["content"], turn.get("reasoning")


OASST = Oasst("oasst", pairs=False)
OASST_PAIRS = Oasst("oasst_pairs", pairs=True)
