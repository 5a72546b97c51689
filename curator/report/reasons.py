"""Reasons: how often each one fired, decided, and stood alone."""

import polars as pl


def reasons_of(decisions: pl.DataFrame, order: dict[str, int]) -> pl.DataFrame:
    """Count dropped records by reason, in funnel order: `reason, deciding, any`."""
    dropped = _combinations(decisions)
    deciding = dropped.group_by("reason").agg(pl.col("count").sum().alias("deciding"))
    firing = (
        dropped.select(pl.col("reasons").alias("reason"), "count")
        .explode("reason")
        .group_by("reason")
        .agg(pl.col("count").sum().alias("any"))
    )
    return (
        firing.join(deciding, on="reason", how="full", coalesce=True)
        .with_columns(pl.col("deciding", "any").fill_null(0))
        .select("reason", "deciding", "any")
        .sort(_place(order), "reason")
    )


def flags_of(decisions: pl.DataFrame, order: dict[str, int]) -> pl.DataFrame:
    """Count records by flag, in funnel order: `reason, records, kept`."""
    flagged = decisions.select("kept", pl.col("flags").alias("reason")).filter(
        pl.col("reason").list.len() > 0
    )
    return (
        flagged.explode("reason")
        .group_by("reason")
        .agg(
            pl.len().cast(pl.Int64).alias("records"),
            pl.col("kept").sum().cast(pl.Int64),
        )
        .sort(_place(order), "reason")
    )


def overlaps_of(decisions: pl.DataFrame, steps: list[str]) -> pl.DataFrame:
    """Count the dropped records that two steps both drop: `step, other, records`, all pairs.

    The diagonal says how many a step drops in all.
    """
    dropped = _steps_of_combinations(decisions)
    both = (
        dropped.explode("steps")
        .join(dropped.select("row", pl.col("steps").alias("other")).explode("other"), on="row")
        .group_by(pl.col("steps").alias("step"), "other")
        .agg(pl.col("count").sum().alias("records"))
    )
    named = pl.DataFrame({"step": steps}, schema={"step": pl.String})
    return (
        named.join(named.rename({"step": "other"}), how="cross", maintain_order="left_right")
        .join(both, on=["step", "other"], how="left", maintain_order="left")
        .with_columns(pl.col("records").fill_null(0))
    )


def alone_of(decisions: pl.DataFrame, steps: list[str]) -> pl.DataFrame:
    """Count what each step drops and, of it, what no other step drops too: `step, any, alone`.

    What a record filter drops alone would be kept without it, unless it is a duplicate.
    """
    dropped = _steps_of_combinations(decisions)
    counts = (
        dropped.with_columns((pl.col("steps").list.len() == 1).alias("single"))
        .explode("steps")
        .group_by(pl.col("steps").alias("step"))
        .agg(
            pl.col("count").sum().alias("any"),
            pl.col("count").filter("single").sum().alias("alone"),
        )
    )
    return (
        pl.DataFrame({"step": steps}, schema={"step": pl.String})
        .join(counts, on="step", how="left", maintain_order="left")
        .with_columns(pl.col("any", "alone").fill_null(0))
    )


def _combinations(decisions: pl.DataFrame) -> pl.DataFrame:
    """Count the distinct combinations of reasons: few, however many records there are."""
    return (
        decisions.lazy()
        .filter(~pl.col("kept"))
        .select("reason", pl.col("reasons").list.join("\n"))
        .group_by("reason", "reasons")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .with_columns(pl.col("reasons").str.split("\n"))
        .sort("reason", "reasons")
        .collect()
    )


def _steps_of_combinations(decisions: pl.DataFrame) -> pl.DataFrame:
    steps = pl.element().str.replace(r"\.[^.]*$", "").unique(maintain_order=True)
    return (
        _combinations(decisions)
        .with_row_index("row")
        .select("row", "count", pl.col("reasons").list.eval(steps).alias("steps"))
    )


def _place(order: dict[str, int]) -> pl.Expr:
    return pl.col("reason").replace_strict(order, default=len(order), return_dtype=pl.Int64)
