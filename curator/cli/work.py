"""Commands that make something: run, report, export."""

import re
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from curator.cli.options import (
    Container,
    Fresh,
    Inputs,
    Json,
    Locked,
    Pairs,
    Resume,
    RunOut,
    RunPath,
    ShardRows,
    ShowValues,
    Splits,
    Tokens,
    TrainedModel,
    WithConfig,
    Workers,
)
from curator.cli.output import progress, say, show, show_json, tell
from curator.errors import CuratorError

if TYPE_CHECKING:
    from curator.export import ExportResult
    from curator.recipe import Export, Recipe, Tune
    from curator.run import Run


def run(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe file.")],
    out: RunOut = None,
    inputs: Inputs = None,
    workers: Workers = None,
    engine: Annotated[Literal["local"], typer.Option(help="Where shards are measured.")] = "local",
    resume: Resume = False,
    fresh: Fresh = False,
    locked: Locked = None,
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Run a recipe: read, mend, measure, decide, report, export; print the funnel."""
    from curator.pipeline import curate
    from curator.privacy import values

    if resume and fresh:
        raise typer.BadParameter("--resume and --fresh exclude each other")
    with progress() as listener, values(shown=show_values):
        finished = curate(
            recipe,
            inputs=inputs or (),
            out=out,
            workers=workers,
            fresh=fresh,
            locked=locked,
            listener=listener,
        )
    if as_json:
        facts = {"run": str(finished.path), "report": str(_page(finished)), "engine": engine}
        show_json(facts | {"counts": finished.manifest.counts})
    else:
        _tell_of(finished)


def _tell_of(finished: "Run") -> None:
    """Print the funnel of a run, and where its report and exports are."""
    from curator.report import facts_of
    from curator.report.console import funnel_view

    show(funnel_view(facts_of(finished)))
    say(f"report: {_page(finished)}")
    for settings in finished.recipe.export:
        say(f"export: {finished.export_folder(settings.folder)}")


def _page(finished: "Run") -> Path:
    return finished.layout.report / "report.html"


def report(
    path: RunPath,
    reference: Annotated[
        str,
        typer.Option(
            metavar="MIX",
            help="What the tasks are held against: balanced, instructgpt, dolly, or a YAML file.",
        ),
    ] = "balanced",
    show_values: ShowValues = False,
    as_json: Json = False,
) -> None:
    """Write report.html and report.md of a run, and say where they are."""
    from curator.privacy import values
    from curator.report import as_json as to_json
    from curator.report import facts_of, reference_of, write_report
    from curator.report.console import funnel_view
    from curator.run import Run, hold

    opened, mix = Run.open(path), reference_of(reference)
    with hold(opened.layout.lock), values(shown=show_values):
        paths, facts = write_report(opened, mix), facts_of(opened, mix)
    if as_json:
        show_json(to_json(facts))
        return
    show(funnel_view(facts))
    say(f"report: {paths.html}")


def export(
    path: RunPath,
    to: Annotated[str, typer.Option(metavar="SHAPE_OR_PRESET", help="What to write.")],
    container: Container = "jsonl",
    out: Annotated[
        Path | None, typer.Option(help="The folder; export/<name> of the run when absent.")
    ] = None,
    splits: Splits = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if a record does not fit the target.")
    ] = False,
    pairs: Pairs = "whole",
    max_shard_rows: ShardRows = None,
    with_config: WithConfig = False,
    model: TrainedModel = None,
    tokens: Tokens = False,
    as_json: Json = False,
) -> None:
    """Write the kept records in a shape, or as a trainer's preset wants them."""
    from curator.export import export_run
    from curator.run import Run, hold

    opened = Run.open(path)
    said = {"to": to, "as": container, "strict": strict, "splits": _shares(splits)}
    said |= {"pairs": pairs, "max_shard_rows": max_shard_rows}
    said |= {"config": True} if with_config or model else {}
    settings = _settings(said)
    training = _tune_of(opened.recipe, model)
    with hold(opened.layout.lock):
        if tokens:
            result = _tokens(opened, training, to, out)
        else:
            result = export_run(opened, settings, out, training)
    if as_json:
        show_json(asdict(result))
        return
    _tell_of_export(result)
    if result.is_empty:
        raise typer.Exit(1)


def _tokens(opened: "Run", training: "Tune | None", to: str, out: Path | None) -> "ExportResult":
    from curator.export.lesson import TRAINERS
    from curator.recipe import Tune
    from curator.tune.elsewhere import export_tokens

    trainer = next((name for name in TRAINERS if name == to), None)
    if trainer is None:
        raise CuratorError(f"--tokens goes with --to {', '.join(TRAINERS)}")
    return export_tokens(opened, training or Tune(), trainer, out)


def _tell_of_export(result: "ExportResult") -> None:
    """Print what was written, what to know of it, and what to do with it."""
    say(f"{result}")
    if result.caution:
        tell(result.caution)
    for conflict in result.conflicts:
        tell(f"licences: {conflict}")
    say(f"export: {result.folder}")
    if result.command:
        say(f"train: cd {quote(str(result.folder.parent))} && {result.command}")


def _tune_of(recipe: "Recipe", model: str | None) -> "Tune | None":
    """Return how the recipe trains, with another model where one is named."""
    from curator.recipe import Tune

    if model is None:
        return recipe.tune
    return (recipe.tune or Tune()).model_copy(update={"model": model})


def _settings(said: dict[str, Any]) -> "Export":
    from pydantic import ValidationError

    from curator.recipe import Export

    try:
        return Export.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "literal_error":
            known = re.findall(r"'([^']*)'", str(first["ctx"]["expected"]))
            near = get_close_matches(str(first["input"]), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            message = f"there is no {first['input']!r}: {hint}"
        raise CuratorError(f"--{first['loc'][0]}: {message}" if first["loc"] else message) from None


def _shares(text: str | None) -> dict[str, float]:
    """Read `train=95,validation=5`."""
    if text is None:
        return {}
    try:
        pairs = [part.split("=", 1) for part in text.split(",")]
        return {name.strip(): float(share) for name, share in pairs}
    except ValueError:
        raise CuratorError(
            f"--splits {text!r} cannot be read: write it like train=95,validation=5"
        ) from None
