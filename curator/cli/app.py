"""The `curator` command and its subcommands, in the order people meet them."""

from typing import Annotated

import typer

from curator import __version__
from curator.cli import ask, look, rights, work
from curator.cli.ablate import ablate
from curator.cli.evaluate import evaluate
from curator.cli.models import models
from curator.cli.output import say
from curator.cli.tune import tune

app = typer.Typer(
    name="curator",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"curator {__version__}")
        raise typer.Exit


@app.callback()
def curator(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Curate instruction-tuning data: measure every record, decide with a reason, export."""


for command in (
    look.init,
    look.inspect,
    work.run,
    work.report,
    ask.explain,
    ask.diff,
    ask.whatif,
    work.export,
    tune,
    evaluate,
    ablate,
    rights.release,
    rights.forget,
    ask.dashboard,
    look.filters,
    look.schema,
    look.doctor,
):
    app.command()(command)

app.add_typer(models, name="models")
