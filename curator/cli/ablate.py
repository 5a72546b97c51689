"""The command that asks whether curation helped: ablate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import Json
from curator.cli.output import progress, say, show, show_json, tell

if TYPE_CHECKING:
    from curator.ablate.ablate import Answered

RecipePath = Annotated[
    Path | None,
    typer.Argument(metavar="[RECIPE]", help="A recipe file; --micro has one of its own."),
]
Model = Annotated[
    str,
    typer.Option(
        help="What every arm begins with: a folder, a fetched hub id, or tiny: as large a model "
        "of our own as there is time for."
    ),
]
Micro = Annotated[
    bool,
    typer.Option(
        "--micro", help="Data made on the spot, with defects; three arms unless --arms says more."
    ),
]
Minutes = Annotated[
    float, typer.Option(min=0.1, help="How long it may take; chooses model size and arms.")
]
Seeds = Annotated[
    int | None, typer.Option(min=1, help="Trainings of each arm; 5, or 3 with --micro.")
]
Arms = Annotated[
    str | None,
    typer.Option(help="Beside the first three: without, longest, dropped, a filter, or all."),
]
HeldOut = Annotated[
    list[Path] | None,
    typer.Option("--held-out", help="A file of human-checked answers; repeatable."),
]
Elsewhere = Annotated[
    list[Path] | None,
    typer.Option("--out-of-domain", help="A file from elsewhere; repeatable."),
]
OfRun = Annotated[
    Path | None, typer.Option(metavar="RUN", help="The run directory; as of `curator run`.")
]
Folder = Annotated[
    Path | None, typer.Option("--out", help="The folder; ablations/<recipe name> when absent.")
]


def ablate(
    recipe: RecipePath = None,
    model: Model = "tiny",
    micro: Micro = False,
    minutes: Minutes = 30.0,
    seeds: Seeds = None,
    arms: Arms = None,
    held_out: HeldOut = None,
    out_of_domain: Elsewhere = None,
    run: OfRun = None,
    out: Folder = None,
    as_json: Json = False,
) -> None:
    """Ask whether curation helped: train the same model with and without it, and compare."""
    _check_packages()
    from curator.ablate.ablate import ablate as compare
    from curator.ablate.micro import SEEDS
    from curator.ablate.wanted import Wanted

    wanted = Wanted(
        recipe=recipe,
        model=model,
        micro=micro,
        minutes=minutes,
        seeds=seeds or (SEEDS if micro else 5),
        arms=_names(arms or ""),
        held_out=tuple(held_out or ()),
        other=tuple(out_of_domain or ()),
        out=out,
        run=run,
    )
    with progress() as listener:
        found = compare(wanted, tell, listener)
    _tell(found, as_json=as_json)


def _tell(found: "Answered", *, as_json: bool) -> None:
    from curator.ablate.console import ablation_view
    from curator.ablate.facts import as_json as facts_of

    if as_json:
        show_json({"folder": str(found.folder), **facts_of(found.found, found.verdict)})
        return
    show(ablation_view(found.found, found.verdict))
    say(f"page: {found.folder / 'ablation.html'}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _check_packages() -> None:
    from curator.tune.base import need_training

    need_training("an ablation")
