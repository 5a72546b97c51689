"""File intake: one input file becomes shards of repaired records, repairs and quarantine."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from curator.formats import UNANSWERED
from curator.ingest import Ingested, Quarantined, Source, read_source, sniff
from curator.pipeline.events import Event, Listener
from curator.privacy import hidden
from curator.records import Origin, Record, content_of, frame_of, shard_hash
from curator.repairs import Change, repair
from curator.run import InputReport, Layout, Shard, raw_content, write_frame, write_text
from curator.run.run import REPAIR_SCHEMA

SHARD_CHARS = 64_000_000


@dataclass(frozen=True)
class IntakeSettings:
    """How files are read into a run; `on_shard` is told of every shard as it is written."""

    layout: Layout
    repairs: Sequence[str]
    shard_rows: int
    listener: Listener
    on_shard: Callable[[Shard], None]
    forgotten: frozenset[str] = frozenset()
    """Contents that are left out, as if their rows were not there."""


class Occurrences:
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
    changes: list[tuple[str, Change]] = field(default_factory=list)
    chars: int = 0


class FileIntake:
    """Read one file: fill shards, note repairs, quarantine what is no record."""

    def __init__(self, settings: IntakeSettings, place: int, source: Source) -> None:
        self.settings = settings
        self.layout = settings.layout
        self.place = place
        self.source = source
        self.batch = _Batch()
        self.shards: list[Shard] = []
        self.changes: list[pl.DataFrame] = []
        self.quarantined: list[Quarantined] = []
        self.notes: Counter[str] = Counter()
        self.rows = 0
        self.repaired = 0
        self.forgotten = 0
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self.written: list[Future[None]] = []

    def read(self, key: str, digest: str, seen: Occurrences) -> InputReport:
        """Read the file whole, write its shards, and leave the receipt last."""
        seen.catch_up()
        self.layout.receipt(self.place).unlink(missing_ok=True)
        sniffed = sniff(self.source)
        last_row = None
        for item in read_source(self.source, sniffed):
            self.rows += item.row != last_row
            last_row = item.row
            self._take(item, seen)
            if self.rows % 2_048 == 0:
                self.settings.listener(Event("read", self.source.name, self.rows))
        self._flush()
        self.writer.shutdown()
        for written in self.written:
            written.result()
        self.settings.listener(Event("read", self.source.name, self.rows, self.rows))
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
            forgotten=self.forgotten,
        )
        write_text(self.layout.receipt(self.place), report.model_dump_json(indent=1))
        return report

    def _set_aside(self, item: Quarantined) -> None:
        if raw_content(item.raw) in self.settings.forgotten:
            self.forgotten += 1
        else:
            self.quarantined.append(item)

    def _take(self, item: Ingested | Quarantined, seen: Occurrences) -> None:
        if isinstance(item, Quarantined):
            self._set_aside(item)
            return
        content = content_of(item.record)
        if content in self.settings.forgotten:
            self.forgotten += 1
            return
        record_id = f"{content}-{seen.next(content)}"
        record, changes = repair(item.record, self.settings.repairs)
        batch = self.batch
        if changes:
            batch.changes += [(record_id, change) for change in changes]
            self.repaired += 1
        if item.notes:
            self.notes.update(map(hidden, item.notes))
        batch.records.append(record)
        said = content_of(record) if changes else content
        # What a shape promises decides what its records are measured by, so scores are its own.
        batch.contents.append(f"{said}?" if item.shape in UNANSWERED else said)
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
        if len(batch.records) >= self.settings.shard_rows or batch.chars >= SHARD_CHARS:
            self._flush()

    def _flush(self) -> None:
        if not self.batch.records:
            return
        batch, self.batch = self.batch, _Batch()
        file = f"{self.place:04d}-{len(self.shards):05d}.parquet"
        shard = Shard(file=file, hash=shard_hash(batch.contents), records=len(batch.records))
        self.shards.append(shard)
        frame = frame_of(batch.records, batch.origins)
        self.changes.append(_changes_frame(batch.changes))
        self.written.append(self.writer.submit(self._write, frame, shard))

    def _write(self, frame: pl.DataFrame, shard: Shard) -> None:
        """Write a shard while the next one is being read."""
        write_frame(self.layout.shard(shard.file), frame, private=True)
        self.settings.on_shard(shard)

    def _write_sides(self) -> None:
        lines = [json.dumps(asdict(item), ensure_ascii=True) for item in self.quarantined]
        text = "".join(f"{line}\n" for line in lines)
        write_text(self.layout.quarantined(self.place), text, private=True)
        changes = pl.concat([_changes_frame([]), *self.changes])
        write_frame(self.layout.repaired(self.place), changes, private=True)


def _changes_frame(changes: Sequence[tuple[str, Change]]) -> pl.DataFrame:
    rows = [(record_id, *change) for record_id, change in changes]
    return pl.DataFrame(rows, schema=REPAIR_SCHEMA, orient="row")


def _container(sniffed: Any) -> str:
    return (
        f"{sniffed.container}.{sniffed.compression}" if sniffed.compression else sniffed.container
    )
