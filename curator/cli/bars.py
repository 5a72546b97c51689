"""Bars: a training that goes on, drawn on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from curator.cli.output import tell

if TYPE_CHECKING:
    from curator.training.progress import Listener, Progress


@contextmanager
def training_bar() -> "Iterator[Listener]":
    """Show steps, loss, tokens/s, MFU and the time left; where nobody looks, the looks alone."""
    if not sys.stderr.isatty():
        yield _looked
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    said = TextColumn("{task.fields[said]}")
    columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), said)
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("training", total=None, said="")

        def told(progress: "Progress") -> None:
            bars.update(task, completed=progress.step, total=progress.steps, said=_line(progress))
            if progress.eval_loss is not None:
                bars.console.print(_look(progress), highlight=False)

        yield told


def _looked(progress: "Progress") -> None:
    if progress.eval_loss is not None:
        tell(_look(progress))


def _look(progress: "Progress") -> str:
    return (
        f"step {progress.step:,} of {progress.steps:,}: loss {progress.loss:.4f}, "
        f"validation {progress.eval_loss:.4f}"
    )


def _line(progress: "Progress") -> str:
    said = [f"loss {progress.loss:.4f}", f"{progress.tokens_per_second:,.0f} tokens/s"]
    said += [f"MFU {progress.mfu:.0%}"] if progress.mfu is not None else []
    minutes, seconds = divmod(round(progress.seconds_left), 60)
    return "  ".join([*said, f"{minutes}:{seconds:02} left"])
