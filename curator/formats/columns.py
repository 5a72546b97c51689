"""Column mapping: which column of the data holds which field of a shape."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from curator.errors import ShapeError
from curator.formats.base import Row
from curator.records import Record

_BY_SHAPE: dict[str, dict[str, str]] = {
    "alpaca": {"prompt": "instruction", "response": "output", "completion": "output"},
    "sharegpt": {"messages": "conversations"},
    "messages": {"conversations": "messages"},
    "prompt_completion": {
        "response": "completion",
        "instruction": "prompt",
        "output": "completion",
    },
    "preference": {},
    "kto": {"response": "completion"},
    "dolly": {
        "prompt": "instruction",
        "input": "context",
        "completion": "response",
        "output": "response",
    },
    "self_instruct": {"prompt": "instruction"},
    "prompt_only": {},
    "transcript": dict.fromkeys(("transcript", "messages", "conversations", "prompt"), "text"),
    "oasst": {},
    "oasst_pairs": {},
    "ultrachat": {"messages": "data", "conversations": "data"},
    "exchanges": {"messages": "conversation", "conversations": "conversation"},
    "baize": dict.fromkeys(("transcript", "messages", "conversations", "prompt"), "input"),
    "magpie": {
        "prompt": "instruction",
        "completion": "response",
        "output": "response",
        "messages": "conversations",
    },
    "helpsteer": {"instruction": "prompt", "completion": "response", "output": "response"},
    "flan": {
        "prompt": "inputs",
        "instruction": "inputs",
        "response": "targets",
        "completion": "targets",
        "output": "targets",
    },
}
"""What a field is called in each shape, where it is not called by its own name."""
_SIGNS = (
    ("preference", ("chosen", "rejected")),
    ("kto", ("label",)),
    ("sharegpt", ("conversations",)),
    ("messages", ("messages",)),
    ("transcript", ("transcript",)),
    ("self_instruct", ("instances",)),
    ("alpaca", ("input", "instruction", "history", "output")),
    ("prompt_completion", ("prompt", "response", "completion")),
)


FIELDS = tuple(
    dict.fromkeys(
        [name for _, names in _SIGNS for name in names] + ["system", "tools", "rejected", "chosen"]
    )
)
"""Every field that a mapping may name."""


def shape_of_columns(columns: Mapping[str, str]) -> str | None:
    """Name the shape that the mapped fields belong to; None when they are only side fields."""
    return next((shape for shape, names in _SIGNS if any(name in columns for name in names)), None)


def check_columns(columns: Mapping[str, str], found: Iterable[str]) -> None:
    """Refuse a mapping that names a column the data does not have."""
    found = list(found)
    for field, column in columns.items():
        if column not in found:
            near = get_close_matches(column, found, n=1, cutoff=0.0)
            hint = f'; the nearest is "{near[0]}"' if near else ""
            raise ShapeError(
                f'`columns: {field}:` names the column "{column}", not in the data{hint}'
            )


def rename_in(row: Row, columns: Mapping[str, str], shape: str) -> tuple[Row, Row, dict[str, str]]:
    """Give mapped columns the names the shape knows.

    Returns the renamed row, columns set aside because a mapped one took their name, and the names
    to give back on the way out.
    """
    own = _BY_SHAPE[shape]
    names = {column: own.get(field, field) for field, column in columns.items() if column in row}
    back = {field: column for column, field in names.items()}
    aside = {name: value for name, value in row.items() if name in back and name not in names}
    inside = {names.get(name, name): value for name, value in row.items() if name not in aside}
    return inside, aside, back


def remember_columns(record: Record, aside: Row, back: dict[str, str]) -> None:
    """Note a mapping in the record, so that it is undone on the way out."""
    record.extra = record.extra | aside
    record.layout["columns"] = record.layout.get("columns", {}) | back
