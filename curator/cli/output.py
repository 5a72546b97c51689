"""Output: results to stdout, progress to stderr and only to a terminal."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from curator.pipeline import Event, Listener


_PIPED = 140
"""Columns where nobody's window says how many: enough for ids and paths."""


def show(renderable: "RenderableType") -> None:
    """Print something for people."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _PIPED
    Console(width=width, soft_wrap=False, highlight=False).print(renderable)


def show_json(value: Any) -> None:
    """Print something for machines: one JSON value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say(text: str) -> None:
    """Print plain text."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """Print a remark that is not the result."""
    sys.stderr.write(f"{text}\n")


@contextmanager
def progress() -> Iterator["Listener"]:
    """Show what a run does: a bar a filter with rows/s and the time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield _plain
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", justify="left"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


def _plain(event: "Event") -> None:
    if event.kind in {"plan", "note"}:
        tell(event.what)


class _Bars:
    """Turn events into bars."""

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}
        self._seconds: dict[str, float] = {}
        self._rows: dict[str, int] = {}

    def __call__(self, event: "Event") -> None:
        if event.kind in {"plan", "note"}:
            self._bars.console.print(event.what, highlight=False)
            return
        name = f"{event.kind} {event.what}"
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=event.total, rate="")
        adding = event.kind == "measured"
        rows = self._rows[name] = event.done + (self._rows.get(name, 0) if adding else 0)
        seconds = self._seconds[name] = self._seconds.get(name, 0.0) + event.seconds
        rate = f"{rows / seconds:,.0f} rows/s" if seconds > 0 else ""
        self._bars.update(self._tasks[name], completed=rows, total=event.total, rate=rate)
