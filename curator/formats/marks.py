"""Marks: conversations written as one text, each turn behind a mark that says who speaks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from curator.errors import CarryError
from curator.formats.base import Row
from curator.formats.plain import answer_turn, only_text
from curator.records import Turn
from curator.records.model import Role


@dataclass(frozen=True)
class Marks:
    """One way to mark turns in a text."""

    name: str
    sign: str
    """What every such text holds: looked for first, since patterns are slow."""
    pattern: re.Pattern[str]
    """Matches a mark; its first group names who speaks. It starts with fixed signs, for speed."""
    usual: dict[Role, str]
    """The mark that is written before a turn of each role."""
    start: re.Pattern[str] | None = None
    """Matches the first mark where the text begins with it and it may look different there."""
    head: str = ""
    """What the text begins with, before the first mark and belonging to no turn."""
    tail: str = ""
    """What it usually ends with, after the last turn."""
    closing: str | None = None
    """What ends a turn, with white space after it; neither belongs to the turn."""

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Find the marks of a text."""
        first = self.start.match(text) if self.start else None
        at = first.end() if first else 0
        if first:
            yield first
        yield from self.pattern.finditer(text, at)


_ROLES: dict[str, Role] = {
    "human": "user",
    "user": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "system": "system",
}
_OPEN = r"(?: |(?=\s|\Z))"
HUMAN = Marks(
    name="human",
    sign="Human:",
    pattern=re.compile(r"\n\n(Human|Assistant):" + _OPEN),
    start=re.compile(r"\s*(Human|Assistant):" + _OPEN),
    usual={"user": "\n\nHuman: ", "assistant": "\n\nAssistant: "},
)
HASHES = Marks(
    name="hashes",
    sign="### Human:",
    pattern=re.compile(r"### (Human|Assistant):" + _OPEN),
    usual={"user": "### Human: ", "assistant": "### Assistant: "},
    closing="",
)
BAIZE = Marks(
    name="baize",
    sign="[|Human|]",
    pattern=re.compile(r"\n\[\|(Human|AI)\|\]" + _OPEN),
    start=re.compile(r"\[\|(Human|AI)\|\]" + _OPEN),
    usual={"user": "\n[|Human|] ", "assistant": "\n[|AI|] "},
    head="The conversation between human and AI assistant.",
    tail="\n[|Human|] ",
)
CHATML = Marks(
    name="chatml",
    sign="<|im_start|>user",
    pattern=re.compile(r"<\|im_start\|>(system|user|assistant)\n"),
    usual={
        "system": "<|im_start|>system\n",
        "user": "<|im_end|>\n<|im_start|>user\n",
        "assistant": "<|im_end|>\n<|im_start|>assistant\n",
    },
    tail="<|im_end|>\n",
    closing="<|im_end|>",
)
ALL = (HUMAN, HASHES, BAIZE, CHATML)
MARKS = {marks.name: marks for marks in ALL}


def marks_in(text: str, known: Sequence[Marks] = ALL) -> Marks | None:
    """Return the marks of a text in which both sides speak, the user first."""
    present = (marks for marks in known if marks.sign in text)
    return next((marks for marks in present if _speak_both(text, marks)), None)


def any_marks_in(text: str, known: Sequence[Marks]) -> Marks | None:
    """Return the marks of a text, even where only one side speaks."""
    found = (marks for marks in known if next(marks.find(text), None))
    return marks_in(text, known) or next(found, None)


def _speak_both(text: str, marks: Marks) -> bool:
    said = (_ROLES[found[1].lower()] for found in marks.find(text))
    spoken = (role for role in said if role != "system")
    return list(islice(spoken, 2)) == ["user", "assistant"]


def read_marked(text: str, marks: Marks) -> tuple[list[Turn], Row]:
    """Cut a text at its marks; returns the turns, and what of it is not usual."""
    turns, rest = _cut(text, marks)
    if rest == _usual(turns, marks):
        return turns, {}
    return turns, {"marks": rest}


def write_marked(turns: list[Turn], layout: Row, marks: Marks) -> str:
    """Write turns as one text, or refuse what would be read as other turns."""
    said = [_text_of(turn) for turn in turns]
    remembered = layout.get("marks", ())
    for rest in (remembered, _usual(turns, marks)):
        if len(rest) != len(said) + 1:
            continue
        text = "".join(mark + text for mark, text in zip(rest, [*said, ""], strict=True))
        if [_plain(turn) for turn in _cut(text, marks)[0]] == [_plain(turn) for turn in turns]:
            return text
    raise CarryError("its texts would be read as other turns between this shape's marks")


def _cut(text: str, marks: Marks) -> tuple[list[Turn], list[str]]:
    """Return the turns, and what stands before each of them and after the last."""
    found = list(marks.find(text))
    if not found:
        return [], [text]
    turns: list[Turn] = []
    rest: list[str] = []
    head, before = _close(text[: found[0].start()], marks)
    if head.strip() and head.strip() != marks.head:
        turns, rest = [{"role": "system", "content": head}], [""]
    else:
        before = head + before
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        rest.append(before + match[0])
        said, before = _close(text[match.end() : end], marks)
        turns.append(_turn(_ROLES[match[1].lower()], said))
    if len(turns) > 1 and turns[-1] == {"role": "user", "content": ""}:
        # Baize ends every text with the mark of a question that never came.
        turns.pop()
        before = rest.pop() + before
    return turns, [*rest, before]


def _close(text: str, marks: Marks) -> tuple[str, str]:
    """Part what a turn says from what ends it."""
    if marks.closing is None:
        return text, ""
    bare = text.rstrip()
    said = bare.removesuffix(marks.closing)
    return said, text[len(said) :]


def _usual(turns: list[Turn], marks: Marks) -> list[str]:
    rest = []
    for place, turn in enumerate(turns):
        mark = marks.usual.get(turn["role"], "")
        if place == 0:
            mark = mark.removeprefix("<|im_end|>\n")
            mark = marks.head + mark if turn["role"] != "system" else mark
        rest.append(mark)
    return [*rest, marks.tail]


def _turn(role: Role, text: str) -> Turn:
    return answer_turn(text) if role == "assistant" else {"role": role, "content": text}


def _text_of(turn: Turn) -> str:
    return only_text([turn], turn["role"])


def _plain(turn: Turn) -> tuple[str, str, str | None]:
    return turn["role"], turn["content"], turn.get("reasoning")
