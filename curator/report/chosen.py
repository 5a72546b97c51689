"""Chosen: in one sentence why a record was selected, or why not."""

from collections.abc import Mapping
from typing import Any

from curator.recipe import Select
from curator.report.figures import number

_LEFT = {
    "place": "it is number {value} in the order of preference, and the budget was spent on the "
    "first {limit}",
    "tokens": "with all before it there would be {value} tokens, and the budget holds {limit}",
    "quota": "it is number {value} of {group}, whose part is {limit}",
    "quota of tokens": "with it there would be {value} tokens of {group}, whose part is {limit}",
    "similarity": "a record chosen before it is {value} similar to it, and {limit} is the most",
    "nearness": "a chosen record is {value} similar to it, and the last one chosen had none more "
    "than {limit}",
    "gain": "it would stand for {value} records more, and the last one chosen for {limit}",
    "target": "it is {value} similar to {group}, which chose none below {limit}",
    "pool": "it is number {value} in the order of preference, and only the best {limit} were "
    "looked at",
}
_CHOSEN = {
    "quota": ": number {value} of {group}, whose part is {limit}",
    "quota of tokens": ": with it there are {value} tokens of {group}, whose part is {limit}",
    "similarity": ": no record chosen before it is more than {value} similar",
    "nearness": ": no record chosen before it is more than {value} similar",
    "gain": ": it stands for {value} records more",
    "target": ": {value} similar to {group}, which chose it",
}


def told(row: Mapping[str, Any], settings: Select) -> str:
    """Tell what became of a record in the selection; `row` is its row there."""
    by_tokens = row["basis"] == "quota" and settings.max_records is None and settings.max_tokens
    kind = "quota of tokens" if by_tokens else row["basis"]
    said = {
        "value": number(row["value"]),
        "limit": number(row["threshold"]),
        "group": row["group"] or "its class",
    }
    if row["chosen"]:
        detail = _CHOSEN.get(kind, "") if row["value"] is not None else ""
        return f"selected as number {number(row['place'])}{detail.format(**said)}"
    if row["threshold"] is None:
        return "not selected: the budget was spent before its turn"
    return f"not selected: {_LEFT[kind].format(**said)}"
