"""Names: how a recipe says which model judges, `hub:<id or path>` and its like."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

from curator.errors import ModelError

Kind = Literal["bundled", "detoxify", "hub"]
PUBLISHED = ("original", "unbiased", "multilingual", "original-small", "unbiased-small")
"""The models of the project Detoxify (Hanu and Unitary 2020), by its own names."""
_CASCADE = "cascade:"
_OPENINGS = (".", "/", "~")


class Named(NamedTuple):
    """A model as a recipe names it."""

    kind: Kind
    place: str
    """A published name, a hub id or a path; empty for the bundled model."""
    cascade: bool = False
    """Whether the bundled model clears what is surely clean first."""

    @property
    def is_path(self) -> bool:
        """Whether `place` is a path: any that is no published name, or begins like one."""
        if self.kind == "detoxify":
            return self.place not in PUBLISHED
        return self.place.startswith(_OPENINGS)

    @property
    def own(self) -> str:
        """The name without `cascade:`, as `curator models pull` takes it."""
        return f"{self.kind}:{self.place}" if self.place else self.kind

    @property
    def shown(self) -> str:
        """The name without the folder of a path: scores do not depend on where a file lies."""
        return f"{self.kind}:{Path(self.place).name}" if self.is_path else self.own

    def __str__(self) -> str:
        return f"{_CASCADE}{self.own}" if self.cascade else self.own


def read_name(text: str) -> Named:
    """Read `bundled`, `detoxify:<name or path>`, `hub:<id or path>` or `cascade:` before the two.

    Raises:
        ModelError: it is none of them.
    """
    rest = text.removeprefix(_CASCADE)
    kind, colon, place = rest.partition(":")
    cascade = rest != text
    if kind == "bundled" and not colon and not cascade:
        return Named("bundled", "")
    if kind == "detoxify" and place:
        return Named("detoxify", place, cascade)
    if kind == "hub" and place:
        return Named("hub", place, cascade)
    known = ["bundled", *(f"detoxify:{name}" for name in PUBLISHED)]
    near = get_close_matches(text, [*known, *PUBLISHED], n=1)
    meant = near[0] if near and near[0] in known else f"detoxify:{near[0]}" if near else ""
    hint = f'did you mean "{meant}"? ' if meant else ""
    raise ModelError(
        f'"{text}" names no model: {hint}write bundled, detoxify:<{"|".join(PUBLISHED)} or the '
        f"path of a checkpoint>, hub:<id or ./path>, or cascade: before one of the last two"
    )


def placed_name(text: str, place: Callable[[str], str]) -> str:
    """Return the name with the path in it, if there is one, put elsewhere."""
    named = read_name(text)
    if not named.is_path:
        return text
    moved = place(named.place)
    return str(named._replace(place=moved if moved.startswith(_OPENINGS) else f"./{moved}"))
