"""Run: open a run directory, and read what it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import polars as pl
import xxhash
from pydantic import ValidationError

from curator.decide import (
    DECISION_SCHEMA,
    ORDER_COLUMNS,
    SELECTION_SCHEMA,
    Docket,
    Pool,
    prepare,
    settle_docket,
)
from curator.errors import RecipeError, RunError
from curator.features import Feature
from curator.filters import DuplicateFilter, Filter
from curator.recipe import Recipe, load_recipe
from curator.records import RECORD_SCHEMA
from curator.run.changes import changed
from curator.run.files import scan_frames
from curator.run.layout import Layout
from curator.run.manifest import InputReport, Manifest, Shard
from curator.run.pool import pool_of
from curator.run.spent import Spent, spent_in
from curator.run.verdicts import read_verdicts

QUARANTINE_SCHEMA = pl.Schema(
    {
        "source": pl.String,
        "row": pl.Int64,
        "field": pl.String,
        "error": pl.String,
        "raw": pl.String,
    }
)
REPAIR_SCHEMA = pl.Schema(
    {
        "id": pl.String,
        "repair": pl.String,
        "turn": pl.Int64,
        "field": pl.String,
        "before": pl.String,
        "after": pl.String,
    }
)


@dataclass(frozen=True)
class Snapshot:
    """The shards of a run, in order, with the recipe that measures them."""

    layout: Layout
    recipe: Recipe
    shards: tuple[Shard, ...]
    entries: tuple[int, ...] = ()
    """Which entry under `input:` each shard came from; the first where nobody says."""

    @classmethod
    def of(cls, layout: Layout, recipe: Recipe, inputs: Sequence[InputReport]) -> Self:
        """Put together the shards of some inputs."""
        both = [(shard, entry.entry) for entry in inputs for shard in entry.shards]
        return cls(layout, recipe, tuple(s for s, _ in both), tuple(place for _, place in both))

    def measures(self, filters: Sequence[Filter] | None = None) -> pl.LazyFrame:
        """Return `id, content, response_chars` and every score as `<label>__<measure>`.

        `filters` are some of the recipe's; all when absent.
        """
        order = _scan([self.layout.shard(shard.file) for shard in self.shards], RECORD_SCHEMA)
        frames = [order.select(ORDER_COLUMNS)]
        for entry in self.recipe.filters if filters is None else filters:
            if isinstance(entry, DuplicateFilter):
                continue
            over = [self.hash] if entry.sees_all else [shard.hash for shard in self.shards]
            files = self.layout.all_scores(entry, over)
            if self.shards:
                measures = pl.scan_parquet(files)
                frames.append(measures.select(pl.all().name.prefix(f"{entry.label}__")))
        return pl.concat(frames, how="horizontal")

    def pairs(self) -> dict[str, pl.DataFrame]:
        """Return the pairs of every duplicate filter, by label."""
        return {
            entry.label: pl.read_parquet(self.layout.pairs(entry, self.hash))
            for entry in self.recipe.filters
            if isinstance(entry, DuplicateFilter)
        }

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(shard.records for shard in self.shards)

    @cached_property
    def hash(self) -> str:
        """The hash of all records, in order: what pairs depend on."""
        return xxhash.xxh3_128_hexdigest("".join(shard.hash for shard in self.shards).encode())

    def docket(self) -> Docket:
        """Prepare what every decision over these records shares."""
        scores = self.measures().collect()
        return prepare(scores, self.pairs(), self.recipe.prefer, self.pool())

    def pool(self) -> Pool:
        """Read what the recipe's selection needs besides scores."""
        entries = self.entries or (0,) * len(self.shards)
        return pool_of(self.layout, self.recipe, self.shards, entries)


