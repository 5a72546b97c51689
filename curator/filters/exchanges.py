"""Exchanges: each answer of a record with what was said to the assistant just before it."""

import polars as pl

from curator.records import JOINER, to_turns

_SURE = 0.6
"""Confidence from which on a turn is taken to be in its language (see the filter `language`)."""


def exchanges(records: pl.DataFrame) -> pl.DataFrame:
    """List the answers that can be judged as such: `record`, `turn`, `prompt`, `response`.

    The prompt is what users said since the answer before. An answer that calls a tool or reads what
    a tool gave back, an empty one, one that nobody asked for, and the answers of a record labelled
    as bad are left out.
    """
    said = pl.col("role") == "assistant"
    block = said.cast(pl.Int64).shift(1, fill_value=0).cum_sum().over("record").alias("block")
    listed = (
        to_turns(records)
        .filter(pl.col("turn").is_not_null())
        .with_columns(block, (pl.col("text") != pl.col("content")).alias("calls"))
        .group_by("record", "block", maintain_order=True)
        .agg(
            pl.col("turn").filter(said).first(),
            pl.col("content").filter(pl.col("role") == "user").str.join(JOINER).alias("prompt"),
            pl.col("content").filter(said).first().alias("response"),
            (pl.col("calls").any() | (pl.col("role") == "tool").any()).alias("tools"),
        )
    )
    labels = records["label"].fill_null(True).gather(listed["record"])  # noqa: FBT003 (a value)
    filled = pl.col("response").str.contains(r"\S") & pl.col("prompt").str.contains(r"\S")
    return listed.filter(labels & filled & ~pl.col("tools")).select(
        "record", "turn", "prompt", "response"
    )


def in_english(found: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Leave out the exchanges of which a side is surely in another language than English.

    `records` has the feature `language`. Of the prompt the last turn is looked at.
    """
    spoken = records.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
        pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
        pl.col("language"),
    ).explode("turn", "language")
    language = pl.col("language").struct
    foreign = spoken.filter(
        (language.field("language") != "en") & (language.field("confidence") >= _SURE)
    ).select("record", "turn")
    answers = found.join(foreign, on=["record", "turn"], how="anti", maintain_order="left")
    return (
        answers.with_columns((pl.col("turn") - 1).alias("before"))
        .join(
            foreign,
            left_on=["record", "before"],
            right_on=["record", "turn"],
            how="anti",
            maintain_order="left",
        )
        .drop("before")
    )
