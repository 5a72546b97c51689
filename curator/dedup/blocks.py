"""Blocks: texts as UTF-8 bytes in NumPy arrays, some megabytes at a time."""

from functools import cache
from typing import NamedTuple
from unicodedata import category, is_normalized

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.tokens import find_foreign
from curator.records import normalise

BLOCK_BYTES = 4 << 20
"""Bytes of text in a block: small enough for the caches, large enough to forget the overhead."""
_PLANES = 0x20000
_JAMO = range(0x1160, 0x1200)


class Block(NamedTuple):
    """Some texts: text `i` is `data[offsets[i]:offsets[i + 1]]`, normalised but for ASCII.

    What is left to fold are ASCII capitals and ASCII white space; the kernels do it as they read.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]


def row_ranges(records: pl.DataFrame, size: int = BLOCK_BYTES) -> list[tuple[int, int]]:
    """Cut the rows into ranges `(first, count)` of about `size` bytes over all columns."""
    lengths = records.select(
        pl.sum_horizontal(pl.all().str.len_bytes().fill_null(0).cast(pl.Int64)).alias("bytes")
    )["bytes"].to_numpy()
    blocks = np.cumsum(lengths) // max(size, 1)
    edges = np.flatnonzero(np.diff(blocks)) + 1
    firsts = [0, *edges.tolist()]
    lasts = [*edges.tolist(), len(lengths)]
    return [(a, b - a) for a, b in zip(firsts, lasts, strict=True) if b > a]


def block_of(texts: pl.Series) -> Block:
    """Return the texts' bytes; null counts as empty."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), out=offsets[1:])
    joined: bytes = texts.str.join("").cast(pl.Binary).item() or b""
    block = Block(np.frombuffer(joined, np.uint8), offsets)
    if joined.isascii():
        return block
    found = find_foreign(*block, inert_points())
    return _splice(joined, offsets, found) if len(found) else block


def _splice(joined: bytes, offsets: NDArray[np.int64], found: NDArray[np.int64]) -> Block:
    """Replace the stretches `(start, stop)` by their normalised text; move the offsets along."""
    parts: list[bytes] = []
    done = 0
    for start, stop in found.tolist():
        parts += (joined[done:start], normalise(joined[start:stop].decode()).encode())
        done = stop
    grown = np.array([len(part) for part in parts[1::2]]) - (found[:, 1] - found[:, 0])
    moved = np.concatenate((np.zeros(1, np.int64), np.cumsum(grown)))
    data = np.frombuffer(b"".join([*parts, joined[done:]]), np.uint8)
    return Block(data, offsets + moved[np.searchsorted(found[:, 1], offsets, "right")])


@cache
def inert_points() -> NDArray[np.bool_]:
    """Mark the code points that normalising leaves alone, whatever stands beside them.

    Those that casefold to themselves, are no white space, are in NFC and never compose with what
    precedes them: no marks and no Hangul vowels or finals (Unicode 15, NFC_Quick_Check). Most
    texts beyond ASCII have only such (dashes, quotation marks, Han, kana, lower-case letters).
    """
    points = np.zeros(_PLANES, np.bool_)
    for point in range(_PLANES):
        letter = chr(point)
        points[point] = (
            letter.casefold() == letter
            and not letter.isspace()
            and category(letter)[0] not in "MC"
            and point not in _JAMO
            and is_normalized("NFC", letter)
        )
    return points
