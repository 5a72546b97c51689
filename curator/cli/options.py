"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]
Data = Annotated[list[str], typer.Argument(metavar="DATA…", help="Files, globs or folders.")]
