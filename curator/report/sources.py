"""Sources: what every source gave, lost and keeps."""

import polars as pl


def sources_of(
    decisions: pl.DataFrame, sizes: pl.DataFrame, licences: dict[str, str | None]
) -> pl.DataFrame:
    """Count by source, in input order.

    `sizes` is what `sizes_of` returns. The result has `source, licence, records, kept, flagged,
    tokens` (of the kept records), `answers` (tokens of theirs that are trained on), `reason` and
    `lost` (the reason that decided most of its drops, and how many; null where none was dropped).
    """
    rows = pl.concat([decisions.select("kept", "reason", "flags"), sizes], how="horizontal")
    counted = rows.group_by("source", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("records"),
        pl.col("kept").sum().cast(pl.Int64),
        (pl.col("flags").list.len() > 0).sum().cast(pl.Int64).alias("flagged"),
        pl.col("tokens", "answers").filter("kept").sum(),
    )
    named = pl.DataFrame(
        {"source": list(licences), "licence": list(licences.values())},
        schema={"source": pl.String, "licence": pl.String},
    )
    return (
        counted.join(named, on="source", how="left", maintain_order="left")
        .join(_commonest(rows), on="source", how="left", maintain_order="left")
        .select(
            *("source", "licence", "records", "kept", "flagged"),
            *("tokens", "answers", "reason", "lost"),
        )
    )


def _commonest(rows: pl.DataFrame) -> pl.DataFrame:
    """Name each source's commonest deciding reason; among equals the first by name."""
    return (
        rows.filter(~pl.col("kept"))
        .group_by("source", "reason")
        .agg(pl.len().cast(pl.Int64).alias("lost"))
        .sort("lost", "reason", descending=[True, False])
        .unique("source", keep="first", maintain_order=True)
    )
