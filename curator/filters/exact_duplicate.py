"""Exact duplicate: the same words asked and answered before, up to case and white space."""

from typing import Literal

import polars as pl

from curator.features import SIDE_COLUMNS, answered, comparable
from curator.filters.base import DuplicateFilter, threshold


class ExactDuplicate(DuplicateFilter):
    """Drop records whose normalised text equals that of a kept record."""

    version = 2
    filter: Literal["exact_duplicate"] = "exact_duplicate"
    view: Literal["pair", "prompt", "response", "text"] = "pair"
    """What must be equal; `pair` asks for all that is asked and answered, the rejected answer, the
    label, the system prompt and the tools."""
    min_similarity: float = threshold(1.0, ge=1.0, le=1.0)
    """Equal is equal: always 1."""
    floor: float = 1.0
    """Always 1."""

    def columns(self) -> tuple[str, ...]:
        return (*SIDE_COLUMNS, "text") if self.view == "pair" else (self.view,)

    def pairs(self, measured: pl.LazyFrame) -> pl.LazyFrame:
        from curator.dedup import exact_pairs

        views = (
            ("prompt", answered(), "text", comparable()) if self.view == "pair" else self.columns()
        )
        return exact_pairs(measured.select(views).collect(), view=self.view).lazy()
