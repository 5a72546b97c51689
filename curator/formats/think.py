"""Reasoning between think tags: split off an answer, and put back as it was found."""

import re
from typing import NamedTuple

from curator.errors import CarryError
from curator.records import Turn

_THINK = re.compile(r"(\s*<think>\s*)(.*?)(\s*</think>\s*)(.*)", re.DOTALL)
_BEFORE, _BETWEEN = "<think>\n", "\n</think>\n\n"


class Thought(NamedTuple):
    """A text in four pieces; joined, they are the text."""

    before: str
    reasoning: str
    between: str
    content: str


def split_think(text: str) -> Thought | None:
    """Split a text that starts with one closed think block; anything odd is left alone."""
    if "</think>" not in text or text.count("<think>") != 1 or text.count("</think>") != 1:
        return None
    found = _THINK.fullmatch(text)
    return Thought(*found.groups()) if found else None


def join_think(turn: Turn) -> str:
    """Write a turn's reasoning and content as one text, tags as found or the usual ones."""
    reasoning = turn.get("reasoning")
    if reasoning is None:
        return turn["content"]
    before, between = turn.get("layout", {}).get("think", (_BEFORE, _BETWEEN))
    text = f"{before}{reasoning}{between}{turn['content']}"
    again = split_think(text)
    if again is None or (again.reasoning, again.content) != (reasoning, turn["content"]):
        raise CarryError("its reasoning cannot be told from its answer between think tags")
    return text
