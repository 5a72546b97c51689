"""Lists of turns in one column: what the shapes messages and sharegpt have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from curator.formats.base import (
    Row,
    is_judged,
    remember_blanks,
    rename_aliases,
    text_at,
    write_plain,
)
from curator.formats.calls import TOOL_FORMS, read_tools, write_tools
from curator.formats.read_turns import read_turns
from curator.formats.style import STYLES, Style, style_of
from curator.formats.write_turns import write_turns
from curator.records import Record


@dataclass(frozen=True)
class Chat:
    """A shape whose rows hold a list of turns."""

    name: str
    column: str
    style: Style
    tools: str
    others: tuple[str, ...] = ()
    """Other names of the column."""

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """The other names of the column of turns."""
        return {self.column: self.others}

    @property
    def fields(self) -> frozenset[str]:
        """The columns of a chat row."""
        return frozenset((self.column, "system", "tools"))

    def recognises(self, row: Row) -> float:
        """Look for the column, and for turns in it."""
        value = next((row[name] for name in (self.column, *self.others) if name in row), None)
        if type(value) is not list:
            return 0.3 if value is not None else 0.0
        sure = 0.6
        if value and type(value[0]) is dict:
            sure = 1.0 if "role" in value[0] or "from" in value[0] else 0.4
        return sure / 2 if is_judged(row) else sure

    def read(self, row: Row) -> list[Record]:
        """Read the turns, a system column before them."""
        row, renamed = rename_aliases(row, self.aliases)
        turns = read_turns(row.get(self.column), self.column)
        layout = remember_blanks(row, (), ("system",))
        style = style_of(row[self.column])
        if style is not self.style:
            layout["style"] = style.role
        system = text_at(row, "system")
        if system:
            turns.insert(0, {"role": "system", "content": system})
            layout["system"] = "column"
        record = Record(turns, layout=layout)
        if "tools" in row:
            take_tools(row, record, self.tools)
        if renamed:
            layout["columns"] = renamed
        fields = self.fields
        record.extra = {name: value for name, value in row.items() if name not in fields}
        return [record]

    def body(self, record: Record) -> Row:
        """Write the turns, and the tools beside them."""
        layout = record.layout
        style = STYLES[layout["style"]] if "style" in layout else self.style
        turns = record.messages
        out: Row = {}
        if layout.get("system") == "column" and turns and turns[0]["role"] == "system":
            out["system"] = turns[0]["content"]
            turns = turns[1:]
        out = {self.column: write_turns(turns, style)} | out
        give_tools(out, record, self.tools)
        return out

    def write(self, record: Record) -> Row:
        """Write a whole row; a wanted answer's label comes along."""
        return write_plain(self, record)


def take_tools(row: Row, record: Record, usual: str) -> None:
    """Read the tools column into a record, with the form it is in."""
    value = row["tools"]
    record.tools = read_tools(value)
    if record.tools is None:
        record.layout.setdefault("blank", {})["tools"] = value
        return
    found = (form for form in (usual, *TOOL_FORMS) if write_tools(record.tools, form) == value)
    form = next(found, usual)
    if form != usual:
        record.layout["tools"] = form


def give_tools(out: Row, record: Record, usual: str) -> None:
    """Write the tools column, where the record has tools."""
    if record.tools is not None:
        out["tools"] = write_tools(record.tools, record.layout.get("tools", usual))
