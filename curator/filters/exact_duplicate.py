"""Exact duplicate: the same words asked and answered before, up to case and white space."""

from typing import Literal

import polars as pl

from curator.filters.base import DuplicateFilter, threshold

_PAIR = ("prompt", "response", "text")


class ExactDuplicate(DuplicateFilter):
    """Drop records whose normalised text equals that of a kept record."""

    filter: Literal["exact_duplicate"] = "exact_duplicate"
    view: Literal["pair", "prompt", "response", "text"] = "pair"
    """What must be equal; `pair` asks for prompt, response and the whole text."""
    min_similarity: float = threshold(1.0, ge=1.0, le=1.0)
    """Equal is equal: always 1."""
    floor: float = 1.0
    """Always 1."""

    def columns(self) -> tuple[str, ...]:
        return _PAIR if self.view == "pair" else (self.view,)

    def pairs(self, measured: pl.LazyFrame) -> pl.LazyFrame:
        from curator.dedup import exact_pairs

        return exact_pairs(measured.select(self.columns()).collect(), view=self.view).lazy()
