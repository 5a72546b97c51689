"""Repair: what every repair is, and how one text function repairs a turn."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from curator.formats.parts import cut_parts, join_parts
from curator.formats.think import mend_sizes
from curator.records import Record, Turn


class Repair(Protocol):
    """Mend one turn: the same object where nothing is wrong, else a new one.

    A repair is pure and idempotent, and loses nothing but what it names.
    """

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn, mended."""
        ...


class RecordRepair(Protocol):
    """Mend a whole record: the same object where nothing is wrong, else a new one."""

    def __call__(self, record: Record) -> Record:
        """Return the record, mended."""
        ...


class Change(NamedTuple):
    """What one repair did to one field of one turn.

    `turn` is the place in `messages` from 0; in the rejected side it is -1 for the first turn, -2
    for the second, and so on; it is null for a field of the record that is in no turn.
    """

    repair: str
    turn: int | None
    field: str
    before: str
    after: str


def mend_texts(turn: Turn, mend: Callable[[str], str]) -> Turn:
    """Mend content and reasoning; the lengths of the content's parts stay true or are dropped."""
    content = mend(turn["content"])
    reasoning = mend(turn["reasoning"]) if "reasoning" in turn else None
    mended = turn
    if content != turn["content"]:
        mended = with_content(turn, content, _parts_after(turn, content, mend))
    if reasoning is not None and reasoning != turn["reasoning"]:
        mended = mended.copy()
        mended["reasoning"] = reasoning
    return mended if mended is turn else mend_sizes(turn, mended, mend)


def with_content(turn: Turn, content: str, parts: list[int] | None) -> Turn:
    """Return the turn with other content, and with the lengths of its parts or without them."""
    changed = turn.copy()
    changed["content"] = content
    layout = {key: value for key, value in turn.get("layout", {}).items() if key != "parts"}
    if parts is not None:
        layout["parts"] = parts
    if layout or "layout" in turn:
        changed["layout"] = layout
    if not changed.get("layout", True):
        del changed["layout"]
    return changed


def parts_of(turn: Turn) -> list[str] | None:
    """Cut the content into the parts it was joined from, where the layout tells them."""
    sizes = turn.get("layout", {}).get("parts")
    if not isinstance(sizes, list) or not all(isinstance(size, int) for size in sizes):
        return None
    return cut_parts(turn["content"], sizes)


def _parts_after(turn: Turn, content: str, mend: Callable[[str], str]) -> list[int] | None:
    parts = parts_of(turn)
    if parts is None:
        return None
    mended = [mend(part) for part in parts]
    return [len(part) for part in mended] if join_parts(mended) == content else None
