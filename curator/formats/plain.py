"""Plain exchanges: the conversations that shapes made of text columns can carry."""

from typing import NamedTuple

from curator.errors import CarryError
from curator.formats.read_turns import split_thought
from curator.formats.think import join_think, split_think
from curator.records import Record, Turn
from curator.records.model import Role


class Exchanges(NamedTuple):
    """A conversation as texts: what the user and the assistant said, turn by turn.

    The last answer is None when the conversation ends with the user.
    """

    system: str | None
    asked: list[Turn]
    answered: list[str | None]


def answer_turn(text: str) -> Turn:
    """Make an assistant turn of a text, its thinking split off."""
    turn: Turn = {"role": "assistant", "content": text}
    layout = split_thought(turn)
    if layout:
        turn["layout"] = layout
    return turn


def plain_exchanges(record: Record) -> Exchanges:
    """Take a conversation apart, or say why plain texts cannot carry it."""
    for turn in record.messages:
        _refuse_marked(turn)
    turns = record.messages
    system = turns[0]["content"] if turns and turns[0]["role"] == "system" else None
    if system == "":
        raise CarryError("its system turn is empty")
    turns = turns if system is None else turns[1:]
    wanted = ("user", "assistant") * (len(turns) // 2 + 1)
    if not turns or any(turn["role"] != role for turn, role in zip(turns, wanted, strict=False)):
        raise CarryError("its turns do not alternate between user and assistant")
    answered: list[str | None] = [_answer(turn) for turn in turns[1::2]]
    asked = turns[0::2]
    return Exchanges(system, asked, answered + [None] * (len(asked) - len(answered)))


def only_text(turns: list[Turn], role: Role) -> str:
    """Return what the one turn there is says; more turns, or other ones, are refused."""
    if [turn["role"] for turn in turns] != [role]:
        raise CarryError("it has more than one prompt and one answer")
    _refuse_marked(turns[0])
    return _answer(turns[0]) if role == "assistant" else turns[0]["content"]


def _answer(turn: Turn) -> str:
    if "reasoning" not in turn and split_think(turn["content"]):
        raise CarryError("its answer would read as reasoning in this shape")
    return join_think(turn)


def _refuse_marked(turn: Turn) -> None:
    if turn["role"] == "tool" or "tool_calls" in turn or "tool_call_id" in turn:
        raise CarryError("it has tool calls, which this shape cannot carry")
    if "name" in turn:
        raise CarryError("a turn has a name, which this shape cannot carry")
    if turn["role"] != "assistant" and "reasoning" in turn:
        raise CarryError("a turn that is no answer has reasoning, which this shape cannot carry")
    usual = 1.0 if turn["role"] == "assistant" else 0.0
    if turn.get("weight", usual) != usual:
        raise CarryError("a turn has a weight, which this shape cannot carry")