class Run:
    """A finished run. Frames are lazy and in run order: nothing is read until it is asked for."""

    def __init__(self, path: Path, recipe: Recipe, manifest: Manifest) -> None:
        self.path = path
        self.recipe = recipe
        self.manifest = manifest
        self.layout = Layout(path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a run directory."""
        layout = Layout(Path(path))
        try:
            manifest = Manifest.model_validate_json(layout.manifest.read_text("utf-8"))
            recipe = load_recipe(layout.recipe)
        except FileNotFoundError:
            raise RunError(
                f"{path} is not a finished run: make one with `curator run RECIPE --out {path}`"
            ) from None
        except (ValidationError, RecipeError, OSError) as error:
            raise RunError(
                f"{path} is damaged ({error}): run its recipe again with --fresh"
            ) from None
        return cls(Path(path), recipe, manifest)

    @property
    def snapshot(self) -> Snapshot:
        """The shards of this run with its recipe."""
        return Snapshot.of(self.layout, self.recipe, self.manifest.inputs)

    def records(self, *, kept: bool | None = None) -> pl.LazyFrame:
        """Return the records, all or only the kept (or only the dropped) ones."""
        files = [self.layout.shard(shard.file) for shard in self.snapshot.shards]
        records = _scan(files, RECORD_SCHEMA)
        if kept is None:
            return records
        sides = self.decisions().select("kept")
        both = pl.concat([records, sides], how="horizontal")
        return both.filter(pl.col("kept") == kept).drop("kept")

    def scores(self) -> pl.LazyFrame:
        """Return `id` and every score column as `<label>__<measure>`.

        What models that were trained on the run found of its records is there too, as
        `tune_<name>__<measure>`, null for records that were neither trained on nor watched.
        """
        scores = self.snapshot.measures().drop("content", "response_chars")
        for path in self.layout.tuned_scores():
            found = pl.scan_parquet(path)
            found = found.select("id", pl.exclude("id").name.prefix(f"tune_{path.parent.name}__"))
            scores = scores.join(found, on="id", how="left", maintain_order="left")
        return scores

    def feature(self, feature: Feature) -> pl.Series:
        """Return a feature of every record, in run order, that a filter of the recipe reads."""
        files = [self.layout.feature(feature, shard.hash) for shard in self.snapshot.shards]
        return scan_frames(files).collect()[feature.tag]

    def decisions(self) -> pl.LazyFrame:
        """Return one decision a record."""
        return _scan([self.layout.decisions], DECISION_SCHEMA)

    def selection(self) -> pl.LazyFrame:
        """Return how the budget was spent: one row a record that stood before it."""
        there = self.layout.selection.exists()
        return _scan([self.layout.selection] if there else [], SELECTION_SCHEMA)

    def pairs(self, label: str) -> pl.LazyFrame:
        """Return the pairs of one duplicate filter, as row numbers of `decisions`."""
        for entry in self.recipe.filters:
            if entry.label == label and isinstance(entry, DuplicateFilter):
                return pl.scan_parquet(self.layout.pairs(entry, self.snapshot.hash))
        raise RunError(f"{self.path} has no duplicate filter called {label!r}")

    def quarantine(self) -> pl.LazyFrame:
        """Return every input row that could not be represented as a record."""
        if self.layout.quarantine.stat().st_size == 0:
            return QUARANTINE_SCHEMA.to_frame().lazy()
        return pl.scan_ndjson(self.layout.quarantine, schema=QUARANTINE_SCHEMA)

    def repairs(self) -> pl.LazyFrame:
        """Return every change that a repair made."""
        return _scan([self.layout.repairs], REPAIR_SCHEMA)

    def verdicts(self) -> pl.DataFrame:
        """Return what people said of these records, here and in the runs the recipe names."""
        others = [Layout(self.path / name).verdicts for name in self.recipe.verdicts]
        return read_verdicts([*others, self.layout.verdicts])

    @cached_property
    def docket(self) -> Docket:
        """What every decision over these records shares; prepared at the first question."""
        return self.snapshot.docket()

    def what_if(self, changes: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
        """Decide under other thresholds and actions, `{label: {setting: value}}`; write nothing.

        The label `select` means the budget.
        """
        recipe, docket = changed(self.recipe, changes), self.docket
        if recipe.select != self.recipe.select:
            docket = replace(docket, pool=replace(self.snapshot, recipe=recipe).pool())
        return settle_docket(docket, self.verdicts(), recipe)

    def spent(self) -> dict[str, Spent]:
        """Return what each filter cost in this directory, by key, over all that was run in it."""
        return spent_in(self.layout.log)

    def report_folder(self) -> Path:
        """Return the folder of the report."""
        self.layout.report.mkdir(exist_ok=True)
        return self.layout.report

    def export_folder(self, name: str) -> Path:
        """Return the folder of one export."""
        return self.layout.export / name


def _scan(files: list[Path], schema: pl.Schema) -> pl.LazyFrame:
    return pl.scan_parquet(files) if files else schema.to_frame().lazy()
