"""The `curator` command and its subcommands."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli import look, ask, work

app = typer.Typer(
    name="curator",
    help="Curate instruction-tuning data: measure, decide with a reason, review, export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
