"""Whole: what can only be measured with all records of the run at hand."""

import time
from typing import Literal

import polars as pl

from curator.errors import CuratorError, FilterError
from curator.filters import CorpusFilter, DuplicateFilter
from curator.pipeline.events import Event, Listener
from curator.pipeline.journal import log
from curator.pipeline.measure import checked
from curator.pipeline.shown import chosen, shown_to, spread
from curator.run import Snapshot, adopt, scan_frames, write_frame


def measure_whole(snapshot: Snapshot, listener: Listener) -> None:
    """Find the pairs and the scores over all records that these records do not have yet."""
    layout = snapshot.layout
    kind: Literal["measured", "paired"]
    for entry in snapshot.recipe.filters:
        if not isinstance(entry, DuplicateFilter | CorpusFilter):
            continue
        if isinstance(entry, DuplicateFilter):
            kind, path = "paired", layout.pairs(entry, snapshot.hash)
        else:
            kind, path = "measured", layout.score(entry, snapshot.hash)
        shown = shown_to(entry, snapshot)
        if shown is None and adopt(layout, path):
            continue
        began = time.perf_counter()
        write_frame(path, _measure(entry, snapshot, shown, listener))
        seconds, rows = time.perf_counter() - began, snapshot.records
        log(
            layout,
            event="measured",
            label=entry.label,
            key=entry.key(),
            rows=rows,
            seconds=round(seconds, 4),
        )
        listener(Event(kind, entry.label, rows, rows, seconds))


def _measure(
    entry: DuplicateFilter | CorpusFilter,
    snapshot: Snapshot,
    shown: pl.Series | None,
    listener: Listener,
) -> pl.DataFrame:
    """Let a filter look at all records, or at those it is shown; its failure is an error."""
    records = _measured(snapshot, entry)
    if shown is not None:
        records = chosen(records, shown)
    try:
        if isinstance(entry, DuplicateFilter):
            return entry.pairs(records).collect()
        scores = _scores(entry, records, listener)
    except CuratorError:
        raise
    except Exception as error:
        what = "find pairs" if isinstance(entry, DuplicateFilter) else "measure all records"
        raise FilterError(
            f"filter {entry.label!r} failed to {what}: {type(error).__name__}: {error}"
        ) from error
    if shown is not None:
        scores = spread(scores, shown)
    return checked(entry, scores, snapshot.records)


def _scores(entry: CorpusFilter, records: pl.LazyFrame, listener: Listener) -> pl.DataFrame:
    """Let a filter measure, and pass on its news."""
    scoring = entry.scoring(records)
    while True:
        try:
            news = next(scoring)
        except StopIteration as end:
            scores: pl.DataFrame = end.value
            return scores
        if news.told:
            listener(Event("note", f"{entry.label}: {news.told}"))
        listener(Event("asked", entry.label, news.done, news.total))


def _measured(snapshot: Snapshot, entry: DuplicateFilter | CorpusFilter) -> pl.LazyFrame:
    """Return the record columns and features a filter reads, over the whole run."""
    layout = snapshot.layout
    frames = [
        pl.scan_parquet([layout.shard(shard.file) for shard in snapshot.shards]).select(
            entry.columns()
        )
    ]
    frames += [
        scan_frames([layout.feature(feature, shard.hash) for shard in snapshot.shards])
        for feature in entry.features()
    ]
    return pl.concat(frames, how="horizontal")
