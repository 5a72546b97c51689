"""Fields: which columns of an evaluation set hold what is asked, and what there is to choose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curator.formats import detect, read_row

_ASKED = (
    "turns",
    "question",
    "prompt",
    "problem",
    "instruction",
    "query",
    "goal",
    "ctx",
    "sentence",
    "inputs",
    "input",
    "text",
)
"""The usual names, the most telling first: of MT-Bench (turns), GSM8K, MMLU, ARC, TruthfulQA
(question), HumanEval and IFEval (prompt), MATH (problem), AlpacaEval (instruction), PIQA (goal),
HellaSwag (ctx), WinoGrande (sentence), BIG-bench (inputs, input), MBPP (text)."""
_CHOICES = ("choices", "options", "endings")
_WITHIN = ("stem", "text", "content", "question")
_WITH = {"instruction": "input"}
"""A second column that belongs to the question."""


def asked_in(row: Mapping[str, Any], fields: Sequence[str] = ()) -> tuple[str, ...] | None:
    """Return the texts that a row asks, None where no column is known to hold any.

    Named `fields` are texts by themselves; else the first usual name counts, else what the row
    asks as a training record.
    """
    names = {name.casefold(): name for name in row}
    if fields:
        wanted = [names.get(field.casefold()) for field in fields]
        if not any(wanted):
            return None
        return tuple(text for name in wanted if name for text in _texts(row[name]))
    for field in _ASKED:
        if field in names and (texts := tuple(_texts(row[names[field]]))):
            beside = names.get(_WITH.get(field, ""))
            more = tuple(_texts(row[beside])) if beside else ()
            return ("\n".join(texts + more),) if more else texts
    return () if names.keys() & set(_ASKED) else _asked_as_record(dict(row))


def choices_in(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the answers that a row lets choose from, in their order."""
    names = {name.casefold(): name for name in row}
    for field in _CHOICES:
        if field in names:
            return tuple(_texts(row[names[field]], roles=False))
    return ()


def is_header(row: Mapping[str, Any]) -> bool:
    """Say whether a row is the header of a table, read as data: its texts are its columns' names.

    The 57 tables that MMLU is put together from have one each.
    """
    said = {name: value for name, value in row.items() if isinstance(value, str)}
    same = [name for name, value in said.items() if value.strip().casefold() == name.casefold()]
    return bool(same) and any(name.casefold() in _ASKED for name in same)


def unread(row: Mapping[str, Any], fields: Sequence[str]) -> str:
    """Say which column is missing, and what to do."""
    there = ", ".join(f'"{name}"' for name in row) or "none"
    if fields:
        return f"it has none of the fields {', '.join(fields)}; there are {there}"
    return f"no column is known to hold what is asked: name it with `fields:`; there are {there}"


def _texts(value: Any, *, roles: bool = True) -> Iterator[str]:
    """List the texts of a value: a text, a list of texts, of turns, or an object around them."""
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list):
        for entry in value:
            if not (roles and _is_answer(entry)):
                yield from _texts(entry, roles=roles)
    elif isinstance(value, dict):
        within = [value[name] for name in _WITHIN if name in value]
        yield from _texts(within[0] if within else list(value.values()), roles=roles)


def _is_answer(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role", "user") not in ("user", "human")


def _asked_as_record(row: dict[str, Any]) -> tuple[str, ...] | None:
    shape, confidence = detect([row])[0]
    if not confidence:
        return None
    said = [
        turn["content"]
        for record in read_row(shape, row, only_look=True)
        for turn in record.messages
        if turn["role"] == "user" and turn["content"].strip()
    ]
    return tuple(said) or None
