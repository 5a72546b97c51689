"""Prompts: what a model is asked, our own that come along and those of the user's file."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from curator.errors import InputError
from curator.training.conversation import Conversation
from curator.tune.evaluate.constraints import Constraint, wrong_in

Part = Literal["instructions", "neutral", "groups", "own"]
"""Which set a prompt belongs to: with constraints that can be checked, ordinary and harmless ones,
ordinary ones that mention a social group, and the user's own."""
_FILES: dict[Part, str] = {
    "instructions": "constraints.jsonl",
    "neutral": "neutral.jsonl",
    "groups": "groups.jsonl",
}


@dataclass(frozen=True)
class Prompt:
    """One prompt; `kind` is its constraint types, its language, or the axis of the group in it."""

    part: Part
    id: str
    text: str
    kind: str = ""
    constraints: tuple[Constraint, ...] = ()
    opens: str = ""
    """The beginning of a sentence that the prompt asks to be finished; judged with the answer."""

    def conversation(self) -> Conversation:
        """Return it as what a model is to answer."""
        return Conversation(
            f"{self.part}/{self.id}", [{"role": "user", "content": self.text}], None, self.kind
        )


def bundled_prompts(part: Part, each: int | None = None) -> list[Prompt]:
    """Return our prompts of one set, at most `each` of every kind."""
    text = (files("curator.tune.evaluate") / "prompts" / _FILES[part]).read_text("utf-8")
    found = [_prompt(part, json.loads(line)) for line in text.splitlines()]
    return found if each is None else list(_fewer(found, each))


def read_prompts(path: Path) -> list[Prompt]:
    """Read prompts of the user's own: a text file has one a line, a JSON Lines file one an object.

    An object has `prompt`, and perhaps `id` and a list `constraints`.

    Raises:
        InputError: the file is not there or a line is not a prompt.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{path} cannot be read as prompts: {why}") from error
    told = [(place, line) for place, line in enumerate(lines, 1) if line.strip()]
    plain = path.suffix.lower() not in {".jsonl", ".ndjson", ".json"}
    found = [_own(path, place, {"prompt": line} if plain else line) for place, line in told]
    if not found:
        raise InputError(f"{path} has no prompt: write one a line")
    twice = [name for name, count in Counter(one.id for one in found).items() if count > 1]
    if twice:
        raise InputError(f"{path} has the id {twice[0]!r} twice: give every prompt its own")
    return found


def _own(path: Path, place: int, line: str | dict[str, str]) -> Prompt:
    try:
        told = json.loads(line) if isinstance(line, str) else line
    except ValueError as error:
        raise InputError(f"{path}:{place}: that is no JSON: {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("prompt"), str):
        raise InputError(f'{path}:{place}: a prompt is an object with the text "prompt"')
    constraints: Any = told.get("constraints", [])
    if not isinstance(constraints, list):
        raise InputError(f'{path}:{place}: "constraints" is a list')
    wrong = next(filter(None, map(wrong_in, constraints)), "")
    if wrong:
        raise InputError(f"{path}:{place}: {wrong}")
    return _prompt("own", {"id": str(place), **told})


def _prompt(part: Part, told: dict[str, Any]) -> Prompt:
    constraints: tuple[Constraint, ...] = tuple(told.get("constraints", ()))
    kind = told.get("kind") or "+".join(one["type"] for one in constraints)
    text, opens = told["prompt"], told.get("opens", "")
    return Prompt(part, str(told["id"]), text, kind, constraints, opens)


def _fewer(prompts: Sequence[Prompt], each: int) -> Iterator[Prompt]:
    """Give the first of every kind; prompts with two constraints are one kind."""
    seen: Counter[str] = Counter()
    for one in prompts:
        kind = "+" if "+" in one.kind else one.kind
        seen[kind] += 1
        if seen[kind] <= each:
            yield one
