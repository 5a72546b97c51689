"""Curate: one recipe in, one run directory out."""

import os
import platform
import shutil
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import polars as pl

from curator import __version__
from curator.decide import settle_docket
from curator.engines import Engine, LocalEngine
from curator.errors import RunError
from curator.pipeline.events import Event, Listener, silent
from curator.pipeline.intake import SHARD_ROWS, sources_of, take_in
from curator.pipeline.measure import LogWatcher, log, measure_missing, pair_missing
from curator.pipeline.preflight import plan
from curator.recipe import Recipe, dump_recipe, load_recipe
from curator.run import (
    FilterCost,
    InputReport,
    Layout,
    Manifest,
    Run,
    Snapshot,
    hold,
    write_frame,
    write_text,
)
from curator.run.run import read_verdicts

_PACKAGES = ("polars", "numpy", "numba", "datasketch", "ftfy", "xxhash")
_SMALL = 20_000
"""Below this many records one process is done before a second one has started."""


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
    layout = Layout(Path(out) if out is not None else Path("runs") / settings.name)
    _check_directory(layout)
    with hold(layout.lock):
        if fresh:
            _clear(layout)
        layout.manifest.unlink(missing_ok=True)
        log(layout, event="started")
        watcher = LogWatcher(layout)
        sources = sources_of(settings, path.parent)
        listener(Event("plan", plan(sources, settings.filters, _cores(workers), layout.root)))
        inputs = take_in(layout, settings, sources, listener, shard_rows)
        shards = tuple(shard for entry in inputs for shard in entry.shards)
        snapshot = Snapshot(layout, settings, shards)
        measure_missing(snapshot, engine or _local(workers, snapshot.records), listener)
        pair_missing(snapshot, listener)
        decisions = _decide(snapshot, path.parent)
        write_text(layout.recipe, dump_recipe(_moved(settings, path.parent, layout.root)))
        manifest = _manifest(settings, inputs, decisions, watcher)
        _check_accounts(manifest, snapshot, decisions)
        write_text(layout.manifest, manifest.model_dump_json(indent=1) + "\n")
        run = Run.open(layout.root)
        _deliver(run, listener)
    return run


def _local(workers: int | None, records: int) -> LocalEngine:
    return LocalEngine(1 if workers is None and records < _SMALL else _cores(workers))


def _cores(workers: int | None) -> int:
    return workers or len(os.sched_getaffinity(0))


def _check_directory(layout: Layout) -> None:
    """Refuse to mix a run into a directory that holds something else."""
    if not layout.root.exists():
        return
    if not layout.root.is_dir():
        raise RunError(f"{layout.root} is a file: choose another directory with --out")
    strange = {path.name for path in layout.root.iterdir()}
    if strange and not strange & {".lock", "manifest.json", "records", "verdicts.jsonl"}:
        raise RunError(
            f"{layout.root} holds files that are not a run: choose another directory with --out"
        )


def _clear(layout: Layout) -> None:
    """Delete everything a recipe can make again; verdicts and the lock stay."""
    for path in layout.root.iterdir():
        if path in (layout.lock, layout.verdicts) or path.name == "review.sqlite":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _decide(snapshot: Snapshot, base: Path) -> pl.DataFrame:
    others = [Layout(base / name).verdicts for name in snapshot.recipe.verdicts]
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


def _manifest(
    recipe: Recipe, inputs: list[InputReport], decisions: pl.DataFrame, watcher: LogWatcher
) -> Manifest:
    rows: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for label, measured, spent in watcher.measured():
        rows[label] += measured
        seconds[label] += spent
    kept = int(decisions["kept"].sum())
    return Manifest(
        versions={"curator": __version__, "python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        seed=recipe.seed,
        device="cpu",
        inputs=inputs,
        counts={
            "rows": sum(entry.rows for entry in inputs),
            "records": decisions.height,
            "quarantined": sum(entry.quarantined for entry in inputs),
            "repaired": sum(entry.repaired for entry in inputs),
            "kept": kept,
            "dropped": decisions.height - kept,
            "flagged": int((decisions["flags"].list.len() > 0).sum()),
        },
        filters=[
            FilterCost(
                label=entry.label,
                key=entry.key(),
                rows=rows[entry.label],
                seconds=round(seconds[entry.label], 3),
            )
            for entry in recipe.filters
        ],
    )


def _check_accounts(manifest: Manifest, snapshot: Snapshot, decisions: pl.DataFrame) -> None:
    """Make sure that nothing is lost; a run that does not add up fails."""
    counts = manifest.counts
    quarantined = snapshot.layout.quarantine.read_bytes().count(b"\n")
    facts = {
        "every record has one decision": counts["records"] == snapshot.records,
        "every id is its own": decisions["id"].n_unique() == decisions.height,
        "records = kept + dropped": counts["records"] == counts["kept"] + counts["dropped"],
        "every dropped record has a reason": bool(
            (decisions["kept"] == decisions["reason"].is_null()).all()
        ),
        "every quarantined row is listed": quarantined == counts["quarantined"],
        "every row gave a record or is quarantined": all(
            entry.rows <= entry.records + entry.quarantined for entry in manifest.inputs
        ),
        "every duplicate has a kept witness": _witnesses_are_kept(decisions),
    }
    wrong = [fact for fact, holds in facts.items() if not holds]
    if wrong:
        raise RunError(
            f"the run does not add up: {wrong[0]!r} does not hold. This is a fault of curator: "
            f"please report it with {snapshot.layout.log}"
        )


def _witnesses_are_kept(decisions: pl.DataFrame) -> bool:
    fallen = decisions.filter(pl.col("reason").str.ends_with(".duplicate"))
    if fallen.is_empty():
        return True
    kept = decisions.filter(pl.col("kept") | (pl.col("reason") == "select.not_chosen"))["id"]
    verified = (fallen["similarity"] >= fallen["threshold"]).all()
    return bool(verified) and bool(fallen["witness"].is_in(kept.implode()).all())


def _deliver(run: Run, listener: Listener) -> None:
    """Write the report and the exports that the recipe asks for."""
    from curator.export import export_run
    from curator.report import write_report

    write_report(run)
    for settings in run.recipe.export:
        result = export_run(run, settings)
        listener(Event("note", f"exported {settings.folder}: {result}"))
