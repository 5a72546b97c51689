"""Forget: take records out of a run for good, and decide anew about what remains."""

import json
import re
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from curator.engines import LocalEngine
from curator.errors import RunError
from curator.pipeline.events import Listener, silent
from curator.pipeline.intake import gather
from curator.pipeline.journal import LogWatcher, log
from curator.pipeline.main_line import conclude, deliver
from curator.pipeline.measuring import Measuring
from curator.pipeline.remaining import keep_remaining
from curator.pipeline.rowmates import with_rowmates
from curator.pipeline.whole import measure_whole
from curator.report.find import find_row, rows_at, sources_like
from curator.run import (
    InputReport,
    Layout,
    Run,
    Snapshot,
    forgotten_in,
    hold,
    note_forgotten,
    raw_content,
    siblings_of,
    sweep,
)

_CONTENT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Forgotten:
    """What was taken out of a run, and where else it may be."""

    contents: list[str]
    """The hashes of what was forgotten now."""
    records: int
    """Records, and rows in quarantine, that are gone."""
    files: int
    """Files that were removed or written anew."""
    inputs: list[str]
    """Input files that had it, and have it still unless somebody took it out."""
    siblings: list[str] = field(default_factory=list)
    """Runs beside this one that hold it too."""
    removed: list[str] = field(default_factory=list)
    """Exports that the recipe does not list, and the release: they are gone, to be made again."""
    alike: list[str] = field(default_factory=list)
    """Records that were duplicates of it, or it of them, and are still there."""


def forget(path: str | Path, keys: Sequence[str], listener: Listener = silent) -> Forgotten:
    """Take records out of a run: `keys` are ids, contents or `source:row`.

    Every record of the same content goes. Its receipt stays in `forgotten.jsonl`, and later runs
    into this directory leave the content out. The input is not touched.
    """
    run = Run.open(path)
    layout = run.layout
    with hold(layout.lock):
        asked = _contents_of(run, keys)
        already = {one.content for one in forgotten_in(layout) if one.files is not None}
        held = set(run.records().select("content").collect()["content"])
        contents = with_rowmates(run, asked - (already - held))
        if not contents:
            return Forgotten([], 0, 0, [])
        before = _stamps(layout)
        alike, removed = _alike(run, contents), _unlisted(run)
        _refuse_all(run, contents)
        note_forgotten(layout, contents)
        _close(layout)
        inputs, gone = _rewrite(run, contents)
        _measure_again(run, inputs, listener)
        files = sum(stamp != _stamp(file) for file, stamp in before.items())
        note_forgotten(layout, contents, files)
        siblings = [one.root.name for one in siblings_of(layout) if _holds(one, contents)]
    names = [one.name for one, count in zip(inputs, gone, strict=True) if count]
    return Forgotten(sorted(contents), sum(gone), files, names, siblings, removed, alike)


def _contents_of(run: Run, keys: Sequence[str]) -> set[str]:
    """Find what the keys mean; one that means nothing is an error, and nothing is forgotten."""
    places = run.records().select("id", "content", "source", "row").collect()
    known = set(places["content"])
    of_id = dict(places.select("id", "content").iter_rows())
    gone = {receipt.content for receipt in forgotten_in(run.layout)}
    quarantine = run.quarantine().select("source", "row", "raw").collect()
    found: set[str] = set()
    for key in (text for text in map(str.strip, keys) if text):
        if key in known or key.rpartition("-")[0] in gone or key in gone:
            found.add(key if _CONTENT.fullmatch(key) else key.rpartition("-")[0])
        elif key in of_id:
            found.add(of_id[key])
        elif raws := _quarantined(quarantine, key):
            found |= {raw_content(raw) for raw in raws}
        else:
            found |= _named(places, key)
    return found


def _quarantined(quarantine: pl.DataFrame, key: str) -> list[str]:
    source, _, row = key.rpartition(":")
    if not source or not row.isdigit():
        return []
    sources = sources_like(quarantine["source"], source)
    there = pl.col("source").is_in(sources) & (pl.col("row") == int(row))
    raws: list[str] = quarantine.filter(there)["raw"].to_list()
    return raws


