"""Reasoning between think tags: split off an answer, and put back as it was found."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from curator.errors import CarryError
from curator.formats.parts import cut_parts, join_parts
from curator.formats.think_tags import Block, find_blocks, may_think
from curator.records import Turn

USUAL = ["<think>\n", "\n</think>\n\n"]
"""The marks around thinking that was not found in a text."""
_LAST = re.compile(r"\s*(?:<\|end_of_solution\|>|<\|return\|>|<\|end\|>)\s*$")
_WRAPPED = ("<|begin_of_solution|>", "<|message|>")


class Thought(NamedTuple):
    """An answer's thinking, what it says to the user, and the marks between them.

    `marks` is a list of two texts, before the thinking and between it and the answer, and maybe a
    third behind the answer; one text alone says that nothing closes the thinking. Where thinking
    and answer take turns, it is an object: the `marks`, and the lengths of the pieces between them,
    which begin with a piece of `content`; `open` says that nothing closes the last.
    """

    reasoning: str
    content: str
    marks: list[str] | dict[str, Any]


def split_think(text: str) -> Thought | None:
    """Split the thinking off a text; None where it has none, or only speaks of the tags."""
    if not may_think(text):
        return None
    blocks = find_blocks(text)
    if not blocks:
        return None
    pieces, marks = _cut(text, blocks)
    said, thought = pieces[0::2], pieces[1::2]
    reasoning, content = join_parts(thought), join_parts(said)
    if len(blocks) == 1 and not said[0]:
        return Thought(reasoning, content, marks)
    sizes: dict[str, Any] = {
        "marks": marks,
        "reasoning": [len(piece) for piece in thought],
        "content": [len(piece) for piece in said],
    }
    return Thought(reasoning, content, sizes if blocks[-1].is_closed else sizes | {"open": True})


def _cut(text: str, blocks: list[Block]) -> tuple[list[str], list[str]]:
    """Cut a text into pieces of answer and thinking by turns, and what stands between them.

    White space at a tag belongs to the mark.
    """
    pieces: list[str] = []
    marks = [""]
    at = 0
    for block in blocks:
        for end, following, is_cut in (
            (block.start, block.inner, True),
            (block.outer, block.end, block.is_closed),
        ):
            piece, lead, trail = _bare(text[at:end], head=bool(pieces), tail=is_cut)
            marks[-1] += lead
            pieces.append(piece)
            marks.append(trail + text[end:following])
            at = following
    if blocks[-1].is_closed:
        _add_last(text[at:], pieces, marks)
    else:
        marks.pop()
    return pieces, marks[1:]


def _add_last(rest: str, pieces: list[str], marks: list[str]) -> None:
    wrapped = marks[-1].rstrip().endswith(_WRAPPED)
    found = _LAST.search(rest) if wrapped else None
    end = found.start() if found else len(rest)
    piece, lead, _ = _bare(rest[:end], head=True, tail=False)
    marks[-1] += lead
    pieces.append(piece)
    if found:
        marks.append(found.group())


def _bare(text: str, *, head: bool, tail: bool) -> tuple[str, str, str]:
    """Part a piece from its white space; a first piece of nothing else has it all at its end."""
    if not text.strip():
        return ("", text, "") if head else ("", "", text)
    start = len(text) - len(text.lstrip()) if head else 0
    end = len(text.rstrip()) if tail else len(text)
    return text[start:end], text[:start], text[end:]


def join_think(turn: Turn) -> str:
    """Write a turn's reasoning and content as one text, marked as found or in the usual way."""
    if "reasoning" not in turn:
        return turn["content"]
    reasoning, content = turn["reasoning"], turn["content"]
    marks = turn.get("layout", {}).get("think", USUAL)
    for text in (_joined(marks, reasoning, content), _joined(USUAL, reasoning, content)):
        again = None if text is None else split_think(text)
        if text is not None and again and again[:2] == (reasoning, content):
            return text
    raise CarryError("its reasoning cannot be told from its answer between think tags")


def _joined(marks: list[str] | dict[str, Any], reasoning: str, content: str) -> str | None:
    """Put the marks between the pieces; None where the pieces cannot be told any more."""
    if isinstance(marks, list):
        thought, said = [reasoning], ["", content]
        if len(marks) == 1 and content:
            return None
    else:
        told = cut_parts(reasoning, marks["reasoning"]), cut_parts(content, marks["content"])
        if told[0] is None or told[1] is None:
            return None
        thought, said = told[0], told[1]
        marks = marks["marks"]
    pieces = [""] * (len(thought) + len(said))
    pieces[0::2], pieces[1::2] = said, thought
    ends = [*marks, *[""] * (len(pieces) - len(marks))]
    return "".join(piece + mark for piece, mark in zip(pieces, ends, strict=False))


def thinking_of(part: Any) -> str | None:
    """Return what a content part thinks, where it is a part of thinking."""
    if type(part) is not dict or part.get("type") not in ("thinking", "reasoning"):
        return None
    text = part.get(part["type"], part.get("text"))
    return text if type(text) is str else None


def mend_sizes(turn: Turn, mended: Turn, mend: Callable[[str], str]) -> Turn:
    """Keep the lengths of the pieces true after a repair; where that fails, they are of no use.

    Thinking whose pieces cannot be told any more is written in front of the answer, as one.
    """
    marks = turn.get("layout", {}).get("think")
    if not isinstance(marks, dict):
        return mended
    changed = dict(marks)
    for field, before, after in (
        ("reasoning", turn.get("reasoning", ""), mended.get("reasoning", "")),
        ("content", turn["content"], mended["content"]),
    ):
        pieces = [mend(piece) for piece in cut_parts(before, marks[field]) or []]
        if before != after and join_parts(pieces) == after:
            changed[field] = [len(piece) for piece in pieces]
    return {**mended, "layout": {**mended.get("layout", {}), "think": changed}}
