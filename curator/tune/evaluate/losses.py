"""Losses: how surprised models are by the held-out answers, for each kind of task and over all."""

import numpy as np
import polars as pl

from curator.tune.evaluate.intervals import Interval, mean_a_token

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
        "change": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "certain": pl.Boolean,
    }
)


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
    A change is certain where its interval leaves out 0 and its records are not few.
    """
    both = before.join(after, on=["id", "group"], how="inner", maintain_order="left")
    if not both.height or (both["tokens"] != both["tokens_right"]).any():
        return None
    rows = []
    for name, records in _groups(both):
        moved = (records["nll_right"] - records["nll"]).to_numpy()
        tokens = records["tokens"].to_numpy()
        ends: Interval = mean_a_token(moved, tokens, seed)
        certain = records.height >= FEW and ends.leaves_out(0)
        rows.append((name, float(np.sum(moved)) / max(1, int(tokens.sum())), *ends, certain))
    return pl.DataFrame(rows, CHANGES, orient="row")


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
