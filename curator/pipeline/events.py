"""Events: what a run tells whoever watches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Event:
    """One thing that happened. `done` counts rows of `what`, bytes of it that were fetched, or
    requests that were answered; `total` is null when unknown.
    """

    kind: Literal["plan", "fetched", "read", "measured", "asked", "paired", "decided", "note"]
    what: str
    done: int = 0
    total: int | None = None
    seconds: float = 0.0


Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing."""
