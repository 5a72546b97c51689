"""Preambles: openings that many prompts share, which hide what really differs."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from curator.filters.leading_text import LeadingText
from curator.privacy import masked

_SHOWN = 64
_MORE = 2_000
"""Code points read beyond what is shown, so that a value at the cut is known whole, and masked."""


@dataclass(frozen=True)
class Preamble:
    """An opening shared by `records` prompts: `chars` code points, `text` its first words."""

    records: int
    chars: int
    text: str
    words: int = 0


def shared_preambles(prompts: Sequence[str], most: int = 10) -> list[Preamble]:
    """Return the openings that `leading_text` finds by default, the commonest first."""
    from curator.dedup import shared_openings

    measured = LeadingText()
    texts = pl.Series("text", prompts, dtype=pl.String)
    found = shared_openings(texts, measured.min_characters, measured.least(len(texts)))
    opening = pl.col("text").str.head(pl.col("characters")).alias("opening")
    counts = found.with_columns(texts).drop_nulls("records").group_by(opening).len()
    return [
        Preamble(records, len(text), masked(text[: _SHOWN + _MORE])[:_SHOWN], len(text.split()))
        for text, records in counts.sort("len", "opening", descending=[True, False])
        .head(most)
        .iter_rows()
    ]
