"""Measure: features and scores that a shard does not have yet, and the pairs of a run."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from curator.engines import Engine
from curator.errors import CuratorError, FilterError
from curator.features import Feature
from curator.filters import DuplicateFilter, Filter
from curator.pipeline.events import Event, Listener
from curator.run import Layout, Shard, Snapshot, write_frame


@dataclass(frozen=True)
class MeasureShard:
    """Measure one shard with every filter that has no scores of it; runs in any process."""

    layout: Layout
    filters: tuple[Filter, ...]
    hashes: dict[str, str]

    def __call__(self, file: str) -> None:
        """Read the shard, add what is missing; every file appears whole or not at all."""
        records = pl.read_parquet(self.layout.shard(file))
        shard = self.hashes[file]
        features: dict[str, pl.Series] = {}
        for feature in _features(self.filters):
            features[feature.key()] = self._feature(feature, shard, records)
        for entry in self.filters:
            path = self.layout.score(entry, shard)
            if isinstance(entry, DuplicateFilter) or path.exists():
                continue
            began = time.perf_counter()
            columns = [features[feature.key()] for feature in entry.features()]
            write_frame(path, measure(entry, records.with_columns(columns)))
            self._log(entry, records.height, time.perf_counter() - began)

    def _feature(self, feature: Feature, shard: str, records: pl.DataFrame) -> pl.Series:
        path = self.layout.feature(feature, shard)
        if path.exists():
            return pl.read_parquet(path)[feature.tag]
        column = feature.compute(records)
        write_frame(path, column.to_frame())
        return column

    def _log(self, entry: Filter, rows: int, seconds: float) -> None:
        log(
            self.layout,
            event="measured",
            label=entry.label,
            key=entry.key(),
            rows=rows,
            seconds=round(seconds, 4),
        )


def measure(entry: Filter, records: pl.DataFrame) -> pl.DataFrame:
    """Let a filter measure records, and hold it to its contract.

    Its failure is an error with the cause, never a silent drop; floats are rounded to 1e-6 and
    NaN becomes null.
    """
    try:
        scores = entry.score(records)
    except CuratorError:
        raise
    except Exception as error:
        first = records["id"][0] if records.height else "no record"
        raise FilterError(
            f"filter {entry.label!r} failed on the {records.height} records from {first} on: "
            f"{type(error).__name__}: {error}"
        ) from error
    if scores.width and scores.height != records.height:
        raise FilterError(
            f"filter {entry.label!r} gave {scores.height} scores for {records.height} records"
        )
    floats = pl.selectors.float()
    return scores.with_columns(floats.fill_nan(None).round(6))


def measure_missing(snapshot: Snapshot, engine: Engine, listener: Listener) -> None:
    """Measure every shard that lacks a score or a feature of the recipe."""
    layout, filters = snapshot.layout, tuple(snapshot.recipe.filters)
    missing = [shard for shard in snapshot.shards if not _is_measured(layout, filters, shard)]
    hashes = {shard.file: shard.hash for shard in missing}
    first_of = {shard.hash: shard.file for shard in reversed(missing)}
    work = MeasureShard(layout, filters, hashes)
    rows = {shard.file: shard.records for shard in missing}
    total, done = sum(rows[file] for file in first_of.values()), 0
    watcher = LogWatcher(layout)
    for file in engine.map(work, sorted(first_of.values())):
        done += rows[file]
        for label, measured, seconds in watcher.measured():
            listener(Event("measured", label, measured, total, seconds))


def pair_missing(snapshot: Snapshot, listener: Listener) -> None:
    """Find the pairs of every duplicate filter that has none for these records."""
    for entry in snapshot.recipe.filters:
        if not isinstance(entry, DuplicateFilter):
            continue
        path = snapshot.layout.pairs(entry, snapshot.hash)
        if path.exists():
            continue
        began = time.perf_counter()
        try:
            pairs = entry.pairs(_measured(snapshot, entry)).collect()
        except CuratorError:
            raise
        except Exception as error:
            raise FilterError(
                f"filter {entry.label!r} failed to find pairs: {type(error).__name__}: {error}"
            ) from error
        write_frame(path, pairs)
        seconds, rows = time.perf_counter() - began, snapshot.records
        log(
            snapshot.layout,
            event="measured",
            label=entry.label,
            key=entry.key(),
            rows=rows,
            seconds=round(seconds, 4),
        )
        listener(Event("paired", entry.label, rows, rows, seconds))


def _measured(snapshot: Snapshot, entry: DuplicateFilter) -> pl.LazyFrame:
    """Return the record columns and features a duplicate filter reads, over the whole run."""
    layout = snapshot.layout
    frames = [
        pl.scan_parquet([layout.shard(shard.file) for shard in snapshot.shards]).select(
            entry.columns()
        )
    ]
    frames += [
        pl.scan_parquet([layout.feature(feature, shard.hash) for shard in snapshot.shards])
        for feature in entry.features()
    ]
    return pl.concat(frames, how="horizontal")


def _is_measured(layout: Layout, filters: Sequence[Filter], shard: Shard) -> bool:
    scores = all(
        layout.score(entry, shard.hash).exists()
        for entry in filters
        if not isinstance(entry, DuplicateFilter)
    )
    return scores and all(
        layout.feature(feature, shard.hash).exists() for feature in _features(filters)
    )


def _features(filters: Iterable[Filter]) -> list[Feature]:
    return list(
        {feature.key(): feature for entry in filters for feature in entry.features()}.values()
    )


def log(layout: Layout, **facts: object) -> None:
    """Append one event to the run's log; short appends by several processes do not mix."""
    line = json.dumps({"time": round(time.time(), 3), **facts}) + "\n"
    handle = os.open(layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


class LogWatcher:
    """Read what workers appended to the log since the last look."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.log
        self._offset = self._path.stat().st_size if self._path.exists() else 0

    def measured(self) -> list[tuple[str, int, float]]:
        """Return label, rows and seconds of every shard measured since the last look."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as handle:
            handle.seek(self._offset)
            text = handle.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        events = [json.loads(line) for line in whole.splitlines()]
        return [
            (event["label"], event["rows"], event["seconds"])
            for event in events
            if event.get("event") == "measured"
        ]
