"""docs/formats.md is true: its examples are read and written back, its tables hold."""

import json
import re
from typing import Any

import pytest

from curator.errors import CarryError
from curator.formats import SHAPES, Splitting, detect, is_same, join_rows, read_row, write_row
from curator.records import Record, Turn, content_of
from tests.conftest import ROOT, chat

TEXT = (ROOT / "docs" / "formats.md").read_text("utf-8")
SECTIONS = {
    found[1]: found[2]
    for found in re.finditer(r"^## ([a-z_]+)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
}
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    name: [
        json.loads(line) for line in re.findall(r"```json\n(.*?)```", section, re.S)[0].splitlines()
    ]
    for name, section in SECTIONS.items()
    if "```json" in section
}
ASKED_FOR = {"oasst_pairs": "oasst"}
"""Shapes that detection never chooses, and what it says instead."""

_CALLED: Turn = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"id": None, "name": "now", "arguments": "{}"}],
}
_WEIGHED: Turn = {"role": "assistant", "content": "b", "weight": 0.0}
_THOUGHT: Turn = {"role": "assistant", "content": "b", "reasoning": "why"}
PROBES: dict[str, Record] = {
    "one exchange": chat("a", "b"),
    "several": chat("a", "b", "c", "d"),
    "system": chat("s", "a", "b", roles=("system", "user", "assistant")),
    "no answer": chat("a"),
    "thinking": Record([*chat("a").messages, _THOUGHT]),
    "tool calls": Record(
        [
            *chat("a").messages,
            _CALLED,
            {"role": "tool", "content": "9"},
            *chat("", "b").messages[1:],
        ]
    ),
    "weights": Record([*chat("a").messages, _WEIGHED]),
    "pair": Record(chat("a", "b").messages, rejected=[{"role": "assistant", "content": "c"}]),
    "label false": Record(chat("a", "b").messages, label=False),
}


def carries(target: str, record: Record) -> bool:
    """Say whether a shape writes a record so that it is read back as the same."""
    try:
        row = write_row(target, record, origin_shape=None)
    except CarryError:
        return False
    again = read_row(target, row)[0]
    again.label = record.label
    return content_of(again) == content_of(record)


def table(heading: str) -> dict[str, dict[str, bool]]:
    """Read one of the document's tables: what is marked in each row under each column."""
    part = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    head, _, *rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in part.splitlines()
        if line.startswith("|")
    ]
    return {
        row[0]: {name: cell == "✓" for name, cell in zip(head[1:], row[1:], strict=True)}
        for row in rows
    }


def test_every_shape_has_a_section_and_an_example() -> None:
    assert list(EXAMPLES) == list(SHAPES)
    assert all(len(rows) == 2 for rows in EXAMPLES.values())


@pytest.mark.parametrize("name", SHAPES)
def test_the_examples_are_detected_read_and_written_back(name: str) -> None:
    for row in EXAMPLES[name]:
        assert detect([row])[0][0] == ASKED_FOR.get(name, name)
        records, shape = read_row(name, row), SHAPES[name]
        assert all(record.raw is None for record in records)
        if isinstance(shape, Splitting) and len(records) > 1:
            again = json.loads(join_rows(shape, records, unchanged=False))
        else:
            again = write_row(name, records[0], origin_shape=name)
        assert is_same(again, row)
        assert list(again) == list(row)


@pytest.mark.parametrize("name", SHAPES)
def test_the_aliases_are_told(name: str) -> None:
    aliases = {alias for names in SHAPES[name].aliases.values() for alias in names}
    assert {alias for alias in aliases if f"`{alias}`" not in SECTIONS[name]} == set()


def test_the_table_says_what_each_shape_can_carry() -> None:
    found = {
        name: {probe: carries(name, record) for probe, record in PROBES.items()} for name in SHAPES
    }
    assert table("What each shape can carry") == found


def test_the_table_says_which_shape_can_become_which() -> None:
    found = {
        origin: {
            target: all(carries(target, record) for row in rows for record in read_row(origin, row))
            for target in SHAPES
        }
        for origin, rows in EXAMPLES.items()
    }
    told = table("From shape to shape")
    short = dict(zip(next(iter(told.values())), SHAPES, strict=True))
    assert {
        origin: {short[name]: mark for name, mark in marks.items()}
        for origin, marks in told.items()
    } == found
