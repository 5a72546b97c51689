"""Curate: one recipe in, one run directory out."""

import json
import os
from pathlib import Path

import polars as pl

from curator.decide import settle_docket
from curator.engines import Engine, LocalEngine
from curator.errors import RunError
from curator.export import check_export, export_run
from curator.filters import DuplicateFilter
from curator.ingest import Source
from curator.pipeline.accounts import check_accounts, manifest_of
from curator.pipeline.events import Event, Listener, silent
from curator.pipeline.file_intake import IntakeSettings
from curator.pipeline.intake import SHARD_ROWS, take_in
from curator.pipeline.journal import LogWatcher, log
from curator.pipeline.measure import pair_missing
from curator.pipeline.measuring import Measuring
from curator.pipeline.preflight import plan, text_bytes
from curator.pipeline.sources import sources_of
from curator.recipe import Recipe, dump_recipe, load_recipe
from curator.run import (
    InputReport,
    Layout,
    Run,
    Snapshot,
    hold,
    sweep,
    write_frame,
    write_text,
)
from curator.run.verdicts import read_verdicts

_SMALL = 20e6
"""Below this many bytes of text one process is done before a second one has started."""


def curate(  # noqa: PLR0913 (the public face: all but the recipe have defaults)
    recipe: str | Path,
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
    engine: Engine | None = None,
    listener: Listener = silent,
    shard_rows: int = SHARD_ROWS,
) -> Run:
    """Run a recipe: read what is new, measure what is missing, decide, report, export.

    An existing `out` continues where it is: whatever still holds is reused. `fresh` measures
    everything again; verdicts are never deleted.
    """
    path = Path(recipe)
    settings = load_recipe(path)
    for export in settings.export:
        check_export(export)
    layout = Layout(Path(out or Path("runs") / settings.name), alone=fresh)
    _check_directory(layout)
    with hold(layout.lock):
        sources = sources_of(settings, path.parent)
        local = workers or _workers(settings, sources)
        listener(Event("plan", plan(sources, settings, local, layout.root)))
        if fresh:
            layout.clear()
        _begin(layout)
        watcher = LogWatcher(layout)
        engine = engine or LocalEngine(local)
        with Measuring(layout, settings.filters, engine, listener) as measuring:
            intake = IntakeSettings(layout, settings.repairs, shard_rows, listener, measuring.add)
            inputs = take_in(intake, sources)
        _refuse_nothing(inputs, layout)
        snapshot = Snapshot(layout, settings, tuple(s for entry in inputs for s in entry.shards))
        pair_missing(snapshot, listener)
        run = _conclude(snapshot, inputs, watcher, path.parent)
        _deliver(run, listener)
    return run


def _begin(layout: Layout) -> None:
    """Clear the way: from here on, until its manifest is written, the run is unfinished."""
    layout.mark.write_text("the directory of a curator run\n", "utf-8")
    sweep(layout.root)
    layout.manifest.unlink(missing_ok=True)
    log(layout, event="started")


def _refuse_nothing(inputs: list[InputReport], layout: Layout) -> None:
    """Say so when there is nothing to decide; what was quarantined stays there to be read."""
    if any(entry.records for entry in inputs):
        return
    if not any(entry.quarantined for entry in inputs):
        names = ", ".join(entry.name for entry in inputs)
        raise RunError(f"there is no row in {names}: name other data under `input:`")
    count = sum(entry.quarantined for entry in inputs)
    first = json.loads(layout.quarantine.read_text("utf-8").partition("\n")[0])["error"]
    raise RunError(
        f"no row could be read as a record: all {count:,} are in {layout.quarantine}, the first: "
        f"{first}"
    )


def _conclude(
    snapshot: Snapshot, inputs: list[InputReport], watcher: LogWatcher, base: Path
) -> Run:
    """Decide, check that everything adds up, and write the manifest last."""
    layout, settings = snapshot.layout, snapshot.recipe
    decisions = _decide(snapshot, base)
    write_text(layout.recipe, dump_recipe(_moved(settings, base, layout.root)))
    manifest = manifest_of(settings, inputs, decisions, watcher)
    check_accounts(manifest, snapshot, decisions)
    write_text(layout.manifest, manifest.model_dump_json(indent=1) + "\n")
    return Run.open(layout.root)


def _workers(recipe: Recipe, sources: list[Source]) -> int:
    """Choose how many processes measure: one for small data, else one a core.

    Duplicate filters need no other process: their kernels run beside the reading in this one.
    """
    only_duplicates = all(isinstance(entry, DuplicateFilter) for entry in recipe.filters)
    if only_duplicates or text_bytes(sources) < _SMALL:
        return 1
    return len(os.sched_getaffinity(0))


def _check_directory(layout: Layout) -> None:
    """Refuse to mix a run into a directory that holds something else."""
    if not layout.root.exists():
        return
    if not layout.root.is_dir():
        raise RunError(f"{layout.root} is a file: choose another directory with --out")
    mine = {layout.lock, layout.verdicts}
    strange = [path.name for path in layout.root.iterdir() if path not in mine]
    if strange and not layout.mark.exists():
        raise RunError(
            f"{layout.root} holds files that are not a run, such as {min(strange)}: choose another "
            f"directory with --out"
        )


def _decide(snapshot: Snapshot, base: Path) -> pl.DataFrame:
    others = [Layout(base / name).verdicts for name in snapshot.recipe.verdicts]
    for place in others:
        if not place.parent.is_dir():
            raise RunError(f"`verdicts:` names {place.parent}, and there is no such run")
    verdicts = read_verdicts([*others, snapshot.layout.verdicts])
    decisions = settle_docket(snapshot.docket(), verdicts, snapshot.recipe)
    write_frame(snapshot.layout.decisions, decisions)
    return decisions


def _moved(recipe: Recipe, base: Path, root: Path) -> Recipe:
    """Return the recipe with its paths relative to the run directory, where its copy lies."""

    def moved(path: str) -> str:
        return path if "://" in path else Path(os.path.relpath(base / path, root)).as_posix()

    inputs = [entry.model_copy(update={"path": moved(entry.path)}) for entry in recipe.input]
    verdicts = [moved(path) for path in recipe.verdicts]
    return recipe.model_copy(update={"input": inputs, "verdicts": verdicts})


def _deliver(run: Run, listener: Listener) -> None:
    """Write the report and the exports that the recipe asks for."""
    from curator.report import write_report

    write_report(run)
    for settings in run.recipe.export:
        result = export_run(run, settings)
        listener(Event("note", f"exported {settings.folder}: {result}"))
