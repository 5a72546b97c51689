"""What a container gives: the rows in it, and what it cannot give."""

from typing import Any, NamedTuple

from curator.errors import InputError


class Found(NamedTuple):
    """One row as its container holds it."""

    row: int
    value: Any
    text: str
    """The row's own JSON text; empty where the container is not JSON."""
    notes: tuple[str, ...] = ()
    repeated: bool = False
    """A key appears twice in one of the row's objects."""


class Broken(NamedTuple):
    """One row, or the rest of a file, that its container cannot give."""

    row: int
    error: str
    text: str


class BrokenStreamError(InputError):
    """Compressed data that breaks off or is damaged; what came before it was read."""
