"""Remaining: what an input file gave, without some contents, in files written anew.

A file may be shared with other runs by a hard link, so none is ever changed in place.
"""

import json
from collections.abc import Collection, Iterator

import polars as pl

from curator.records import content_of, records_of, shard_hash
from curator.run import InputReport, Layout, Shard, raw_content, write_frame, write_text


def keep_remaining(
    layout: Layout, place: int, report: InputReport, contents: Collection[str]
) -> InputReport:
    """Take contents out of the shards, repairs and quarantine of one input file.

    The receipt's key then fits no file, so that the next run reads the input again.
    """
    repairs = pl.read_parquet(layout.repaired(place))
    repaired = set(repairs["id"])
    shards = [
        shard
        for old in report.shards
        if (shard := _remaining(layout, old, repaired, contents)) is not None
    ]
    quarantined = _quarantined(layout, place, contents)
    records = sum(shard.records for shard in shards)
    gone = report.records - records + report.quarantined - quarantined
    if not gone:
        return report
    mine = pl.col("id").str.replace(r"-\d+$", "").is_in(list(contents))
    left = repairs.filter(~mine)
    if left.height < repairs.height:
        write_frame(layout.repaired(place), left, private=True)
    changed = {
        "key": f"forgotten {report.key}",
        "shards": shards,
        "records": records,
        "quarantined": quarantined,
        "repaired": left["id"].n_unique(),
        "forgotten": report.forgotten + gone,
    }
    new = report.model_copy(update=changed)
    write_text(layout.receipt(place), new.model_dump_json(indent=1))
    return new


def _remaining(
    layout: Layout, shard: Shard, repaired: Collection[str], contents: Collection[str]
) -> Shard | None:
    """Write a shard without the contents; None where nothing remains of it."""
    path = layout.shard(shard.file)
    records = pl.read_parquet(path)
    left = records.filter(~pl.col("content").is_in(list(contents)))
    if left.height == records.height:
        return shard
    if left.is_empty():
        path.unlink()
        return None
    write_frame(path, left, private=True)
    return Shard(file=shard.file, hash=shard_hash(_said(left, repaired)), records=left.height)


def _said(records: pl.DataFrame, repaired: Collection[str]) -> Iterator[str]:
    """Return the repaired contents, which the hash of a shard is over."""
    named = records.select("id", "content").iter_rows()
    for (id_, content), record in zip(named, records_of(records), strict=True):
        yield content_of(record) if id_ in repaired else content


def _quarantined(layout: Layout, place: int, contents: Collection[str]) -> int:
    """Take rows out of the quarantine of an input file; return how many remain."""
    path = layout.quarantined(place)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    left = [line for line in lines if raw_content(json.loads(line)["raw"]) not in contents]
    if len(left) < len(lines):
        write_text(path, "".join(left), private=True)
    return len(left)
