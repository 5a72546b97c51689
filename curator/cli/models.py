"""Commands about models: list, pull, verify, calibrate, train."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from curator.cli.options import Data, Json, Private
from curator.cli.output import progress, say, show, show_json, tell
from curator.errors import CuratorError, ModelError

if TYPE_CHECKING:
    from curator.models import Named

models = typer.Typer(no_args_is_help=True, help="List the models, fetch them, check their files.")
_BY_KIND = ("hub:", "detoxify:")
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
    """Fetch a model's file, check its sha256, and keep it.

    A name as in a recipe works too: hub:<id>, or detoxify:<checkpoint>, which is converted.
    """
    from curator.models import CATALOGUE, card_of
    from curator.pipeline.sources import watch_for
    from curator.remote import Guard
    from curator.remote.pull import pull as fetch
    from curator.remote.pull import pull_named

    if name not in CATALOGUE and name.startswith(_BY_KIND):
        say(f"{name}: {pull_named(_named(name, mirror))}")
        return
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
        fetched = card.source in {"url", "checkpoint"}
        if not names and fetched and not (place and place.is_file()):
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


@models.command()
def calibrate(
    name: Annotated[str, typer.Argument(metavar="NAME", help="detoxify:… or hub:…")],
    data: Data,
    recall: Annotated[
        float, typer.Option(min=0.5, max=0.9999, help="Of what it flags, the share to keep.")
    ] = 0.99,
    flags_from: Annotated[
        float, typer.Option(min=0, max=1, help="The score above which it flags.")
    ] = 0.5,
    label: Annotated[
        list[str] | None, typer.Option(help="What a label means: LABEL=category; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find below which bundled score `cascade:NAME` need not ask the model, on texts of yours."""
    from curator.models import read_name
    from curator.profile import Look
    from curator.profile.clearing import Wanted
    from curator.profile.clearing import calibrate as find

    labels = dict(one.split("=", 1) for one in label or [] if "=" in one)
    if len(labels) != len(label or []):
        raise CuratorError("--label wants LABEL=category, such as --label LABEL_1=toxicity")
    with Look(data, note=tell).sources() as sources:
        found = find(sources, read_name(name), Wanted(flags_from, recall), labels)
    if as_json:
        show_json(found._asdict())
    else:
        say(
            f"cascade:{name} clears what scores below {found.below:g}: with 95% confidence it "
            f"keeps {recall:.1%} of what the model flags ({found.flagged:,} of {found.texts:,} "
            f"texts)"
        )


@models.command()
def train(
    task: Annotated[Literal["quality"], typer.Argument(help="What the model is to judge.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the model to.")],
    label: Annotated[
        str, typer.Option(help="The field with the label; 'rating>=4' says what is good.")
    ] = "label",
    run: Annotated[
        Path | None, typer.Option(help="DATA is a CSV file: id, and the label, of this run.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a model on labels of yours, and tell how well it does on what it has not seen."""
    from curator.profile import Look
    from curator.profile.graded import graded_files, graded_run
    from curator.profile.learn_quality import learn_quality, read_label

    field, bound = read_label(label)
    if run is None:
        with Look(data, note=tell).sources() as sources:
            graded = graded_files(sources, field)
    else:
        graded = graded_run(run, [Path(one) for one in data], field)
    figures = learn_quality(graded, bound, out)
    if as_json:
        show_json({"task": task, "model": str(out)} | figures._asdict())
        return
    say(
        f"{out}: learnt from {figures.rows:,} answers, {figures.good:,} of them good. On answers "
        f"it had not seen its AUROC is {figures.auroc:.3f} ({figures.matched:.3f} among answers "
        f"of like length; length alone {figures.length:.3f}), its calibration error "
        f"{figures.calibration_error:.3f}. Use it with `filter: quality` and `model: {out}`"
    )


def _named(name: str, mirror: str | None) -> "Named":
    """Read a name that has no card; it says itself where the model is."""
    from curator.models import read_name

    if mirror:
        raise ModelError(f"--from is for models with a card: name the path itself, not {name}")
    return read_name(name)
