"""Losses: how surprised models are by held-out answers, over all and by kind of task."""

import polars as pl

from curator.report.significance import adjusted
from curator.tune.evaluate.intervals import (
    NOTHING,
    chance_of,
    drawn_means,
    mean_a_token,
    percentiles,
)

EVERYTHING = "all"
"""The name of the row that counts every record."""
FEW = 20
"""Fewer records than this, and the percentiles of a bootstrap are narrower than the truth."""
LOSSES = pl.Schema({"id": pl.String, "group": pl.String, "nll": pl.Float64, "tokens": pl.Int64})
"""One row a held-out record: nats summed over its supervised tokens, and how many those are."""
TABLE = pl.Schema(
    {
        "group": pl.String,
        "records": pl.Int64,
        "tokens": pl.Int64,
        "loss": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "few": pl.Boolean,
    }
)
CHANGES = pl.Schema(
    {
        "group": pl.String,
        "records": pl.Int64,
        "change": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "p": pl.Float64,
    }
)
_LEVEL = 0.05


def loss_table(losses: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the mean loss a supervised token with its interval: all first, then by group."""
    rows = []
    for name, records in _groups(losses):
        nll, tokens = records["nll"].to_numpy(), records["tokens"].to_numpy()
        ends = mean_a_token(nll, tokens, seed)
        size = int(tokens.sum())
        loss = float(nll.sum()) / max(1, size)
        few = records.height < FEW
        rows.append((name, records.height, size, loss, *ends, few))
    return pl.DataFrame(rows, TABLE, orient="row")


def loss_changes(before: pl.DataFrame, after: pl.DataFrame, seed: int) -> pl.DataFrame | None:
    """Return by how much the loss a token changed, for the same records, negative being better.

    None where the two models cut the answers into other tokens: then nats a token are two units.
    A change is `certain` where its interval leaves out 0, its records are not few, and its p is
    below 0.05; the groups are many, and their p is adjusted for that.
    """
    both = before.join(after, on=["id", "group"], how="inner", maintain_order="left")
    if not both.height or (both["tokens"] != both["tokens_right"]).any():
        return None
    rows = [(name, *_change(records, seed)) for name, records in _groups(both)]
    found = pl.DataFrame(rows, CHANGES, orient="row")
    whole, many = found[:1], found[1:]
    found = pl.concat([whole, many.with_columns(adjusted(many["p"]).alias("p"))])
    outside = (pl.col("low") > 0) | (pl.col("high") < 0)
    sure = outside & (pl.col("records") >= FEW) & (pl.col("p") < _LEVEL)
    return found.with_columns(certain=sure.fill_null(value=False))


def _change(records: pl.DataFrame, seed: int) -> tuple[float | None, ...]:
    """Return records, change, interval and p."""
    moved = (records["nll_right"] - records["nll"]).to_numpy()
    tokens = records["tokens"].to_numpy()
    change = float(moved.sum()) / max(1, int(tokens.sum()))
    means = drawn_means(moved, tokens, seed)
    if not len(means):
        return records.height, change, *NOTHING, 1.0
    return records.height, change, *percentiles(means), chance_of(change, means, records.height)


def _groups(records: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """List all records, then those of each group, the largest first."""
    if not records.height:
        return []
    sizes = records["group"].value_counts().sort("count", "group", descending=[True, False])
    named = [name for name in sizes["group"] if name]
    return [
        (EVERYTHING, records),
        *((name, records.filter(pl.col("group") == name)) for name in named),
    ]
