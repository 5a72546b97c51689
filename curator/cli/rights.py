"""Commands about passing data on, and about taking it back: release, forget."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import Json, RunPath
from curator.cli.output import progress, say, show_json, tell
from curator.errors import CuratorError


def forget(
    path: RunPath,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID_OR_CONTENT…", help="Ids, contents, or source:row."),
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--from", help="A file with one of them a line.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take records out of a run for good, with all that was made of them; leave a receipt."""
    from curator.pipeline.forget import forget as forget_records
    from curator.report.figures import counted

    asked = [*(keys or []), *(_lines(listed) if listed else [])]
    if not asked:
        raise typer.BadParameter("name a record, or a file of them with --from")
    with progress() as listener:
        found = forget_records(path, asked, listener)
    if as_json:
        show_json(asdict(found))
        return
    if not found.contents:
        say("nothing to forget: all of it is forgotten already")
        return
    files = f"files removed or written anew: {found.files:,}"
    say(f"forgot {counted(found.records, 'record')}; {files}")
    tell(f"the input still has them, and later runs leave them out: {', '.join(found.inputs)}")
    for name in found.siblings:
        sibling = path.parent / name
        tell(f"{sibling} holds them too: `curator forget {sibling} …`")
    if found.removed:
        tell(f"removed, to be made again where it is wanted: {', '.join(found.removed)}")
    if found.alike:
        tell(f"duplicates of them are still there: {', '.join(found.alike)}")


def release(
    path: RunPath,
    out: Annotated[
        Path | None, typer.Option(help="The folder; release/ of the run when absent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write what is passed on of a run: exports, recipe, manifest, licences, SBOM, SHA256SUMS."""
    from curator.export import release_run
    from curator.run import Run, hold

    opened = Run.open(path)
    with hold(opened.layout.lock):
        folder, made = release_run(opened, out)
    if as_json:
        show_json({"folder": folder, "exports": [asdict(result) for result in made]})
        return
    for result in made:
        say(f"{result.folder.name}: {result}")
    for conflict in dict.fromkeys(text for result in made for text in result.conflicts):
        tell(f"licences: {conflict}")
    say(f"release: {folder}")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CuratorError(f"{path} cannot be read as a list of records: {error}") from None
