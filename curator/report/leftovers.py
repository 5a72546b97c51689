"""Leftovers: what could not be read, and what was mended."""

import unicodedata
from typing import NamedTuple

import polars as pl

from curator.report.shown import shown

SHOWN = 12
"""Rows and repairs that are shown."""
CROP = 160
"""Code points of a raw row or of a repaired text that are shown."""

_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Zs", "Zl", "Zp"}


class Leftovers(NamedTuple):
    """Counts and a few examples: `counts` has `what, records`; `examples` is ready to be shown."""

    total: int
    counts: pl.DataFrame
    examples: pl.DataFrame


def quarantine_of(quarantine: pl.LazyFrame) -> Leftovers:
    """Sum up the quarantine by error, with its first rows: `source, row, field, error, raw`."""
    counts = (
        quarantine.group_by(pl.col("error").alias("what"))
        .agg(pl.len().cast(pl.Int64).alias("records"))
        .sort("records", "what", descending=[True, False])
        .collect()
    )
    first = quarantine.head(SHOWN).collect()
    told = pl.Series("what", [shown(what) for what in counts["what"]], dtype=pl.String)
    examples = _cropped(_cropped(first, "raw"), "error")
    return Leftovers(int(counts["records"].sum()), counts.with_columns(told), examples)


def repairs_of(repairs: pl.LazyFrame) -> Leftovers:
    """Sum up the repairs by name, with a few of each: `id, repair, turn, field, before, after`."""
    counts = (
        repairs.group_by(pl.col("repair").alias("what"))
        .agg(pl.col("id").n_unique().cast(pl.Int64).alias("records"))
        .sort("records", "what", descending=[True, False])
        .collect()
    )
    some = (
        repairs.filter(pl.int_range(pl.len()).over("repair") < SHOWN // 4)
        .sort("repair", maintain_order=True)
        .collect()
    )
    total = int(repairs.select(pl.col("id").n_unique()).collect().item())
    windows = [window(before, after) for before, after in some.select("before", "after").rows()]
    texts = pl.DataFrame(windows, schema={"before": pl.String, "after": pl.String}, orient="row")
    return Leftovers(total, counts, some.with_columns(texts["before"], texts["after"]))


def window(before: str | None, after: str | None) -> tuple[str, str]:
    """Crop two texts to where they first differ."""
    old, new = _visible(shown(before)), _visible(shown(after))
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    start = max(0, same - CROP // 3)
    return _crop(old, start), _crop(new, start)


def _visible(text: str) -> str:
    """Write out what cannot be seen: control and format characters, and spaces of another kind."""
    return "".join(
        f"\u27e8U+{ord(sign):04X}\u27e9"
        if sign not in "\n\t " and unicodedata.category(sign) in _UNSEEN
        else sign
        for sign in text
    )


def _crop(text: str, start: int = 0) -> str:
    end = start + CROP
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def _cropped(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    texts = [_crop(shown(text)) for text in frame[column]]
    return frame.with_columns(pl.Series(column, texts, dtype=pl.String))
