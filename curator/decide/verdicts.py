"""Verdicts: a person's word on a record, which overrides every rule."""

import numpy as np
import polars as pl

VERDICT_SCHEMA = pl.Schema({"content": pl.String, "verdict": pl.String, "other": pl.String})
"""`verdict` is keep, drop or distinct; `other` is the second content of a distinct pair."""


def no_verdicts() -> pl.DataFrame:
    """Return the verdict table of a run that nobody reviewed."""
    return VERDICT_SCHEMA.to_frame()


def rows_with(content: pl.Series, verdicts: pl.DataFrame, verdict: str) -> np.ndarray:
    """Mark the records whose content has the verdict; the last word on a content counts."""
    said = verdicts.filter(pl.col("verdict") != "distinct").unique(
        "content", keep="last", maintain_order=True
    )
    wanted = said.filter(pl.col("verdict") == verdict)["content"]
    if wanted.is_empty():
        return np.zeros(len(content), dtype=np.bool_)
    return content.is_in(wanted.implode()).to_numpy()


def distinct_rows(content: pl.Series, verdicts: pl.DataFrame) -> np.ndarray:
    """Return the pairs of rows, int64 [n, 2], that a person said are two different records."""
    said = verdicts.filter(pl.col("verdict") == "distinct").select("content", "other")
    if said.is_empty():
        return np.zeros((0, 2), dtype=np.int64)
    rows = pl.DataFrame({"content": content}).with_row_index("row")
    return (
        said.join(rows.rename({"row": "left"}), on="content")
        .join(rows.rename({"row": "right", "content": "other"}), on="other")
        .select(pl.col("left", "right").cast(pl.Int64))
        .sort("left", "right")
        .to_numpy()
    )
