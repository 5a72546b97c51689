"""Splits: which side a record is trained or tested on, and which records would leak."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.records import normalise

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_HASHES = 2**64


def sides_in_order(shares: Mapping[str, float]) -> list[str]:
    """Name the sides from the largest share, the training side, to the smallest.

    Equal shares go by name, except that `train` comes first; the order they are written in never
    counts.
    """
    return sorted(shares, key=lambda name: (-shares[name], name != "train", name))


def sides_of(
    prompts: Iterable[str], texts: Iterable[str], shares: Mapping[str, float]
) -> list[str]:
    """Name the side of each record, from its own prompt and the shares alone.

    The side is the place of the normalised prompt's xxh3-64 hash among the shares, so a record
    never moves, needs no other record, and all answers to one prompt stay together. Where the
    prompt is empty, its text stands in for it.
    """
    order = _sides_on_the_line(shares)
    ends = _ends([shares[name] for name in order])
    return [
        order[bisect_right(ends, _place(prompt, text))]
        for prompt, text in zip(prompts, texts, strict=True)
    ]


class Neighbours(NamedTuple):
    """The records that one duplicate filter found alike: classes, and pairs between classes."""

    first: Rows
    """For each record the first row of its class; itself where nothing equals it."""
    left: Rows
    right: Rows

    @classmethod
    def of(cls, pairs: pl.DataFrame, height: int) -> Self:
        """Read `left, right, similarity, verified`; unverified pairs do not count.

        Classes of similarity 1 are stars around their first row, and pairs between two classes
        stand between their first rows only.
        """
        verified = pairs.filter(pl.col("verified"))
        stars = verified.filter(pl.col("similarity") >= 1.0)
        others = verified.filter(pl.col("similarity") < 1.0)
        first = np.arange(height, dtype=np.int64)
        first[stars["right"].to_numpy()] = stars["left"].to_numpy()
        return cls(first, first[others["left"].to_numpy()], first[others["right"].to_numpy()])

    def near(self, rows: Mask) -> Mask:
        """Mark every record that is one of `rows`, equals one or has a pair with one."""
        inside = np.zeros(len(self.first), dtype=np.bool_)
        inside[self.first[rows]] = True
        touched = inside.copy()
        touched[self.left[inside[self.right]]] = True
        touched[self.right[inside[self.left]]] = True
        found: Mask = touched[self.first]
        return found


def leaks(sides: pl.Series, neighbours: Iterable[Neighbours], shares: Mapping[str, float]) -> Mask:
    """Mark the held-out records that nearly repeat a record of another side.

    `sides` has one row a record of the run, null where the record is not kept. The training side
    stays whole; every other side, from the largest share down, loses its records that are near one
    of a larger side that stays, so that no two sides that are written share a near-duplicate.
    """
    found = list(neighbours)
    leaked: Mask = np.zeros(len(sides), dtype=np.bool_)
    written: Mask = np.zeros(len(sides), dtype=np.bool_)
    for side in sides_in_order(shares):
        here: Mask = sides.eq_missing(pl.Series([side])).to_numpy()
        for near in found:
            leaked |= here & near.near(written)
        written |= here & ~leaked
    return leaked


def _sides_on_the_line(shares: Mapping[str, float]) -> list[str]:
    """Put the training side first and the others by name: a moved share then moves few records."""
    training, *held_out = sides_in_order(shares)
    return [training, *sorted(held_out)]


def _ends(shares: list[float]) -> list[int]:
    exact = [Fraction(str(share)) for share in shares]
    whole = sum(exact)
    return [int(_HASHES * sum(exact[: i + 1]) / whole) for i in range(len(exact) - 1)]


def _place(prompt: str, text: str) -> int:
    return xxhash.xxh3_64_intdigest((normalise(prompt) or normalise(text)).encode())
