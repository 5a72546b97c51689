"""Shingles: the overlapping runs of five tokens that a text is compared by."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, Block, block_of, row_ranges
from curator.dedup.threads import map_threads
from curator.dedup.tokens import BASE, BYTES, MASK, SOLO, WIDTH, finalise, hash_rows
from curator.records import normalise


@dataclass(frozen=True)
class Shingles:
    """Hashes of each text's shingles: those of text `i` are `hashes[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]


def shingle_hash(data: bytes) -> int:
    """Hash a shingle to 64 bits, never 0: the reference of what the kernels compute.

    A polynomial over the bytes modulo 2^64, then a finaliser (Karp and Rabin 1987; Stafford 2011).
    The polynomial makes the hash of any slice the difference of two prefix hashes times a power of
    the base, so a shingle costs O(1) however long its words are. Modulo 2^64 there are texts made
    to collide (Thue-Morse strings of 1,024 bytes and more); found by accident they are not.
    """
    total, power = 0, 1
    for byte in data:
        total = (total + BYTES[byte] * power) & MASK
        power = power * BASE & MASK
    return finalise(total)


def minhash_hash(data: bytes) -> int:
    """Hash a shingle to the 32 bits that MinHash takes: a `hashfunc` for datasketch."""
    return shingle_hash(data) & 0xFFFFFFFF


def shingles(text: str) -> list[str]:
    """Return the shingles of a text in order, repeated ones too; slow and obvious."""
    folded = normalise(text)
    spans = _token_spans(folded)
    if len(spans) < WIDTH:
        return [folded] if folded else []
    return [folded[a[0] : b[1]] for a, b in zip(spans, spans[WIDTH - 1 :], strict=False)]


def _token_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    open_run = False
    for at, letter in enumerate(text):
        solo = any(first <= ord(letter) <= last for first, last in SOLO)
        if letter == " ":
            open_run = False
        elif open_run and not solo:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
            open_run = not solo
    return spans


def hash_shingles(texts: pl.Series, block_bytes: int = BLOCK_BYTES) -> Shingles:
    """Hash the shingles of every text, in order, repeated ones too; null counts as empty."""
    ranges = row_ranges(texts.to_frame(), block_bytes)
    parts = map_threads(lambda rows: hash_block(block_of(texts.slice(*rows))), ranges)
    return join_shingles(parts)


def join_shingles(parts: list[Shingles]) -> Shingles:
    """Put the shingles of one block after those of another."""
    counts = [np.diff(part.offsets) for part in parts]
    offsets = np.zeros(1 + sum(map(len, counts)), np.int64)
    if parts:
        np.cumsum(np.concatenate(counts), out=offsets[1:])
    hashes = [part.hashes for part in parts] or [np.empty(0, np.uint64)]
    return Shingles(offsets, np.concatenate(hashes))


def hash_block(block: Block) -> Shingles:
    """Hash the shingles of a block's texts."""
    longest = int(np.max(np.diff(block.offsets), initial=0))
    hashes = np.empty(len(block.data) // 2 + len(block.offsets), np.uint64)
    marks = np.empty((3, longest // 2 + 3), np.uint64)
    offsets = hash_rows(*block, marks, hashes)
    return Shingles(offsets, hashes[: offsets[-1]])
