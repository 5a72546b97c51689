"""Turns as trainers take them: no loss weights, thinking in tags, the answer apart."""

import json
from typing import Any, NamedTuple

from curator.errors import CarryError
from curator.export.survey import KIND_WORDS, Kind, kind_of
from curator.records import Record, ToolCall, Turn


class Pair(NamedTuple):
    """What was asked, and the two answers to it."""

    asked: list[Turn]
    chosen: list[Turn]
    rejected: list[Turn]


def check(record: Record, kind: Kind) -> None:
    """Refuse a record of another kind than the data set's, or with turns weighted by hand."""
    check_kind(record, kind)
    for turns in (record.messages, record.rejected or []):
        for turn in turns:
            if turn.get("weight") not in (None, float(turn["role"] == "assistant")):
                raise CarryError("a turn with a loss weight of its own, which trainers do not take")


def check_kind(record: Record, kind: Kind) -> None:
    """Refuse a record of another kind than the data set's."""
    found = kind_of(record)
    if found != kind:
        raise CarryError(
            f"{KIND_WORDS[found]}, while this data set is of another kind ({KIND_WORDS[kind]})"
        )


def is_learnt(turn: Turn) -> bool:
    """Say whether a turn is trained on; trainers that ask know only yes and no."""
    weight = turn.get("weight", float(turn["role"] == "assistant"))
    if weight not in (0.0, 1.0):
        raise CarryError("a turn with a loss weight other than 0 and 1")
    return bool(weight)


def split_answer(record: Record) -> tuple[list[Turn], list[Turn]]:
    """Part a conversation where its row did, or else after its last question."""
    turns, length = record.messages, _asked(record.layout)
    if not 0 < length <= len(turns):
        users = [i for i, turn in enumerate(turns) if turn["role"] == "user"]
        length = users[-1] + 1 if users else 0
    if not any(turn["role"] == "user" for turn in turns[:length]):
        raise CarryError("no question: there is no user turn")
    if length == len(turns):
        raise CarryError("no answer after the last question")
    return turns[:length], turns[length:]


def learnt_or_usual(turns: list[Turn], context: int) -> list[bool | None]:
    """Say of each turn whether it is learnt; None for what is usual of its role.

    The first `context` turns are not. Weights of 1 alone say what is usual; where an answer has
    none of it, they choose.
    """
    learnt = [is_learnt(turn) for turn in turns]
    is_answer = [turn["role"] == "assistant" for turn in turns]
    if any(yes and not answers for yes, answers in zip(learnt, is_answer, strict=True)):
        raise CarryError("a turn that is no answer, with a loss weight of 1")
    chosen = learnt != is_answer
    found: list[bool | None] = []
    for at, turn in enumerate(turns):
        usual = None if at >= context else False
        said = learnt[at] if chosen and "weight" in turn else usual
        found.append(said if is_answer[at] else None)
    return found


def learnt_turns(record: Record, *, apart: bool, last: bool) -> list[bool]:
    """Say of each turn whether it is learnt, by the rules of `curator tune`.

    All answers are, or none but the `last`; where the row has its prompt `apart`, those in it are
    not. Weights overrule that where any of them says something else than the roles do.
    """
    turns, context = record.messages, len(split_answer(record)[0]) if apart else 0
    answers = [place for place, turn in enumerate(turns) if turn["role"] == "assistant"]
    usual = answers[-1:] if last else answers
    said = learnt_or_usual(turns, context)
    learnt = [place in usual if one is None else one for place, one in enumerate(said)]
    if not any(learnt):
        raise CarryError("no answer that is to be learnt")
    return learnt


def check_learnt(turns: list[Turn], learnt: list[bool], trainer: str) -> None:
    """Refuse turns whose answers are not all to be learnt, and nothing else."""
    if learnt != [turn["role"] == "assistant" for turn in turns]:
        raise CarryError(f"an answer that is not to be learnt, for which {trainer} has no mark")


def _asked(layout: dict[str, Any]) -> int:
    """Count the turns in the prompt columns of the record's row; 0 where there were none."""
    if "asked" in layout:
        return int(layout["asked"]) + ("system" in layout)
    return int(layout.get("common", 0))


def split_pair(record: Record) -> Pair:
    """Part a preference pair; both its sides must be answers."""
    asked, chosen = split_answer(record)
    rejected = record.rejected or []
    if not rejected:
        raise CarryError("the rejected answer has no turns")
    if {chosen[0]["role"], rejected[0]["role"]} != {"assistant"}:
        raise CarryError("a chosen or rejected side that does not start with an answer")
    return Pair(asked, chosen, rejected)


def text_of(turn: Turn) -> str:
    """Return a turn's content, with its thinking in front in `<think>` tags.

    Empty tags are written too: they say that the turn was answered without thinking. Thinking that
    nothing closes, and nothing follows, stays open.
    """
    reasoning = turn.get("reasoning")
    if reasoning is None:
        return turn["content"]
    marks = turn.get("layout", {}).get("think", ())
    if isinstance(marks, list) and len(marks) == 1 and not turn["content"]:
        return f"<think>\n{reasoning.strip()}"
    return f"<think>\n{reasoning.strip()}\n</think>\n\n{turn['content']}"


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """Read the arguments of a call, or refuse the record when they are not a JSON object."""
    try:
        arguments = json.loads(call["arguments"] or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        raise CarryError("the arguments of a tool call are not a JSON object")
    return arguments


def tools_of(record: Record) -> str:
    """Return the record's tools as the JSON text of a list; `[]` where there are none."""
    if not record.tools:
        return "[]"
    try:
        tools = json.loads(record.tools)
    except ValueError:
        raise CarryError("the tools are not JSON") from None
    return json.dumps(tools if isinstance(tools, list) else [tools], ensure_ascii=False)
