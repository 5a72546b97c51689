"""Commands about training: tune."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.cli.ask import read_value
from curator.cli.bars import training_bar
from curator.cli.options import Json, RunPath, ShowValues
from curator.cli.output import say, show, show_json
from curator.errors import CuratorError

if TYPE_CHECKING:
    from curator.recipe import Tune
    from curator.run import Run
    from curator.tune.tuned import Tuned


Changes = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SETTING=VALUE…]", help="Settings other than the recipe's."),
]
Model = Annotated[str | None, typer.Option(help="The model to train: a path, a hub id, or tiny.")]
Name = Annotated[
    str | None, typer.Option(help="Its folder below tune/; the model and the method if absent.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only tell what would be learnt, and what it takes.")
]
Prepare = Annotated[
    bool, typer.Option("--prepare", help="Only write the job, to be run somewhere else.")
]
Processes = Annotated[int, typer.Option(min=1, help="Processes, one a GPU.")]
Again = Annotated[bool, typer.Option("--fresh", help="Begin anew where another training lies.")]


def tune(
    path: RunPath,
    changes: Changes = None,
    model: Model = None,
    name: Name = None,
    dry_run: DryRun = False,
    prepare: Prepare = False,
    processes: Processes = 1,
    fresh: Again = False,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Train a language model on the kept records, and check what was written."""
    from curator.privacy import values
    from curator.run import Run
    from curator.tune.tune import Ways, write_only

    opened = Run.open(path)
    settings = _settings(opened, model, changes or ())
    ways = Ways(name=name, processes=processes, fresh=fresh)
    if dry_run:
        with values(shown=show_values):
            _tell_dry_run(opened, settings, processes, as_json=as_json)
    elif prepare:
        job = write_only(opened, settings, ways)
        if as_json:
            show_json({"job": str(job)})
        else:
            say(f"job: {job}\nrun it with: torchrun --nproc-per-node N -m curator.training {job}")
    else:
        _train(opened, settings, ways, as_json=as_json)


def _train(opened: "Run", settings: "Tune", ways: Any, *, as_json: bool) -> None:
    from curator.tune.tune import tune as train

    with training_bar() as listener:
        folder, found = train(opened, settings, replace(ways, listener=listener))
    if as_json:
        show_json({"folder": str(folder), **found.model_dump(mode="json")})
        return
    for line in _told(folder, found):
        say(line)


def _told(folder: Path, found: "Tuned") -> list[str]:
    side = found.training
    said = [
        f"{side.records:,} records, {side.tokens:,} tokens, {side.learnt:,} of them learnt; "
        f"{found.steps:,} steps in {found.seconds:,.0f} s"
    ]
    if found.before is not None and found.after is not None:
        said.append(
            f"validation loss: {found.before:.4f} before, {found.after:.4f} after "
            f"(nats per token of an answer)"
        )
    left = ", ".join(f"{reason} {count:,}" for reason, count in found.left_out.items())
    said += [f"left out: {left}"] if left else []
    hard = ", ".join(f"{id_} ({loss:.2f})" for id_, loss in found.hardest.items())
    said += [f"hardest for it, with their losses (of all: `run.scores()`): {hard}"] if hard else []
    said.append(
        f"the files were read again: the same likeliest token at "
        f"{found.compared.agreement:.2%} of places"
    )
    return [*said, f"model: {folder / 'model'}"]


def _tell_dry_run(opened: "Run", settings: "Tune", processes: int, *, as_json: bool) -> None:
    from curator.tune.dry_run import dry_run
    from curator.tune.dry_run_view import as_json as to_json
    from curator.tune.dry_run_view import dry_run_view

    found = dry_run(opened, settings, processes=processes)
    if as_json:
        show_json(to_json(found))
    else:
        show(dry_run_view(found))


def _settings(opened: "Run", model: str | None, changes: Sequence[str]) -> "Tune":
    """Return the recipe's settings, changed as the command line says."""
    from curator.recipe import parse_tune

    said: dict[str, Any] = opened.recipe.tune.model_dump() if opened.recipe.tune else {}
    for change in changes:
        setting, equals, text = change.partition("=")
        if not equals:
            raise CuratorError(f"{change!r} cannot be read: write setting=value, such as epochs=2")
        said[setting.removeprefix("tune.")] = read_value(text, change)
    return parse_tune(said | ({"model": model} if model else {}))
