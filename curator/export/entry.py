"""Entries: the kept records of a run, one by one, with the side each is written to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from curator.export.shards import marked_shards
from curator.export.turns import split_pair
from curator.records import Record, records_of
from curator.run import Run


class Entry(NamedTuple):
    """One kept record on its way out."""

    id: str
    source: str
    row: int
    part: int
    shape: str
    unchanged: bool
    side: str
    leaked: bool
    left: str | None
    """Why the weight or the cap of its input leaves it out."""
    copies: int
    """How often it is written."""
    record: Record

    @property
    def apart(self) -> bool:
        """Whether its row had the prompt in a column of its own, where nothing is learnt."""
        return self.shape == "prompt_completion"


def entries(run: Run, sides: pl.DataFrame) -> Iterator[Entry]:
    """Read the kept records in run order, a shard at a time.

    `sides` is what `assign` returns: a row for every record of the run; a null side is not kept.
    """
    repaired = set(run.repairs().select("id").collect()["id"])
    for shard in marked_shards(run, sides):
        kept = shard.filter(pl.col("side").is_not_null())
        facts = kept.select("id", "source", "row", "part", "shape", *sides.columns).iter_rows()
        for (id_, source, row, part, shape, side, leaked, left, copies), record in zip(
            facts, records_of(kept), strict=True
        ):
            where = (id_, source, row, part, shape)
            yield Entry(*where, id_ not in repaired, side, leaked, left, copies, record)


def parted(entry: Entry) -> tuple[Entry, Entry]:
    """Return a preference pair as two judged answers to the same question: good, and bad."""
    record, pair = entry.record, split_pair(entry.record)
    good = Record(messages=record.messages, tools=record.tools, label=True, extra=record.extra)
    bad = replace(good, messages=[*pair.asked, *pair.rejected], label=False)
    both = [entry._replace(unchanged=False, record=half) for half in (good, bad)]
    return both[0], both[1]
