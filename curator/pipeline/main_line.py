"""Curate: one recipe in, one run directory out."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import polars as pl

from curator.decide import settle_all
from curator.engines import Engine, LocalEngine
from curator.errors import RunError
from curator.export import check_export, export_run, exports_in
from curator.ingest import Finder, Source, path_from
from curator.pipeline.accounts import check_accounts, manifest_of
from curator.pipeline.events import Event, Listener, silent
from curator.pipeline.file_intake import IntakeSettings
from curator.pipeline.intake import SHARD_ROWS, take_in
from curator.pipeline.journal import LogWatcher, log
from curator.pipeline.locked import check_lock, lock_to
from curator.pipeline.measuring import Measuring
from curator.pipeline.preflight import plan, text_bytes
from curator.pipeline.sources import sources_of, watch_for
from curator.pipeline.targets import measure_target, pin_target
from curator.pipeline.whole import measure_whole
from curator.recipe import Input, Recipe, dump_recipe, input_places, load_recipe, placed
from curator.remote import shown
from curator.report.licences import conflicts_of
from curator.run import (
    InputReport,
    Layout,
    Run,
    Snapshot,
    forgotten_in,
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
    inputs: Sequence[str] = (),
    out: str | Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
    locked: str | Path | None = None,
    engine: Engine | None = None,
    listener: Listener = silent,
    shard_rows: int = SHARD_ROWS,
) -> Run:
    """Run a recipe: read what is new, measure what is missing, decide, report, export.

    An existing `out` continues where it is: whatever still holds is reused. `fresh` measures all
    again but keeps verdicts. `inputs`, paths as in a shell, stand in for the recipe's own. A run
    that is `locked` to another has its inputs, its recipe and its decisions.
    """
    path = Path(recipe)
    settings = _reading(load_recipe(path), inputs, path.parent)
    layout = Layout(Path(out or Path("runs") / settings.name), alone=fresh)
    finder = Finder(path.parent, layout.spooled, watch_for(listener))
    settings = pin_target(settings, finder)
    lock = lock_to(locked, settings, finder) if locked else None
    _check(settings, layout)
    with hold(layout.lock):
        sources = sources_of(settings.input, finder, [] if inputs else input_places(path))
        local = workers or _workers(settings, sources)
        listener(Event("plan", plan(sources, settings, local, layout.root)))
        watcher = _begin(layout, fresh=fresh)
        with Measuring(layout, settings, engine or LocalEngine(local), listener) as measuring:
            intake = IntakeSettings(layout, settings.repairs, shard_rows, listener, measuring.add)
            taken = _taken(intake, sources)
        _refuse_nothing(taken, layout)
        snapshot = Snapshot.of(layout, settings, taken)
        _look_at_all(snapshot, finder, listener)
        run = conclude(snapshot, taken, watcher, path.parent)
        check_lock(lock, run, listener)
        deliver(run, listener)
    return run


def _reading(recipe: Recipe, inputs: Sequence[str], base: Path) -> Recipe:
    """Return the recipe with other inputs, whose paths are relative to here and not to it."""
    if not inputs:
        return recipe
    paths = [path_from(base, one) for one in inputs]
    return recipe.model_copy(update={"input": [Input(path=path) for path in paths]})


def _begin(layout: Layout, *, fresh: bool) -> LogWatcher:
    """Clear the way: from here on, until its manifest is written, the run is unfinished."""
    if fresh:
        layout.clear()
    layout.mark.write_text("the directory of a curator run\n", "utf-8")
    sweep(layout.root)
    layout.manifest.unlink(missing_ok=True)
    log(layout, event="started")
    return LogWatcher(layout)


def _taken(intake: IntakeSettings, sources: Sequence[Source]) -> list[InputReport]:
    """Read what is new, but nothing that was forgotten, and note which entry named each file."""
    forgotten = frozenset(receipt.content for receipt in forgotten_in(intake.layout))
    inputs = take_in(replace(intake, forgotten=forgotten), sources)
    both = zip(inputs, sources, strict=True)
    return [report.model_copy(update={"entry": source.entry}) for report, source in both]


def _look_at_all(snapshot: Snapshot, finder: Finder, listener: Listener) -> None:
    """Measure what needs all records, and what they are compared with."""
    measure_whole(snapshot, listener)
    measure_target(snapshot, finder, listener)


def _refuse_nothing(inputs: list[InputReport], layout: Layout) -> None:
    """Say so when there is nothing to decide; what was quarantined stays there to be read."""
    if any(entry.records for entry in inputs):
        return
    names = ", ".join(entry.name for entry in inputs)
    if any(entry.forgotten for entry in inputs):
        raise RunError(
            f"every record of {names} is forgotten, by {layout.forgotten}: name other data under "
            f"`input:`"
        )
    if not any(entry.quarantined for entry in inputs):
        raise RunError(f"there is no row in {names}: name other data under `input:`")
    count = sum(entry.quarantined for entry in inputs)
    first = json.loads(layout.quarantine.read_text("utf-8").partition("\n")[0])["error"]
    raise RunError(
        f"no row could be read as a record: all {count:,} are in {layout.quarantine}, the first: "
        f"{first}"
    )


def conclude(snapshot: Snapshot, inputs: list[InputReport], watcher: LogWatcher, base: Path) -> Run:
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

    What sees all records and what runs beside need no other process: their kernels work while this
    one is reading.
    """
    beside = all(entry.sees_all or entry.runs_beside for entry in recipe.filters)
    if beside or text_bytes(sources) < _SMALL:
        return 1
    return len(os.sched_getaffinity(0))


