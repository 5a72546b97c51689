"""Near duplicate: almost the same words asked and answered before."""

from typing import Literal

import polars as pl
from pydantic import Field

from curator.features import SIDE_COLUMNS, Feature, Signature, answered, asked, comparable
from curator.filters.base import DuplicateFilter, threshold


class NearDuplicate(DuplicateFilter):
    """Drop records that have a kept record with nearly the same shingles.

    Similarity is the Jaccard index of the sets of 5-token shingles (Broder 1997), verified for
    every pair; MinHash only proposes.
    """

    version = 3
    filter: Literal["near_duplicate"] = "near_duplicate"
    needs = ("signature",)
    view: Literal["pair", "prompt", "response", "text"] = "pair"
    """What is compared; `pair` is the smaller of two similarities: of all that is asked (prompt and
    later user and tool turns) and of all that is answered. Records with another label, system
    prompt or tools are never a pair, nor a plain record with a preference pair."""
    min_similarity: float = threshold(0.8, ge=0.0, le=1.0)
    """From this similarity to a kept record on, a record is a `duplicate`. 0.8 as in Lee et al.
    2022 (Deduplicating Training Data Makes Language Models Better)."""
    floor: float = Field(0.7, ge=0.5, le=1.0)
    """Pairs are complete from here up; the threshold can move freely above it."""
    num_perm: int = Field(128, ge=16, le=1024)
    """Permutations of the MinHash signature; 128 is datasketch's default."""

    def features(self) -> tuple[Feature, ...]:
        return (Signature(view=self.view, num_perm=self.num_perm),)

    def columns(self) -> tuple[str, ...]:
        return SIDE_COLUMNS if self.view == "pair" else (self.view,)

    def pairs(self, measured: pl.LazyFrame) -> pl.LazyFrame:
        from curator.dedup import near_pairs

        views = (asked(), answered(), comparable()) if self.view == "pair" else self.columns()
        records = measured.select(*views, "signature").collect()
        return near_pairs(
            records.drop("signature"),
            view=self.view,
            floor=self.floor,
            signatures=records["signature"].to_numpy(),
            num_perm=self.num_perm,
        ).lazy()