def _named(places: pl.DataFrame, key: str) -> set[str]:
    source, _, row = key.rpartition(":")
    if source and row.isdigit():
        return set(places["content"].gather(rows_at(places, source, int(row))))
    return {places["content"][find_row(places, key)]}


def _unlisted(run: Run) -> list[str]:
    listed = {settings.folder for settings in run.recipe.export}
    made = run.layout.export.iterdir() if run.layout.export.is_dir() else ()
    others = sorted(path.name for path in made if path.name not in listed)
    return [*others, *(["release"] if run.layout.release.is_dir() else [])]


def _alike(run: Run, contents: Collection[str]) -> list[str]:
    """Name the records that stay and are near-duplicates of one that goes."""
    pairs = run.decisions().select("id", "witness").drop_nulls("witness").collect()
    here = pairs.with_columns(
        _gone("id", contents).alias("a"), _gone("witness", contents).alias("b")
    )
    left = here.filter(pl.col("b") & ~pl.col("a"))["id"]
    return sorted({*left, *here.filter(pl.col("a") & ~pl.col("b"))["witness"]})


def _gone(column: str, contents: Collection[str]) -> pl.Expr:
    return pl.col(column).str.replace(r"-\d+$", "").is_in(list(contents))


def _refuse_all(run: Run, contents: Collection[str]) -> None:
    held = run.records().select(pl.col("content").is_in(list(contents)).all()).collect().item()
    if held:
        raise RunError(f"that is every record of {run.path}: delete the directory instead")


def _close(layout: Layout) -> None:
    """Mark the run unfinished, and remove what was made of its records."""
    sweep(layout.root)
    layout.manifest.unlink()
    layout.spooled.unlink(missing_ok=True)
    log(layout, event="forgetting")
    for folder in (layout.report, layout.export, layout.release, layout.paired):
        shutil.rmtree(folder, ignore_errors=True)


def _rewrite(run: Run, contents: Collection[str]) -> tuple[list[InputReport], list[int]]:
    """Write every file that held one of the contents anew; return the receipts, and what went."""
    layout = run.layout
    old = run.manifest.inputs
    inputs = [keep_remaining(layout, place, one, contents) for place, one in enumerate(old)]
    gather(layout, len(inputs))
    wanted = {shard.hash for entry in inputs for shard in entry.shards}
    for folder in (layout.scores, layout.features):
        for file in folder.glob("*/*.[ap]*"):
            if file.stem not in wanted:
                file.unlink()
    gone = [new.forgotten - was.forgotten for new, was in zip(inputs, old, strict=True)]
    return inputs, gone


def _measure_again(run: Run, inputs: list[InputReport], listener: Listener) -> None:
    """Measure, decide, report and export what remains, as a run would."""
    layout, recipe = run.layout, run.recipe
    snapshot = Snapshot.of(layout, recipe, inputs)
    watcher = LogWatcher(layout)
    with Measuring(layout, recipe, LocalEngine(1), listener) as measuring:
        for shard in snapshot.shards:
            measuring.add(shard)
    measure_whole(snapshot, listener)
    deliver(conclude(snapshot, inputs, watcher, layout.root), listener)


def _stamps(layout: Layout) -> dict[Path, tuple[int, int] | None]:
    mine = (layout.lock, layout.log, layout.forgotten)
    files = [path for path in layout.root.rglob("*") if path.is_file() and path not in mine]
    return {path: _stamp(path) for path in files}


def _stamp(path: Path) -> tuple[int, int] | None:
    if not path.exists():
        return None
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _holds(layout: Layout, contents: Collection[str]) -> bool:
    shards = sorted(layout.records.glob("*.parquet"))
    held = pl.col("content").is_in(list(contents))
    if shards and pl.scan_parquet(shards).select(held.any()).collect().item():
        return True
    return any(raw_content(raw) in contents for raw in _raws(layout.ingest.glob("*.jsonl")))


def _raws(files: Iterable[Path]) -> Iterable[str]:
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            yield json.loads(line)["raw"]
