"""Signatures: MinHash sketches of texts, bit for bit those of datasketch."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, block_of, row_ranges
from curator.dedup.kernel import kernel
from curator.dedup.shingles import Shingles, hash_block, minhash_hash
from curator.dedup.threads import map_threads

if TYPE_CHECKING:
    from datasketch import MinHash

SEED = 1
SCHEME = "affine32"
_EMPTY = np.uint32(0xFFFFFFFF)
_LANES = 16


@cache
def permutations(num_perm: int) -> NDArray[np.uint32]:
    """Return datasketch's multipliers and increments, `[2, num_perm]`.

    Drawn as its scheme `affine32` (datasketch 2.0) draws them, odd multipliers first; importing
    the package itself takes longer than sketching ten thousand texts.
    """
    drawn = np.random.RandomState(SEED)
    halves = drawn.randint(0, 1 << 31, num_perm, dtype=np.uint32)
    increments = drawn.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return np.stack([2 * halves + np.uint32(1), increments])


def signatures(texts: pl.Series, num_perm: int = 128) -> NDArray[np.uint32]:
    """Sketch each text: `[n, num_perm]` minima of permuted shingle hashes (Broder 1997).

    Row `i` equals `datasketch.MinHash(num_perm, seed=1, scheme="affine32",
    hashfunc=minhash_hash)` after an update with every shingle of text `i` in UTF-8.
    """
    sketches = empty_sketches(len(texts), num_perm)

    def sketch_rows(rows: tuple[int, int]) -> None:
        block = hash_block(block_of(texts.slice(*rows)))
        sketch(block, sketches[rows[0] : sum(rows)])

    map_threads(sketch_rows, row_ranges(texts.to_frame(), BLOCK_BYTES))
    return sketches


def empty_sketches(height: int, num_perm: int) -> NDArray[np.uint32]:
    """Return the sketches of empty texts."""
    return np.full((height, num_perm), _EMPTY, np.uint32)


def sketch(shingles: Shingles, sketches: NDArray[np.uint32], tag: int = 0) -> None:
    """Lower the sketches, in place, by the shingles of their rows.

    With a tag, the same shingle is another element: so two views of a record go into one sketch.
    """
    multipliers, increments = permutations(sketches.shape[1])
    longest = int(np.max(np.diff(shingles.offsets), initial=0))
    mixed = np.zeros(longest + _LANES, np.uint32)
    _sketch_rows(
        shingles.hashes,
        shingles.offsets,
        (multipliers, increments),
        mixed,
        np.uint32(tag),
        sketches,
    )


def to_datasketch(signature: NDArray[np.uint32]) -> "MinHash":
    """Return the signature as a datasketch object, for its indexes and estimates."""
    from datasketch import MinHash

    return MinHash(seed=SEED, scheme=SCHEME, hashvalues=signature, hashfunc=minhash_hash)


def from_datasketch(sketch: "MinHash") -> NDArray[np.uint32]:
    """Return a datasketch object's minima as a signature."""
    if (sketch.scheme, sketch.seed) != (SCHEME, SEED):
        raise ValueError(
            f"scheme and seed must be {SCHEME} and {SEED}: {sketch.scheme}, {sketch.seed}"
        )
    return np.array(sketch.hashvalues, np.uint32)


@kernel
def _sketch_rows(
    hashes: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    permuted: tuple[NDArray[np.uint32], NDArray[np.uint32]],
    mixed: NDArray[np.uint32],
    tag: np.uint32,
    sketches: NDArray[np.uint32],
) -> None:
    for row in range(len(offsets) - 1):
        count = offsets[row + 1] - offsets[row]
        if count == 0:
            continue
        _mix(hashes[offsets[row] : offsets[row + 1]], tag, mixed)
        padded = (count + _LANES - 1) // _LANES * _LANES
        mixed[count:padded] = mixed[0]  # a repeated value changes no minimum
        _lower(mixed[:padded], permuted[0], permuted[1], sketches[row])


@kernel
def _mix(hashes: NDArray[np.uint64], tag: np.uint32, mixed: NDArray[np.uint32]) -> None:
    """Write the low halves, mixed by the finaliser of MurmurHash3 as datasketch does."""
    for at in range(len(hashes)):
        value = np.uint32(hashes[at]) ^ tag
        value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        mixed[at] = value ^ (value >> np.uint32(16))


@kernel
def _lower(
    mixed: NDArray[np.uint32],
    multipliers: NDArray[np.uint32],
    increments: NDArray[np.uint32],
    signature: NDArray[np.uint32],
) -> None:
    """Permutations outside, shingles inside: the minimum then runs in vector registers."""
    for k in range(len(signature)):
        factor, shift, least = multipliers[k], increments[k], signature[k]
        for at in range(len(mixed)):
            least = min(least, np.uint32(mixed[at] * factor + shift))
        signature[k] = least
