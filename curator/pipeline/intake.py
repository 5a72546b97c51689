"""Intake: input files become shards of repaired records, with a receipt for each file."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xxhash

from curator.ingest import Ingested, Quarantined, Source, find_files, read_source, sniff
from curator.pipeline.events import Event, Listener
from curator.recipe import Input, Recipe
from curator.records import Origin, Record, canonical_json, content_of, frame_of, shard_hash
from curator.repairs import Change, repair
from curator.run import InputReport, Layout, Shard, write_frame, write_text
from curator.run.run import REPAIR_SCHEMA

INTAKE_VERSION = 1
"""Raise it when reading or repairing changes: stored shards then expire."""
SHARD_ROWS = 8_192
SHARD_CHARS = 64_000_000


def take_in(
    layout: Layout,
    recipe: Recipe,
    sources: Sequence[Source],
    listener: Listener,
    shard_rows: int = SHARD_ROWS,
) -> list[InputReport]:
    """Read every input file that is new or changed, and return what each one gave."""
    layout.records.mkdir(parents=True, exist_ok=True)
    layout.ingest.mkdir(parents=True, exist_ok=True)
    seen = _Occurrences(layout)
    reports: list[InputReport] = []
    for place, source in enumerate(sources):
        key, digest = _key(source, recipe, shard_rows, reports)
        report = _receipt(layout, place, key)
        if report is None:
            intake = _Intake(layout, place, source, recipe.repairs, shard_rows)
            report = intake.read(key, digest, seen, listener)
        else:
            seen.skip(report)
        reports.append(report)
    _forget(layout, len(sources), {s.file for report in reports for s in report.shards})
    _gather(layout, len(sources))
    return reports


def sources_of(recipe: Recipe, base: Path) -> list[Source]:
    """List the files of a recipe's input, in its order, with the names that records carry."""
    found: list[Source] = []
    for entry in recipe.input:
        files = find_files(entry.path, base)
        found += [
            Source(
                path,
                _name(entry, path, base, len(files)),
                entry.format,
                entry.columns,
                entry.licence,
            )
            for path in files
        ]
    return found


def _name(entry: Input, path: Path, base: Path, files: int) -> str:
    relative = Path(os.path.relpath(path, base)).as_posix()
    if entry.name is None:
        return relative
    return entry.name if files == 1 else f"{entry.name}/{path.name}"


def _key(
    source: Source, recipe: Recipe, shard_rows: int, before: Sequence[InputReport]
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
        "repairs": recipe.repairs,
        "shard_rows": shard_rows,
        "before": before[-1].key if before else "",
    }
    return xxhash.xxh3_64_hexdigest(canonical_json(parts).encode()), digest


def _receipt(layout: Layout, place: int, key: str) -> InputReport | None:
    path = layout.receipt(place)
    if not path.exists():
        return None
    report = InputReport.model_validate_json(path.read_text("utf-8"))
    whole = all(layout.shard(shard.file).exists() for shard in report.shards)
    return report if report.key == key and whole else None


