"""Judge: records are made of the rows of a set, and a filter says what it thinks of each."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.filters import Filter
from curator.groups import find_mentions
from curator.records import Origin, Record, content_of, frame_of
from labelled.damage import damaged
from labelled.entry import Entry
from labelled.metrics import Flags, Floats
from labelled.readers import rows_of, texts_of

ASKED, ANSWERED = "Write something.", "All right."
SHARD = 10_000


class Judged(NamedTuple):
    """What a filter thinks of the rows of one set.

    `scores` is higher the more the rule should fire, NaN where the filter did not judge, and empty
    without a measure. `together` numbers the rows that are drawn as a whole; `members` says of each
    group which rows are of it.
    """

    entry: Entry
    positive: Flags
    fired: Flags
    scores: Floats
    together: NDArray[np.intp]
    members: dict[str, Flags]


def judge(entry: Entry, folder: Path) -> Judged:
    """Read a set and ask its filter, through records, scores and rules, about every row."""
    rows = labelled(entry, rows_of(entry, folder))
    records = records_of(entry, rows["text"].to_list(), rows["prompt"].to_list())
    measured = measure(entry.filter, records)
    scores = np.empty(0)
    if entry.judged is not None:
        values = measured[entry.judged].cast(pl.Float64).fill_null(np.nan).to_numpy()
        scores = -values if entry.low_is_bad else values
    return Judged(
        entry,
        rows["positive"].to_numpy(),
        fires(entry.filter, entry.rule, measured),
        scores,
        rows["together"].rank("dense").to_numpy().astype(np.intp),
        members_of(entry, rows),
    )


def labelled(entry: Entry, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `text, prompt, positive, together` and the columns of groups; what has no label goes.

    A damaged copy is drawn together with what it was made of.
    """
    text = pl.concat_str(texts_of(entry), separator="\n", ignore_nulls=True)
    made = rows.filter(_is_labelled(entry)).select(
        text.alias("text"),
        (pl.col(entry.prompt) if entry.prompt else pl.lit(ASKED)).alias("prompt"),
        _is_positive(entry).alias("positive"),
        (pl.col(entry.together) if entry.together else pl.int_range(pl.len())).alias("together"),
        *[pl.col(name).alias(f"group {name}") for name in entry.subgroups if name != "mentions"],
    )
    made = made.filter(pl.col("text").str.contains(r"\S").fill_null(value=False))
    return _with_damage(entry, made) if entry.damage else made


def _is_labelled(entry: Entry) -> pl.Expr:
    if entry.label is None or not (entry.positive and entry.negative):
        return pl.lit(value=True) if entry.label is None else pl.col(entry.label).is_not_null()
    return pl.col(entry.label).is_in([*entry.positive, *entry.negative]).fill_null(value=False)


def _is_positive(entry: Entry) -> pl.Expr:
    if entry.label is None:
        return pl.lit(value=False)
    if entry.positive:
        return pl.col(entry.label).is_in(entry.positive)
    return ~pl.col(entry.label).is_in(entry.negative)


def _with_damage(entry: Entry, rows: pl.DataFrame) -> pl.DataFrame:
    assert entry.damage is not None
    rng = random.Random(7)
    texts = [damaged(text, entry.damage, rng) for text in rows["text"]]
    both = rows.with_columns(pl.Series("damaged", texts, pl.String)).drop_nulls("damaged")
    copies = both.with_columns(pl.col("damaged").alias("text"), positive=pl.lit(value=True))
    return pl.concat([both, copies]).drop("damaged")


def records_of(entry: Entry, texts: Sequence[str], prompts: Sequence[str | None]) -> pl.DataFrame:
    """Make a record of each text: an answer to its prompt, or a prompt with an answer."""
    records = [
        Record([{"role": "user", "content": asked}, {"role": "assistant", "content": said}])
        for asked, said in (
            (text, ANSWERED) if entry.side == "prompt" else (prompt or ASKED, text)
            for text, prompt in zip(texts, prompts, strict=True)
        )
    ]
    contents = [content_of(record) for record in records]
    origins = [
        Origin(f"{content}-{place}", content, entry.name, place + 1)
        for place, content in enumerate(contents)
    ]
    return frame_of(records, origins)


def measure(settings: Filter, records: pl.DataFrame) -> pl.DataFrame:
    """Score records as a run does: features first, shard by shard."""
    parts = []
    for shard in records.iter_slices(SHARD):
        features = [feature.compute(shard) for feature in settings.features()]
        parts.append(settings.score(shard.with_columns(features)))
    return pl.concat(parts)


def fires(settings: Filter, rule: str, measured: pl.DataFrame) -> Flags:
    """Say for which rows the rule fires; `any`: some rule that is not off."""
    rules = settings.rules()
    asked = [rule] if rule != "any" else [one for one in rules if settings.action(one) != "off"]
    fired = [rules[name].fill_null(value=False).alias(name) for name in asked]
    found: Flags = measured.select(pl.any_horizontal(fired)).to_series().to_numpy()
    return found


def members_of(entry: Entry, rows: pl.DataFrame) -> dict[str, Flags]:
    """Say for each group of a set which rows are of it."""
    names: list[set[str]] = [set() for _ in range(rows.height)]
    for column in entry.subgroups:
        if column == "mentions":
            for own, text in zip(names, rows["text"], strict=True):
                own |= {f"{one.axis}: {one.group}" for one in find_mentions(text)}
        else:
            for own, value in zip(names, rows[f"group {column}"], strict=True):
                own |= {str(value)} if value is not None else set()
    every = sorted(set().union(*names))
    return {group: np.array([group in own for own in names], dtype=np.bool_) for group in every}
