"""Commands about models: list, pull, verify."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from curator.cli.options import Json, Private
from curator.cli.output import progress, say, show, show_json
from curator.errors import ModelError

models = typer.Typer(no_args_is_help=True, help="List the models, fetch them, check their files.")
Names = Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Models; all if none.")]


@models.command("list")
def list_models(as_json: Json = False) -> None:
    """Show every model: what it is for, where its file is, its licence."""
    from curator.cli.tables import model_table
    from curator.models import CATALOGUE, how_to_get, place_of

    facts: list[dict[str, Any]] = []
    for card in CATALOGUE.values():
        place = place_of(card)
        here = place is not None and place.is_file()
        path = str(place) if here else None
        facts.append(asdict(card) | {"here": here, "path": path, "to_get": how_to_get(card)})
    if as_json:
        show_json(facts)
    else:
        show(model_table(facts))


@models.command()
def pull(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The model, as `list` names it.")],
    mirror: Annotated[
        str | None, typer.Option("--from", help="Another address of the same file, or a path.")
    ] = None,
    private: Private = False,
) -> None:
    """Fetch a model's file, check its sha256, and keep it."""
    from curator.models import card_of
    from curator.pipeline.sources import watch_for
    from curator.remote import Guard
    from curator.remote.pull import pull as fetch

    card = card_of(name)
    with progress() as listener:
        path = fetch(card, Guard(allow_private=private), watch_for(listener), mirror)
    say(f"{card.name}: {path}")


@models.command()
def verify(names: Names = None, as_json: Json = False) -> None:
    """Check the files of models against their cards; exit 1 if one is not what it should be."""
    from curator.models import CATALOGUE, card_of, file_of, place_of

    states: dict[str, str] = {}
    for card in [card_of(name) for name in names] if names else CATALOGUE.values():
        place = place_of(card)
        if not names and card.source == "url" and not (place and place.is_file()):
            states[card.name] = "not pulled"
            continue
        try:
            states[card.name] = f"ok: {file_of(card)}"
        except ModelError as error:
            states[card.name] = str(error)
    if as_json:
        show_json(states)
    else:
        for name, state in states.items():
            say(f"{name}  {state}")
    if any(not state.startswith(("ok: ", "not pulled")) for state in states.values()):
        raise typer.Exit(1)
