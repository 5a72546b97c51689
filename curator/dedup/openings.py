"""Openings: the text that many texts begin with, of any length."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, row_ranges
from curator.dedup.kernel import kernel

_MOST: Final = 20_000
"""Code points of a text in which its opening is looked for."""
_TAIL: Final = 0x80
_LEAD: Final = 0xC0


def shared_openings(texts: pl.Series, characters: int, least: int) -> pl.DataFrame:
    """Return `records, characters` of the opening that each text shares with others; else null.

    An opening has at least `characters` code points and at least `least` different texts begin
    with it. Of several (a preamble, and the preamble with the next word), each text takes the one
    whose records times characters are most, ended at the end of a word. `records` counts repeated
    texts too.
    """
    named = texts.alias("text").to_frame().with_row_index("row")
    heads = pl.col("text").str.head(characters).hash(seed=0).alias("head")
    common = (
        named.filter(pl.col("text").str.len_chars() >= characters)
        .with_columns(heads)
        .filter(pl.len().over("head") >= least)
        .with_columns(pl.col("text").str.head(_MOST))
    )
    distinct = common.group_by("text").agg(pl.len().alias("weight")).sort("text")
    found = distinct.with_columns(_openings(distinct, characters, least))
    own = common.select("row", "text").join(found, on="text", how="left")
    every = named.select("row").join(own, on="row", how="left", maintain_order="left")
    return every.select("records", "characters")


def _openings(distinct: pl.DataFrame, characters: int, least: int) -> pl.DataFrame:
    """Find for each of some sorted, different texts its opening."""
    height = distinct.height
    shared = np.zeros(max(height - 1, 0), np.int64)
    for first, count in row_ranges(distinct.select("text"), BLOCK_BYTES):
        block = distinct["text"].slice(first, count + 1)
        ends = np.concatenate(([0], np.cumsum(block.str.len_bytes().to_numpy()))).astype(np.int64)
        data = np.frombuffer(block.str.join("").item().encode(), np.uint8)
        _shared_prefixes(data, ends, shared[first : first + len(block) - 1])
    sums = np.concatenate(([0], np.cumsum(distinct["weight"].to_numpy()))).astype(np.int64)
    records, chars = _widest(shared, sums, characters, least)
    schema = {"records": pl.Int64, "characters": pl.Int64}
    numbers = pl.DataFrame({"records": records, "characters": chars}, schema=schema)
    return numbers.select(pl.when(pl.col("records") > 0).then(pl.all()))


@kernel
def _shared_prefixes(
    data: NDArray[np.uint8], ends: NDArray[np.int64], shared: NDArray[np.int64]
) -> None:
    """Write how many code points each text shares with the next, up to the end of a word."""
    for at in range(len(shared)):
        size = min(ends[at + 1] - ends[at], ends[at + 2] - ends[at + 1])
        one, other = ends[at], ends[at + 1]
        same = 0
        while same < size and data[one + same] == data[other + same]:
            same += 1
        points, shared[at] = 0, 0
        for place in range(same):
            byte = data[one + place]
            points += byte < _TAIL or byte >= _LEAD
            if not _in_word(byte) and (
                byte < _TAIL or not _continues(data, one + place, one + same)
            ):
                shared[at] = points
        if same == size:
            shared[at] = points


@kernel
def _continues(data: NDArray[np.uint8], at: int, end: int) -> bool:
    """Say whether the code point with the byte at `at` goes on behind it, or may."""
    return at + 1 >= end or _TAIL <= data[at + 1] < _LEAD


@kernel
def _in_word(byte: int) -> bool:
    letter = byte | 0x20
    return (0x61 <= letter <= 0x7A) or (0x30 <= byte <= 0x39)  # noqa: PLR2004 (a to z, 0 to 9)


@kernel
def _widest(
    shared: NDArray[np.int64], sums: NDArray[np.int64], characters: int, least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each text the records and code points of the opening that covers most.

    A run of neighbours that share at least so much is a node of a tree (Abouelhoda et al. 2004,
    LCP intervals); each text takes the best of the nodes around it.
    """
    before, after = _bounds(shared)
    count = len(shared)
    records, chars = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for at in np.argsort(shared):
        left, right = before[at], after[at]
        for beside in (left, right):
            if 0 <= beside < count and records[beside] * chars[beside] > records[at] * chars[at]:
                records[at], chars[at] = records[beside], chars[beside]
        own = sums[right + 1] - sums[left + 1]
        wide = right - left >= least and shared[at] >= characters
        if wide and own * shared[at] > records[at] * chars[at]:
            records[at], chars[at] = own, shared[at]
    return _of_texts(records, chars, len(sums) - 1)


@kernel
def _bounds(shared: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each place the nearest one on either side that shares less."""
    count = len(shared)
    before, after = np.empty(count, np.int64), np.empty(count, np.int64)
    stack, top = np.empty(count + 1, np.int64), 0
    for at in range(count):
        while top and shared[stack[top - 1]] >= shared[at]:
            top -= 1
        before[at] = stack[top - 1] if top else -1
        stack[top] = at
        top += 1
    top = 0
    for at in range(count - 1, -1, -1):
        while top and shared[stack[top - 1]] >= shared[at]:
            top -= 1
        after[at] = stack[top - 1] if top else count
        stack[top] = at
        top += 1
    return before, after


@kernel
def _of_texts(
    records: NDArray[np.int64], chars: NDArray[np.int64], height: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each text the better of the nodes on its two sides."""
    own, size = np.zeros(height, np.int64), np.zeros(height, np.int64)
    for at in range(len(records)):
        for text in (at, at + 1):
            if records[at] * chars[at] > own[text] * size[text]:
                own[text], size[text] = records[at], chars[at]
    return own, size
