"""Measure: features and scores that a shard does not have yet, and the pairs of a run."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from curator.errors import CuratorError, FilterError
from curator.features import SIDE_COLUMNS, Feature
from curator.filters import DuplicateFilter, Filter
from curator.pipeline.events import Event, Listener
from curator.pipeline.journal import log
from curator.run import Layout, Snapshot, adopt, write_frame

_TEXTS = ("id", "reasoning", "text", *SIDE_COLUMNS)


@dataclass(frozen=True)
class MeasureShard:
    """Measure one shard with every filter that has no scores of it; runs in any process."""

    layout: Layout
    filters: tuple[Filter, ...]

    def __call__(self, address: str) -> None:
        """Read the shard, add what is missing; every file appears whole or not at all."""
        file, _, shard = address.partition("#")
        missing = [
            (entry, path)
            for entry in self.filters
            if not isinstance(entry, DuplicateFilter)
            and not (path := self.layout.score(entry, shard)).exists()
        ]
        columns = None if missing else list(_TEXTS)  # features read texts, and turns cost most
        records = pl.read_parquet(self.layout.shard(file), columns=columns)
        features: dict[str, pl.Series] = {}
        for feature in _features(self.filters):
            features[feature.key()] = self._feature(feature, shard, records)
        for entry, path in missing:
            began = time.perf_counter()
            own = [features[feature.key()] for feature in entry.features()]
            write_frame(path, measure(entry, records.with_columns(own)))
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
        fault = _fault(entry, scores, records.height)
    except CuratorError:
        raise
    except Exception as error:
        first = records["id"][0] if records.height else "no record"
        raise FilterError(
            f"filter {entry.label!r} failed on the {records.height} records from {first} on: "
            f"{type(error).__name__}: {error}"
        ) from error
    if fault:
        raise FilterError(f"filter {entry.label!r} {fault}")
    return scores.with_columns(pl.selectors.float().fill_nan(None).round(6))


def _fault(entry: Filter, scores: pl.DataFrame, height: int) -> str | None:
    """Say how the scores break the contract: one finite scalar a record for every rule."""
    if not isinstance(scores, pl.DataFrame):
        return f"gave {type(scores).__name__} where a DataFrame of scores is due"
    needed = {root for rule in entry.rules().values() for root in rule.meta.root_names()}
    missing = sorted(needed - set(scores.columns))
    if missing:
        return f"gave no measure {missing[0]!r}, which its rules read"
    if scores.height != height:
        return f"gave {scores.height} scores for {height} records"
    nested = [name for name, dtype in scores.schema.items() if dtype.is_nested()]
    if nested:
        return f"gave {nested[0]!r} as {scores.schema[nested[0]]}, where a scalar is due"
    floats = scores.select(pl.selectors.float().is_infinite().any())
    endless = [name for name in floats.columns if floats[name].item()]
    return f"gave an infinite {endless[0]!r}" if endless else None


def pair_missing(snapshot: Snapshot, listener: Listener) -> None:
    """Find the pairs of every duplicate filter that has none for these records."""
    for entry in snapshot.recipe.filters:
        if not isinstance(entry, DuplicateFilter):
            continue
        path = snapshot.layout.pairs(entry, snapshot.hash)
        if adopt(snapshot.layout, path):
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


def _features(filters: Iterable[Filter]) -> list[Feature]:
    return list(
        {feature.key(): feature for entry in filters for feature in entry.features()}.values()
    )