def _check(recipe: Recipe, layout: Layout) -> None:
    """Refuse what cannot be measured or exported, and a directory of something else."""
    for entry in recipe.filters:
        entry.key()
    for feature in recipe.select.features() if recipe.select else ():
        feature.key()
    for export in recipe.export:
        check_export(export)
    if not layout.root.exists():
        return
    if not layout.root.is_dir():
        raise RunError(f"{layout.root} is a file: choose another directory with --out")
    mine = {layout.lock, layout.verdicts, layout.forgotten, layout.spooled}
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
    settled = settle_all(snapshot.docket(), verdicts, snapshot.recipe)
    write_frame(snapshot.layout.decisions, settled.decisions)
    if settled.selection is None:
        snapshot.layout.selection.unlink(missing_ok=True)
    else:
        write_frame(snapshot.layout.selection, settled.selection)
    return settled.decisions


def _moved(recipe: Recipe, base: Path, root: Path) -> Recipe:
    """Return the recipe with its paths relative to the run directory, where its copy lies.

    What is secret in an address stays out of the copy.
    """

    def moved(path: str) -> str:
        return shown(path_from(root, path, base))

    inputs = [entry.model_copy(update={"path": moved(entry.path)}) for entry in recipe.input]
    verdicts = [moved(path) for path in recipe.verdicts]
    recipe = placed(recipe, moved)
    return recipe.model_copy(update={"input": inputs, "verdicts": verdicts})


def deliver(run: Run, listener: Listener) -> None:
    """Write the report and, beside it, the exports that the recipe asks for."""
    from curator.report import write_report

    with ThreadPoolExecutor(1, thread_name_prefix="report") as beside:
        report = beside.submit(write_report, run)
        for settings in run.recipe.export:
            result = export_run(run, settings)
            listener(Event("note", f"exported {settings.folder}: {result}"))
        report.result()
    for note in [*_licence_notes(run), *_stale_notes(run)]:
        listener(Event("note", note))


def _licence_notes(run: Run) -> list[str]:
    """Say which licences do not go together, where a data set is written of them."""
    if not run.recipe.export:
        return []
    return [f"licences: {conflict}" for conflict in conflicts_of(run)]


def _stale_notes(run: Run) -> list[str]:
    """Name the exports of earlier runs that nothing writes now; they are left where they are."""
    written = {settings.folder for settings in run.recipe.export}
    return [
        f"{folder} holds what an earlier run kept, and no `export:` entry writes it now: delete "
        f"it, or write it again with `curator export`"
        for folder in exports_in(run.layout.export)
        if folder.name not in written
    ]
