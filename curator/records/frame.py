"""Records as a frame, and back: the canonical columns of a shard."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl
import xxhash
from polars._typing import PolarsDataType

from curator.records.model import Record, Turn, usual_json
from curator.records.text import JOINER, views_of

TOOL_CALL = pl.Struct({"id": pl.String, "name": pl.String, "arguments": pl.String})
MESSAGE = pl.Struct(
    {
        "role": pl.String,
        "content": pl.String,
        "reasoning": pl.String,
        "name": pl.String,
        "tool_calls": pl.List(TOOL_CALL),
        "tool_call_id": pl.String,
        "weight": pl.Float64,
        "layout": pl.String,
        "extra": pl.String,
    }
)
_COLUMNS: dict[str, PolarsDataType] = {
    "id": pl.String,
    "content": pl.String,
    "source": pl.String,
    "row": pl.Int64,
    "part": pl.Int32,
    "shape": pl.String,
    "licence": pl.String,
    "messages": pl.List(MESSAGE),
    "rejected": pl.List(MESSAGE),
    "tools": pl.String,
    "label": pl.Boolean,
    "prompt": pl.String,
    "response": pl.String,
    "reasoning": pl.String,
    "text": pl.String,
    "response_chars": pl.Int64,
    "rejected_text": pl.String,
    "follow_up": pl.String,
    "setting": pl.String,
    "extra": pl.String,
    "layout": pl.String,
    "raw": pl.String,
}
RECORD_SCHEMA = pl.Schema(_COLUMNS)
"""One row a record. `messages`/`rejected` are lists of MESSAGE structs; `tools`, `extra` and
`layout` are JSON text; `row` counts from 1 (for line formats it is the line number); `part` counts
the records of one row from 0; `response_chars` counts code points."""

_TURN_FIELDS = ("role", "content", "reasoning", "name", "tool_calls", "tool_call_id", "weight")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from."""

    id: str
    content: str
    source: str
    row: int
    part: int = 0
    shape: str = "messages"
    licence: str | None = None


def frame_of(records: Sequence[Record], origins: Sequence[Origin]) -> pl.DataFrame:
    """Build the canonical frame of some records, in their order, views included."""
    views = [views_of(record) for record in records]
    return pl.DataFrame(
        {
            "id": [origin.id for origin in origins],
            "content": [origin.content for origin in origins],
            "source": [origin.source for origin in origins],
            "row": [origin.row for origin in origins],
            "part": [origin.part for origin in origins],
            "shape": [origin.shape for origin in origins],
            "licence": [origin.licence for origin in origins],
            "messages": _turns_series([record.messages for record in records]),
            "rejected": _turns_series([record.rejected for record in records]),
            "tools": [record.tools for record in records],
            "label": [record.label for record in records],
            "prompt": [view.prompt for view in views],
            "response": [view.response for view in views],
            "reasoning": [view.reasoning for view in views],
            "text": [view.text for view in views],
            "response_chars": [len(view.response) for view in views],
            "rejected_text": [view.rejected for view in views],
            "follow_up": [view.follow_up for view in views],
            "setting": [view.setting for view in views],
            "extra": [_dump(record.extra) for record in records],
            "layout": [_dump(record.layout) for record in records],
            "raw": [record.raw for record in records],
        },
        schema=RECORD_SCHEMA,
    )


def records_of(frame: pl.DataFrame) -> Iterator[Record]:
    """Read records back from their frame, in its order."""
    columns = frame.select("tools", "label", "extra", "layout", "raw").iter_rows()
    sides = zip(_conversations(frame["messages"]), _conversations(frame["rejected"]), strict=True)
    for (messages, rejected), (tools, label, extra, layout, raw) in zip(
        sides, columns, strict=True
    ):
        yield Record(
            messages=messages or [],
            rejected=rejected,
            tools=tools,
            label=label,
            extra=json.loads(extra) if extra else {},
            layout=json.loads(layout) if layout else {},
            raw=raw,
        )


def _conversations(series: pl.Series) -> Iterator[list[Turn] | None]:
    """Read lists of turns from flat columns: far quicker than from nested rows."""
    counts = series.list.len()
    turns = _turns_in(series.filter(counts > 0).explode())
    for count in counts.to_list():
        yield None if count is None else list(islice(turns, count))


