"""Grades: what a judge is to answer, and the grade read out of what it does answer."""

import json
import re
from collections.abc import Iterator
from typing import Any

LOWEST, HIGHEST = 1, 5
_TEXT = 20_000
"""Signs of an answer that are looked at."""
FORM: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "grade",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "why": {"type": "string"},
                "score": {"type": "integer", "enum": list(range(LOWEST, HIGHEST + 1))},
            },
            "required": ["why", "score"],
            "additionalProperties": False,
        },
    },
}
"""The form of an answer, for servers that hold a model to one."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_OBJECT = re.compile(r"\{[^{}]*\}")
_NUMBER = r"[*_\s]*(-?\d+(?:\.\d+)?)(?![\d.%])(?:\s*(?:/|out of)\s*(\d+))?"
_NAMED = re.compile(
    rf"\b(?:score|grade|rating)\b(?:\s+(?:of|is))?\W{{0,4}}?{_NUMBER}", re.IGNORECASE
)
_FIRST = re.compile(rf"^[\s*_#\"'`]*{_NUMBER}[\s*_.\"'`]*(?:$|\n)")


def grade_in(answer: str | None) -> float | None:
    """Read the grade out of an answer: of its JSON, else of a plain line; none where it has none.

    A grade off the scale, or of another scale such as 7/10, is none.
    """
    text = _THOUGHT.sub("", (answer or "")[:_TEXT])
    for told in _objects(text):
        return _on_scale(told["score"])
    found = _NAMED.search(text) or _FIRST.search(text)
    if found is None or (found[2] and int(found[2]) != HIGHEST):
        return None
    return _on_scale(found[1])


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Give the JSON objects with a `score`, the last first: a judge may try one before."""
    for part in reversed(_OBJECT.findall(text)):
        try:
            told = json.loads(part)
        except ValueError:
            continue
        if "score" in told:
            yield told


def _on_scale(said: Any) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        grade = float(said)
    except ValueError:
        return None
    return grade if LOWEST <= grade <= HIGHEST else None
