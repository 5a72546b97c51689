"""Measure: features and scores that a shard does not have yet."""

import time
from dataclasses import dataclass

import polars as pl

from curator.errors import CuratorError, FilterError
from curator.features import SIDE_COLUMNS, Feature
from curator.filters import Filter
from curator.pipeline.journal import log
from curator.run import Layout, scan_frames, write_frame

_TEXTS = ("id", "reasoning", "text", *SIDE_COLUMNS)


@dataclass(frozen=True)
class MeasureShard:
    """Measure one shard with every filter that has no scores of it; runs in any process."""

    layout: Layout
    filters: tuple[Filter, ...]
    features: tuple[Feature, ...] = ()
    """Features that are needed beyond those of the filters."""

    @property
    def needed(self) -> list[Feature]:
        """All features, each once."""
        every = [feature for entry in self.filters for feature in entry.features()]
        return list({feature.key(): feature for feature in [*every, *self.features]}.values())

    def __call__(self, address: str) -> None:
        """Read the shard, add what is missing; every file appears whole or not at all."""
        file, _, shard = address.partition("#")
        missing = [
            (entry, path)
            for entry in self.filters
            if not entry.sees_all and not (path := self.layout.score(entry, shard)).exists()
        ]
        needed = self.needed
        turns = missing or any(feature.reads_turns for feature in needed)
        columns = None if turns else list(_TEXTS)  # turns cost most to read
        records = pl.read_parquet(self.layout.shard(file), columns=columns)
        features: dict[str, pl.Series] = {}
        for feature in needed:
            features[feature.key()] = self._feature(feature, shard, records)
        for entry, path in missing:
            began = time.perf_counter()
            own = [features[feature.key()] for feature in entry.features()]
            write_frame(path, measure(entry, records.with_columns(own)))
            self._log(entry.label, entry.key(), records.height, time.perf_counter() - began)

    def _feature(self, feature: Feature, shard: str, records: pl.DataFrame) -> pl.Series:
        path = self.layout.feature(feature, shard)
        if path.exists():
            return scan_frames([path]).collect()[feature.tag]
        began = time.perf_counter()
        column = feature.compute(records)
        write_frame(path, column.to_frame())
        self._log(feature.tag, feature.key(), records.height, time.perf_counter() - began)
        return column

    def _log(self, label: str, key: str, rows: int, seconds: float) -> None:
        spent = round(seconds, 4)
        log(self.layout, event="measured", label=label, key=key, rows=rows, seconds=spent)


def measure(entry: Filter, records: pl.DataFrame) -> pl.DataFrame:
    """Let a filter measure records, and hold it to its contract.

    Its failure is an error with the cause, never a silent drop.
    """
    try:
        scores = entry.score(records)
        return checked(entry, scores, records.height)
    except CuratorError:
        raise
    except Exception as error:
        first = records["id"][0] if records.height else "no record"
        raise FilterError(
            f"filter {entry.label!r} failed on the {records.height} records from {first} on: "
            f"{type(error).__name__}: {error}"
        ) from error


def checked(entry: Filter, scores: pl.DataFrame, height: int) -> pl.DataFrame:
    """Hold scores to the contract; floats are rounded to 1e-6 and NaN becomes null."""
    if fault := _fault(entry, scores, height):
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
