"""Intake: every input file that is new or changed is read; the others keep their shards."""

import contextlib
import gc
import hashlib
from collections.abc import Iterator, Sequence

import polars as pl
import xxhash

from curator.ingest import Source
from curator.pipeline.file_intake import FileIntake, IntakeSettings, Occurrences
from curator.records import canonical_json
from curator.run import InputReport, Layout, adopt_intake, read_receipt, write_frame, write_text
from curator.run.run import REPAIR_SCHEMA

INTAKE_VERSION = 2
"""Raise it when reading or repairing changes: stored shards then expire."""
SHARD_ROWS = 8_192


def take_in(settings: IntakeSettings, sources: Sequence[Source]) -> list[InputReport]:
    """Read every input file that is new or changed, and return what each one gave."""
    layout = settings.layout
    layout.records.mkdir(parents=True, exist_ok=True)
    layout.ingest.mkdir(parents=True, exist_ok=True)
    seen = Occurrences(layout)
    reports: list[InputReport] = []
    for place, source in enumerate(sources):
        key, digest = _key(source, settings, reports)
        report = _receipt(layout, place, key)
        if report is None:
            with _no_cycles():
                report = FileIntake(settings, place, source).read(key, digest, seen)
        else:
            seen.skip(report)
            for shard in report.shards:
                settings.on_shard(shard)
        reports.append(report)
    _forget(layout, len(sources), {s.file for report in reports for s in report.shards})
    gather(layout, len(sources))
    return reports


@contextlib.contextmanager
def _no_cycles() -> Iterator[None]:
    """Stop looking for reference cycles: records have none, and the search costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _key(
    source: Source, settings: IntakeSettings, before: Sequence[InputReport]
) -> tuple[str, str]:
    """Name what a file's shards depend on: itself, how it is read, and the files before it."""
    with source.path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    parts = {
        "version": INTAKE_VERSION,
        "sha256": digest,
        "name": source.name,
        "format": source.format,
        "columns": source.columns,
        "licence": source.licence,
        "repairs": list(settings.repairs),
        "shard_rows": settings.shard_rows,
        "before": before[-1].key if before else "",
    }
    if settings.forgotten:
        parts["forgotten"] = sorted(settings.forgotten)
    return xxhash.xxh3_64_hexdigest(canonical_json(parts).encode()), digest


def _receipt(layout: Layout, place: int, key: str) -> InputReport | None:
    report = _read_receipt(layout, place, key)
    if report is None and adopt_intake(layout, place, key):
        report = _read_receipt(layout, place, key)
    return report


def _read_receipt(layout: Layout, place: int, key: str) -> InputReport | None:
    report = read_receipt(layout.receipt(place))
    if report is None:
        return None
    whole = all(layout.shard(shard.file).exists() for shard in report.shards)
    return report if report.key == key and whole else None


def _forget(layout: Layout, places: int, wanted: set[str]) -> None:
    """Remove the shards and receipts of files that are no longer in the recipe."""
    for path in layout.records.glob("*.parquet"):
        if path.name not in wanted:
            path.unlink()
    for path in layout.ingest.iterdir():
        if not path.name[:4].isdigit() or int(path.name[:4]) >= places:
            path.unlink()


def gather(layout: Layout, places: int) -> None:
    """Put the files' quarantines and repairs together."""
    parts = [layout.quarantined(place).read_text("utf-8") for place in range(places)]
    write_text(layout.quarantine, "".join(parts), private=True)
    frames = [pl.read_parquet(layout.repaired(place)) for place in range(places)]
    repairs = pl.concat(frames) if frames else REPAIR_SCHEMA.to_frame()
    write_frame(layout.repairs, repairs, private=True)
