"""Commands that ask a run something: explain, diff, whatif."""

from pathlib import Path
from typing import Annotated, Any

import typer

from curator.cli.options import Json, RunPath, ShowValues
from curator.cli.output import show, show_json, tell
from curator.errors import CuratorError


def explain(
    path: RunPath,
    record: Annotated[
        str, typer.Argument(metavar="ID", help="An id, its beginning, or source:row.")
    ],
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Show one record: every score beside its threshold, every reason, the witness."""
    from curator.privacy import values
    from curator.report import as_json as to_json
    from curator.report import explain as explain_record
    from curator.report.console import explain_view
    from curator.run import Run

    with values(shown=show_values):
        found = explain_record(Run.open(path), record)
    if as_json:
        show_json(to_json(found))
    else:
        show(explain_view(found))


def diff(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN_A RUN_B…", help="Run directories.")],
    page: Annotated[
        Path | None, typer.Option("--html", help="Write them side by side as a page.")
    ] = None,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Name the records that changed sides between two runs, and why; or line up several runs."""
    from curator.privacy import values
    from curator.report import Comparison, compare, line_up
    from curator.report import as_json as to_json
    from curator.report.console import comparison_view
    from curator.report.lined_up import lineup_page, lineup_view
    from curator.run import Run, write_text

    if len(runs) < 2:  # noqa: PLR2004 (it takes two to differ)
        raise typer.BadParameter("name two runs or more")
    opened = [Run.open(path) for path in runs]
    if page is not None:
        write_text(page, lineup_page(line_up(opened)))
        tell(f"side by side: {page}")
    pair = len(opened) == 2  # noqa: PLR2004
    with values(shown=show_values):
        found = compare(*opened) if pair else line_up(opened)
    if as_json:
        show_json(to_json(found))
    elif isinstance(found, Comparison):
        show(comparison_view(found))
    else:
        show(lineup_view(found))


def whatif(
    path: RunPath,
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="FILTER.SETTING=VALUE…",
            help="Thresholds to try; select.max_records=5000 is another budget.",
        ),
    ],
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Decide again under other thresholds or budgets, and show what changes; nothing is written."""
    from curator.privacy import values
    from curator.report import as_json as to_json
    from curator.report import what_if
    from curator.report.console import what_if_view
    from curator.run import Run

    asked = _changes(changes)
    with values(shown=show_values):
        found = what_if(Run.open(path), asked)
    if as_json:
        show_json(to_json(found))
    else:
        show(what_if_view(found))


def dashboard(
    path: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")] = Path(
        "runs/demo"
    ),
    show_values: ShowValues = False,
) -> None:
    """Look at a run in the browser, on this machine only."""
    import os
    import sys
    from importlib.util import find_spec

    from curator.errors import MissingExtraError
    from curator.run import Run

    Run.open(path)
    rooms = find_spec("curator_ui")
    if find_spec("streamlit") is None or rooms is None or rooms.origin is None:
        raise MissingExtraError("streamlit", "ui", "the dashboard")
    page = Path(rooms.origin).with_name("app.py")
    options = ["--server.address=127.0.0.1", "--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *options, "--", str(path)]
    command += ["--show-values"] if show_values else []
    os.execv(sys.executable, command)  # so that ending this process ends the server


def _changes(changes: list[str]) -> dict[str, dict[str, Any]]:
    """Read `length.max_words=300`, and `refusal.on.moralising=drop`."""
    asked: dict[str, dict[str, Any]] = {}
    for change in changes:
        place, equals, text = change.partition("=")
        label, _, setting = place.partition(".")
        rule = setting.removeprefix("on.") if setting.startswith("on.") else None
        if not (equals and label and setting) or "." in (rule or setting):
            raise CuratorError(
                f"{change!r} cannot be read: write filter.threshold=value, such as "
                f"length.max_words=300, filter.on.rule=flag, or select.max_records=5000"
            )
        if rule is None:
            asked.setdefault(label, {})[setting] = read_value(text, change)
        else:
            asked.setdefault(label, {}).setdefault("on", {})[rule] = text
    return asked


def read_value(text: str, change: str) -> Any:
    """Read the value of a setting as YAML does; `change` is what the user wrote."""
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise CuratorError(f"{change!r} has no value that can be read") from None