class _Occurrences:
    """How often each content came so far: the number at the end of an id."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._skipped: list[Path] = []
        self._counts: Counter[str] = Counter()

    def skip(self, report: InputReport) -> None:
        """Remember shards that need not be read again, unless a later file is."""
        self._skipped += [self._layout.shard(shard.file) for shard in report.shards]

    def catch_up(self) -> None:
        """Count the contents of the shards that were skipped."""
        if self._skipped:
            contents = pl.scan_parquet(self._skipped).select("content").collect()
            self._counts.update(contents["content"].to_list())
            self._skipped = []

    def next(self, content: str) -> int:
        """Return how often the content came before, and count it."""
        before = self._counts[content]
        self._counts[content] = before + 1
        return before


@dataclass
class _Batch:
    records: list[Record] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    chars: int = 0


class _Intake:
    """Read one file: fill shards, note repairs, quarantine what is no record."""

    def __init__(
        self, layout: Layout, place: int, source: Source, repairs: Sequence[str], shard_rows: int
    ) -> None:
        self.layout = layout
        self.place = place
        self.source = source
        self.repairs = repairs
        self.shard_rows = shard_rows
        self.batch = _Batch()
        self.shards: list[Shard] = []
        self.changes: list[tuple[str, Change]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: Counter[str] = Counter()
        self.rows = 0
        self.repaired = 0

    def read(self, key: str, digest: str, seen: _Occurrences, listener: Listener) -> InputReport:
        """Read the file whole, write its shards, and leave the receipt last."""
        seen.catch_up()
        self.layout.receipt(self.place).unlink(missing_ok=True)
        sniffed = sniff(self.source)
        last_row = None
        for item in read_source(self.source, sniffed):
            self.rows += item.row != last_row
            last_row = item.row
            if isinstance(item, Quarantined):
                self.quarantined.append(item)
                continue
            self._take(item, seen)
            if self.rows % 2_048 == 0:
                listener(Event("read", self.source.name, self.rows))
        self._flush()
        listener(Event("read", self.source.name, self.rows, self.rows))
        self._write_sides()
        report = InputReport(
            key=key,
            path=self.source.name,
            name=self.source.name,
            sha256=digest,
            bytes=self.source.path.stat().st_size,
            container=_container(sniffed),
            shape=sniffed.shape or "",
            confidence=round(sniffed.confidence, 3),
            licence=self.source.licence,
            rows=self.rows,
            records=sum(shard.records for shard in self.shards),
            quarantined=len(self.quarantined),
            repaired=self.repaired,
            notes=dict(sorted(self.notes.items())),
            shards=self.shards,
        )
        write_text(self.layout.receipt(self.place), report.model_dump_json(indent=1))
        return report

    def _take(self, item: Ingested, seen: _Occurrences) -> None:
        content = content_of(item.record)
        record_id = f"{content}-{seen.next(content)}"
        record, changes = repair(item.record, self.repairs)
        self.changes += [(record_id, change) for change in changes]
        self.repaired += bool(changes)
        self.notes.update(item.notes)
        batch = self.batch
        batch.records.append(record)
        batch.contents.append(content_of(record) if changes else content)
        batch.origins.append(
            Origin(
                record_id,
                content,
                self.source.name,
                item.row,
                item.part,
                item.shape,
                self.source.licence,
            )
        )
        batch.chars += sum(len(turn["content"]) for turn in record.messages)
        if len(batch.records) >= self.shard_rows or batch.chars >= SHARD_CHARS:
            self._flush()

    def _flush(self) -> None:
        if not self.batch.records:
            return
        batch, self.batch = self.batch, _Batch()
        file = f"{self.place:04d}-{len(self.shards):05d}.parquet"
        write_frame(self.layout.shard(file), frame_of(batch.records, batch.origins), private=True)
        self.shards.append(
            Shard(file=file, hash=shard_hash(batch.contents), records=len(batch.records))
        )

    def _write_sides(self) -> None:
        lines = [json.dumps(asdict(item), ensure_ascii=True) for item in self.quarantined]
        text = "".join(f"{line}\n" for line in lines)
        write_text(self.layout.quarantined(self.place), text, private=True)
        rows: list[dict[str, Any]] = [
            {"id": record_id, **change._asdict()} for record_id, change in self.changes
        ]
        frame = pl.DataFrame(rows, schema=REPAIR_SCHEMA, orient="row")
        write_frame(self.layout.repaired(self.place), frame, private=True)


def _container(sniffed: Any) -> str:
    return (
        f"{sniffed.container}.{sniffed.compression}" if sniffed.compression else sniffed.container
    )


def _forget(layout: Layout, places: int, wanted: set[str]) -> None:
    """Remove the shards and receipts of files that are no longer in the recipe."""
    for path in layout.records.glob("*.parquet"):
        if path.name not in wanted:
            path.unlink()
    for path in layout.ingest.iterdir():
        if not path.name[:4].isdigit() or int(path.name[:4]) >= places:
            path.unlink()


def _gather(layout: Layout, places: int) -> None:
    """Put the files' quarantines and repairs together."""
    parts = [layout.quarantined(place).read_text("utf-8") for place in range(places)]
    write_text(layout.quarantine, "".join(parts), private=True)
    frames = [pl.read_parquet(layout.repaired(place)) for place in range(places)]
    repairs = pl.concat(frames) if frames else REPAIR_SCHEMA.to_frame()
    write_frame(layout.repairs, repairs, private=True)
