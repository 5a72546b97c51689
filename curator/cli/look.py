"""Commands that look at data or at this installation: inspect, init, filters, schema, doctor."""

from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import Data, Json, Private, ShowValues
from curator.cli.output import say, show, show_json, tell
from curator.errors import CuratorError

Plugins = Annotated[
    list[str] | None, typer.Option("--plugin", help="An installed plugin to include; repeatable.")
]
Shape = Annotated[str | None, typer.Option("--format", help="The shape, if detection is wrong.")]


def inspect(
    data: Data,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if there is a problem.")] = False,
    shape: Shape = None,
    private: Private = False,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Profile data: format, counts, lengths, scripts, shared openings, problems."""
    from curator.cli.tables import profile_table
    from curator.privacy import values
    from curator.profile import Look, profile_of
    from curator.remote import shown

    look = Look(data, _shape(shape), private, tell)
    with values(shown=show_values), look.sources() as sources:
        profile = profile_of(sources)
    if not profile.records + profile.quarantined:
        raise CuratorError(f"there is no row in {', '.join(map(shown, data))}")
    if as_json:
        show_json(asdict(profile))
    else:
        show(profile_table(profile))
    if strict and profile.problem_count:
        raise typer.Exit(1)


def init(
    data: Data,
    out: Annotated[Path, typer.Option(help="Where to write the recipe.")] = Path("recipe.yaml"),
    shape: Shape = None,
    private: Private = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Json = False,
) -> None:
    """Write a commented recipe with thresholds that suit the data."""
    from curator.profile import Look, start_recipe

    if out.exists() and not force:
        raise CuratorError(
            f"{out} exists already: choose another --out, or replace it with --force"
        )
    profile = start_recipe(Look(data, _shape(shape), private, tell), out)
    facts = {
        "recipe": str(out),
        "records_read": profile.records,
        "sources": [asdict(source) for source in profile.sources],
    }
    if as_json:
        show_json(facts)
        return
    for source in profile.sources:
        say(f"{source.name}: {source.shape} ({source.confidence:.0%} sure), {source.container}")
    say(f"wrote {out}: read it, then `curator run {out}`")


def filters(plugin: Plugins = None, as_json: Json = False) -> None:
    """List every filter with its rules, default actions and thresholds."""
    from curator.cli.tables import filter_facts, filter_table

    if as_json:
        show_json(filter_facts(plugin or ()))
    else:
        show(filter_table(plugin or ()))


def schema(
    name: Annotated[str | None, typer.Argument(help="One schema; all when absent.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every schema into this folder.")] = None,
    check: Annotated[
        Path | None, typer.Option(help="Exit 1 if a file in this folder is not up to date.")
    ] = None,
    plugin: Plugins = None,
) -> None:
    """Print, write or check the JSON Schemas of all that a run reads and writes."""
    from curator.schemas import schema_text, schemas, stale_schemas, write_schemas

    if check is not None:
        stale = stale_schemas(check)
        if stale:
            raise CuratorError(
                f"{', '.join(stale)} in {check} is out of date: run `curator schema --out {check}`"
            )
        tell(f"every schema in {check} is up to date")
    elif out is not None:
        for path in write_schemas(out):
            say(str(path))
    elif name is not None:
        say(schema_text(name, plugin or ()).rstrip())
    else:
        show_json(schemas(plugin or ()))


def doctor(
    warm: Annotated[bool, typer.Option("--warm", help="Compile the kernels now.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is installed, what is missing, and the command that adds it."""
    from curator.cli.tables import doctor_table
    from curator.doctor import examine

    checks = examine(warm=warm)
    if as_json:
        show_json([asdict(check) for check in checks])
    else:
        show(doctor_table(checks))
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(1)


def _shape(given: str | None) -> str | None:
    from curator.formats import SHAPES

    if given is not None and given not in SHAPES:
        near = get_close_matches(given, SHAPES, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(SHAPES)}"
        raise CuratorError(f'there is no format "{given}": {hint}')
    return given
