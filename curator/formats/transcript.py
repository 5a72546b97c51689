"""Transcript: a whole conversation in one text, or two of them as a preference pair."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from curator.errors import CarryError, RowError
from curator.formats.base import (
    Row,
    finish,
    is_judged,
    refuse_tools,
    rename_aliases,
    text_at,
    write_plain,
)
from curator.formats.marks import (
    ALL,
    BAIZE,
    HUMAN,
    MARKS,
    Marks,
    any_marks_in,
    marks_in,
    read_marked,
    write_marked,
)
from curator.formats.preference import MARKED, PREFERENCE
from curator.records import Record


@dataclass(frozen=True)
class Transcript:
    """The text is cut at its marks, which are written again on the way out."""

    name: str
    column: str
    marks: Marks
    """The marks that are written unless a row had others."""
    others: tuple[str, ...] = ()
    known: tuple[Marks, ...] = ALL
    """The marks that are read."""

    @property
    def fields(self) -> frozenset[str]:
        """The one column of text."""
        return frozenset((self.column,))

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """The other names of the column."""
        return {self.column: self.others}

    def recognises(self, row: Row) -> float:
        """Look for a text in which a user and an assistant speak in turn."""
        names = (self.column, *self.others)
        texts = [row[name] for name in names if type(row.get(name)) is str]
        if not texts or marks_in(texts[0], self.known) is None:
            return 0.0
        return 0.5 if is_judged(row) else 1.0

    def read(self, row: Row) -> list[Record]:
        """Read the turns between the marks; a pair of transcripts is a preference pair."""
        if "chosen" in row and "rejected" in row and not self._has_text(row):
            return PREFERENCE.read(row)
        row, renamed = rename_aliases(row, self.aliases)
        text = text_at(row, self.column)
        marks = any_marks_in(text, self.known)
        if marks is None:
            usual = self.marks.usual["user"].strip()
            raise RowError(self.column, f'must mark who speaks, such as "{usual}": none was found')
        turns, layout = read_marked(text, marks)
        if marks is not self.marks:
            layout["marked"] = marks.name
        if renamed:
            layout["columns"] = renamed
        extra = {name: value for name, value in row.items() if name != self.column}
        return [Record(turns, extra=extra, layout=layout)]

    def body(self, record: Record) -> Row:
        """Write the turns as one text."""
        refuse_tools(record)
        if not record.messages:
            raise CarryError("it has no turns")
        marks = MARKS[record.layout.get("marked", self.marks.name)]
        text = write_marked(record.messages, record.layout, marks)
        if any_marks_in(text, self.known) is not marks:
            raise CarryError("its texts hold the marks of another kind of transcript")
        return {self.column: text}

    def write(self, record: Record) -> Row:
        """Write a whole row; a pair is written as two transcripts, where both sides can be."""
        if record.rejected is None or self.name != TRANSCRIPT.name:
            return write_plain(self, record)
        if record.layout.get("side") is None:
            layout = record.layout | {"side": MARKED, "whole": True}
            record = replace(record, layout=layout)
        return finish(PREFERENCE.body(record), record.layout, record.extra)

    def _has_text(self, row: Row) -> bool:
        return any(type(row.get(name)) is str for name in (self.column, *self.others))


TRANSCRIPT = Transcript(
    name="transcript",
    column="text",
    marks=HUMAN,
    others=("transcript", "dialogue", "dialog", "conversation", "conversations", "chat", "content"),
)
BAIZE_CHAT = Transcript(
    name="baize",
    column="input",
    marks=BAIZE,
    known=(BAIZE,),
)