def _turns_in(messages: pl.Series) -> Iterator[Turn]:
    """Read turns from a column of structs; a field that no turn has costs nothing."""
    flat = messages.struct.unnest()
    names = [name for name in flat.columns if flat[name].null_count() < flat.height]
    for values in flat.select(names).iter_rows():
        turn = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for name in ("layout", "extra"):
            if name in turn:
                turn[name] = json.loads(turn[name])
        yield turn  # type: ignore[misc]


def to_turns(records: pl.DataFrame) -> pl.DataFrame:
    """List every turn of every record: `record` (row of the frame), `turn`, `role`, `text`, more.

    `turn` is the place in `messages`, counted from 0; `text` is the content with the tool calls
    written out, `reasoning` and `content` are as stored.
    """
    said = (
        pl.when(pl.col("tool_calls").list.len() > 0)
        .then(
            pl.concat_list("content", pl.col("tool_calls").list.eval(_call_text()).list.join("\n"))
            .list.eval(pl.element().filter(pl.element() != ""))
            .list.join(JOINER)
        )
        .otherwise("content")
    )
    return (
        records.lazy()
        .select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
            pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
            "messages",
        )
        .explode("turn", "messages")
        .unnest("messages")
        .select("record", "turn", "role", said.alias("text"), "content", "reasoning", "weight")
        .collect()
    )


def shard_hash(contents: Iterable[str]) -> str:
    """Hash the repaired contents of a shard, in order: what its scores depend on."""
    digest = xxhash.xxh3_128()
    for content in contents:
        digest.update(content.encode())
    return digest.hexdigest()


def _turns_series(conversations: Sequence[list[Turn] | None]) -> pl.Series:
    """Build a list-of-struct column from flat columns: far quicker than from nested rows."""
    if not any(conversations) and None in conversations:
        empty: list[list[Turn] | None] = [None if turns is None else [] for turns in conversations]
        return pl.Series(empty, dtype=pl.List(MESSAGE))
    owners: list[int] = []
    flat: list[Turn] = []
    for owner, turns in enumerate(conversations):
        if turns:
            owners += [owner] * len(turns)
            flat += turns
    grouped = (
        _flat_frame(flat)
        .select(pl.Series("owner", owners, dtype=pl.Int64), pl.struct(pl.all()).alias("turns"))
        .group_by("owner", maintain_order=True)
        .agg("turns")
    )
    if grouped.height == len(conversations):
        return grouped["turns"].cast(pl.List(MESSAGE))
    given = pl.Series("given", [turns is not None for turns in conversations], dtype=pl.Boolean)
    places = pl.DataFrame(given).with_row_index("owner").cast({"owner": pl.Int64})
    none = pl.lit(pl.Series([[]], dtype=pl.List(MESSAGE)))
    filled = pl.when("given").then(pl.col("turns").fill_null(none.first()))
    joined = places.join(grouped, on="owner", how="left", maintain_order="left")
    return joined.select(filled).to_series().cast(pl.List(MESSAGE))


def _flat_frame(turns: Sequence[Turn]) -> pl.DataFrame:
    """Make one row a turn; what no turn has costs nothing."""
    present = set().union(*turns) if turns else set()
    columns: dict[str, Any] = {
        name: [turn.get(name) for turn in turns] if name in present else None
        for name in _TURN_FIELDS
    }
    for name in ("layout", "extra"):
        columns[name] = [_dump(turn.get(name)) for turn in turns] if name in present else None
    return pl.DataFrame(
        [
            pl.Series(name, columns[name], dtype)
            if columns[name] is not None
            else pl.Series(name, [None], dtype).new_from_index(0, len(turns))
            for name, dtype in dict(MESSAGE).items()
        ]
    )


def _call_text() -> pl.Expr:
    call = pl.element().struct
    return pl.format("{}({})", call.field("name"), call.field("arguments"))


def _dump(value: Any) -> str | None:
    return usual_json(value) if value else None


def concat_records(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put record frames one after another; none gives an empty frame of the schema."""
    frames = list(frames)
    return pl.concat(frames) if frames else RECORD_SCHEMA.to_frame()
