"""Signature: the MinHash sketch of a view, which finds near-duplicates without comparing all."""

from typing import ClassVar, Literal

import polars as pl

from curator.features.base import Feature


class Signature(Feature):
    """128 minima of 32-bit shingle hashes (Broder 1997), bit-identical to datasketch's."""

    tag: ClassVar[str] = "signature"
    view: Literal["prompt", "response", "text"] = "text"
    """Which text is sketched."""
    num_perm: int = 128
    """How many permutations; 128 is datasketch's default."""

    def compute(self, records: pl.DataFrame) -> pl.Series:
        from curator.dedup.signatures import signatures

        sketch = signatures(records[self.view], self.num_perm)
        return pl.Series(self.tag, sketch, dtype=pl.Array(pl.UInt32, self.num_perm))
