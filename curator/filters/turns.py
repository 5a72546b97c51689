"""Turns: measure every assistant turn by itself, and report the worst of each record."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import polars as pl

from curator.filters.base import View
from curator.records import to_turns


def view_texts(records: pl.DataFrame, view: View) -> pl.DataFrame:
    """List the texts a view judges: `record`, `turn`, `text`, in record and turn order.

    The response and reasoning views judge each assistant turn by itself (`turn` is its place in
    `messages`, from 0); the other views are one text a record, with a null `turn`. The answers of
    a record labelled as bad (KTO `label: false`) are left out: they are meant to be bad.
    """
    if view not in {"response", "reasoning"}:
        return records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
            pl.lit(None, dtype=pl.Int64).alias("turn"),
            pl.col("rejected_text" if view == "rejected" else view).alias("text"),
        )
    column = "text" if view == "response" else "reasoning"
    turns = to_turns(records).filter(pl.col("role") == "assistant")
    judged = records["label"].fill_null(True).gather(turns["record"])  # noqa: FBT003 (a value)
    return turns.filter(judged).select("record", "turn", pl.col(column).alias("text"))


def conversations(records: pl.DataFrame) -> list[list[dict[str, str]]]:
    """List each record's turns as `role` and `content`, tool calls written out."""
    found: list[list[dict[str, str]]] = [[] for _ in range(records.height)]
    turns = to_turns(records).select("record", "role", "text").drop_nulls("role")
    for record, role, text in turns.iter_rows():
        found[record].append({"role": role, "content": text or ""})
    return found


def worst_turns(
    measured: pl.DataFrame, height: int, bad: Mapping[str, Literal["high", "low"]]
) -> pl.DataFrame:
    """Reduce measures of turns to the worst turn of each record.

    `measured` has `record`, `turn` and one column a measure; `bad` names the measures and which
    end of them is bad. The result has `height` rows in record order and, for each measure, the
    worst value and `<measure>_turn`, the first turn that has it. A record with no judged turn, or
    only null measures, is null.
    """
    found = pl.DataFrame({"record": pl.int_range(height, dtype=pl.Int64, eager=True)})
    alone = measured.select(pl.col("record").is_unique()).to_series()
    single = measured.filter(alone).select("record", *_only_turn(bad))
    several = measured.filter(~alone).group_by("record", maintain_order=True).agg(_worst_turn(bad))
    reduced = pl.concat([single, several])
    return found.join(reduced, on="record", how="left", maintain_order="left").drop("record")


def _only_turn(bad: Iterable[str]) -> Iterator[pl.Expr]:
    """Give the measures of a record's one turn, which most records have; no group is made."""
    for measure in bad:
        yield pl.col(measure)
        yield pl.when(pl.col(measure).is_not_null()).then("turn").alias(f"{measure}_turn")


def _worst_turn(bad: Mapping[str, Literal["high", "low"]]) -> Iterator[pl.Expr]:
    for measure, end in bad.items():
        value = pl.col(measure)
        worst = value.max() if end == "high" else value.min()
        yield worst.alias(measure)
        # Not arg_max: on a column that Polars knows to be sorted it finds the last of equals.
        yield pl.col("turn").filter(value == worst).first().alias(f"{measure}_turn")
