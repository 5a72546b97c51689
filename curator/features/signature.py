"""Signature: the MinHash sketch of a view, which finds near-duplicates without comparing all."""

from typing import ClassVar, Literal

import polars as pl

from curator.features.base import Feature
from curator.features.sides import answered, asked


class Signature(Feature):
    """Minima of 32-bit shingle hashes (Broder 1997), bit-identical to datasketch's."""

    version: ClassVar[int] = 3
    tag: ClassVar[str] = "signature"
    view: Literal["pair", "prompt", "response", "text"] = "pair"
    """Which text is sketched; `pair` sketches prompt and response side by side."""
    num_perm: int = 128
    """How many permutations; 128 is datasketch's default."""

    def compute(self, records: pl.DataFrame) -> pl.Series:
        from curator.dedup import view_signatures

        if self.view == "pair":
            records = records.select(asked(), answered())
        sketch = view_signatures(records, self.view, self.num_perm)
        return pl.Series(self.tag, sketch, dtype=pl.Array(pl.UInt32, self.num_perm))
