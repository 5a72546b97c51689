"""Texts: records as conversations, and conversations as tokens, whoever decided what of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from curator.errors import CarryError, InputError
from curator.export.entry import Entry
from curator.ingest import Finder, Ingested, Source, read_source
from curator.records import RECORD_SCHEMA, Origin, content_of, frame_of, records_of
from curator.run import Run
from curator.tune.conversations import conversation_of

if TYPE_CHECKING:
    from curator.training.conversation import Conversation, Example
    from curator.training.render import Renderer


@dataclass(frozen=True)
class Reading:
    """How records become tokens, the same way in every arm."""

    renderer: "Renderer"
    max_tokens: int

    def examples(self, conversations: "Sequence[Conversation | None]") -> "list[list[Example]]":
        """Return the examples of each conversation; none where it cannot be learnt from."""
        from curator.training.prepare import prepare

        named = {one.id: place for place, one in enumerate(conversations) if one is not None}
        told = [one for one in conversations if one is not None]
        made = prepare(told, self.renderer, max_tokens=self.max_tokens, over_long="skip")
        found: list[list[Example]] = [[] for _ in conversations]
        for example in made.examples:
            found[named[example.id]].append(example)
        return found


def conversations_in(records: pl.DataFrame) -> "Iterator[Conversation | None]":
    """Return each record as a conversation; None where it is no good answer or cannot be one."""
    facts = records.select("id", "source", "row", "part", "shape").iter_rows()
    for (id_, source, row, part, shape), record in zip(facts, records_of(records), strict=True):
        entry = Entry(id_, source, row, part, shape, True, "", False, None, 1, record)  # noqa: FBT003
        try:
            yield conversation_of(entry, source) if record.label is not False else None
        except CarryError:
            yield None


def conversations_in_run(run: Run) -> "list[Conversation | None]":
    """Return every record of a run, kept or not, in its order, a shard at a time."""
    shards = (run.layout.shard(shard.file) for shard in run.snapshot.shards)
    return [one for path in shards for one in conversations_in(pl.read_parquet(path))]


def read_files(paths: Iterable[Path], spooled: Path) -> pl.DataFrame:
    """Read the records of files of any shape; a row that is none is an error.

    They are read as they are: no repair touches what is measured by.
    """
    frames = [RECORD_SCHEMA.to_frame()]
    for path in paths:
        for place in Finder(Path(), spooled).find(str(path)):
            frames.append(_read_file(place.path, str(path)))
    return pl.concat(frames)


def _read_file(path: Path, name: str) -> pl.DataFrame:
    found = list(read_source(Source(path, name)))
    for one in found:
        if not isinstance(one, Ingested):
            raise InputError(f"{name}:{one.row} is no record: {one.error}")
    records = [one for one in found if isinstance(one, Ingested)]
    if not records:
        raise InputError(f"there is no row in {name}")
    contents = [content_of(one.record) for one in records]
    origins = [
        Origin(f"{content}-{name}-{place}", content, name, one.row)
        for place, (one, content) in enumerate(zip(records, contents, strict=True))
    ]
    return frame_of([one.record for one in records], origins)
