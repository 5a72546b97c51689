"""The names of the files of a run directory."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.features import Feature
from curator.filters import DuplicateFilter, Filter

TUNED_SCORES = "scores.parquet"
"""What a trained model found of each record, in its folder below `tune/`."""


@dataclass(frozen=True)
class Layout:
    """Where everything lies below a run directory."""

    root: Path
    alone: bool = False
    """Whether files of runs beside this one are left alone, rather than linked."""

    @property
    def recipe(self) -> Path:
        """The recipe with every default written out."""
        return self.root / "recipe.yaml"

    @property
    def manifest(self) -> Path:
        """Written last: a run without it is not finished."""
        return self.root / "manifest.json"

    @property
    def records(self) -> Path:
        """The folder of record shards."""
        return self.root / "records"

    @property
    def ingest(self) -> Path:
        """The folder with one receipt an input file: what it gave, and its quarantine."""
        return self.root / "ingest"

    @property
    def spooled(self) -> Path:
        """What came in by standard input, so that the run can be continued without it."""
        return self.root / "stdin.data"

    @property
    def repairs(self) -> Path:
        """Every change that a repair made."""
        return self.root / "repairs.parquet"

    @property
    def quarantine(self) -> Path:
        """Every row that could not be represented as a record."""
        return self.root / "quarantine.jsonl"

    @property
    def scores(self) -> Path:
        """The folder of scores, one folder a key."""
        return self.root / "scores"

    @property
    def features(self) -> Path:
        """The folder of features, one folder a key."""
        return self.root / "features"

    @property
    def paired(self) -> Path:
        """The folder of the pairs of duplicate filters, one folder a key."""
        return self.root / "pairs"

    @property
    def decisions(self) -> Path:
        """One decision a record."""
        return self.root / "decisions.parquet"

    @property
    def selection(self) -> Path:
        """How the budget was spent, where the recipe has one."""
        return self.root / "selection.parquet"

    @property
    def targets(self) -> Path:
        """The folder of what was measured of target sets."""
        return self.root / "targets"

    @property
    def verdicts(self) -> Path:
        """What people said of records; never deleted by curator."""
        return self.root / "verdicts.jsonl"

    @property
    def forgotten(self) -> Path:
        """Which contents the run may not hold any more; never deleted by curator."""
        return self.root / "forgotten.jsonl"

    @property
    def release(self) -> Path:
        """The folder of the release bundle."""
        return self.root / "release"

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self.root / "report"

    @property
    def export(self) -> Path:
        """The folder of exported data sets."""
        return self.root / "export"

    @property
    def tune(self) -> Path:
        """The folder of models that were trained on the kept records; one folder each."""
        return self.root / "tune"

    def tuned_scores(self) -> list[Path]:
        """List the files of what trained models found of the records, by name."""
        return sorted(self.tune.glob(f"*/{TUNED_SCORES}"))

    @property
    def log(self) -> Path:
        """What happened, one JSON object a line."""
        return self.root / "log.jsonl"

    @property
    def mark(self) -> Path:
        """The file that says that this directory is a run, and may be written as one."""
        return self.root / ".curator"

    @property
    def lock(self) -> Path:
        """The file that a writing process holds an flock on."""
        return self.root / ".lock"

    def clear(self) -> None:
        """Delete everything a recipe can make again, and nothing else."""
        folders = (
            "records",
            "ingest",
            "features",
            "scores",
            "pairs",
            "targets",
            "report",
            "export",
            "release",
        )
        for name in folders:
            shutil.rmtree(self.root / name, ignore_errors=True)
        files = (self.manifest, self.recipe, self.decisions, self.selection, self.repairs)
        for path in (*files, self.quarantine, self.log):
            path.unlink(missing_ok=True)

    def shard(self, file: str) -> Path:
        """One shard of records."""
        return self.records / file

    def receipt(self, place: int) -> Path:
        """The receipt of the input file at this place."""
        return self.ingest / f"{place:04d}.json"

    def quarantined(self, place: int) -> Path:
        """The quarantine of the input file at this place."""
        return self.ingest / f"{place:04d}.quarantine.jsonl"

    def repaired(self, place: int) -> Path:
        """The repairs of the input file at this place."""
        return self.ingest / f"{place:04d}.repairs.parquet"

    def score(self, settings: Filter, records_hash: str) -> Path:
        """One filter's measures of one shard, or of the whole run where it needs all records."""
        return self.all_scores(settings, [records_hash])[0]

    def all_scores(self, settings: Filter, hashes: Sequence[str]) -> list[Path]:
        """One filter's measures of many shards: its key, which is dear, is made once."""
        folder = self.scores / f"{settings.tag}-{settings.key()}"
        return [folder / f"{records_hash}.parquet" for records_hash in hashes]

    def feature(self, feature: Feature, shard_hash: str) -> Path:
        """One feature of one shard."""
        return self.features / _feature_file(feature, shard_hash)

    def pairs(self, settings: DuplicateFilter, run_hash: str) -> Path:
        """One duplicate filter's pairs over all records of the run."""
        return self.paired / f"{settings.tag}-{settings.key()}" / f"{run_hash}.parquet"

    def target(self, feature: Feature, sha256: str) -> Path:
        """One feature of a target set, the file of which has this hash."""
        return self.targets / _feature_file(feature, sha256)


def _feature_file(feature: Feature, name: str) -> str:
    suffix = "arrow" if feature.mapped else "parquet"
    return f"{feature.tag}-{feature.key()}/{name}.{suffix}"
