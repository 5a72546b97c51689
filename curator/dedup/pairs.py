"""Pairs: the near-duplicates of a view, every one verified."""

from typing import Final, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.banding import choose_bands, find_candidates, min_agreement
from curator.dedup.blocks import BLOCK_BYTES, block_of, row_ranges
from curator.dedup.sets import distinct, fingerprints, lower_similarities
from curator.dedup.shingles import Shingles, hash_block, join_shingles
from curator.dedup.signatures import empty_sketches, sketch
from curator.dedup.threads import map_threads
from curator.dedup.twins import first_rows, make_pairs, with_comparable

View = Literal["pair", "prompt", "response", "text"]
_TAGS: Final = (0, 0x5BD1E995)
_CHUNK: Final = 1 << 15
_STEP: Final = 1e-6
_KEPT_BYTES = 256 << 20
"""Texts up to this size keep all their shingle sets, at most about twice as large, in memory."""


class Measured(NamedTuple):
    """What one pass over the texts leaves: a fingerprint a side, the sketches, perhaps the sets."""

    fingerprints: NDArray[np.uint64]
    sketches: NDArray[np.uint32]
    sets: list[Shingles]


def sides(view: View) -> tuple[str, ...]:
    """Return the columns that a view compares; their smallest similarity counts."""
    return ("prompt", "response") if view == "pair" else (view,)


def view_signatures(records: pl.DataFrame, view: View, num_perm: int = 128) -> NDArray[np.uint32]:
    """Sketch a view of every record: `[n, num_perm]`.

    For one text these are its `signatures`. For "pair" it is the disjoint union of the prompt's
    and the response's shingles. Its Jaccard index lies between those of the two sides (a mediant),
    so it is never below their minimum: what banding promises of candidates holds for the pair.
    """
    return _measure(records.select(sides(view)), num_perm, keep=False).sketches


def near_pairs(
    records: pl.DataFrame,
    *,
    view: View,
    floor: float,
    threshold: float = 0.8,
    signatures: NDArray[np.uint32] | None = None,
    num_perm: int = 128,
) -> pl.DataFrame:
    """Return the pairs with a verified similarity of at least `floor`, sorted by left and right.

    Records whose shingle sets are equal are a class: a star around its first row, at 1.0. A pair
    between two classes stands once, between their first rows, below 1.0. `signatures` are those of
    `view_signatures`, where they exist already. Empty records are in no pair. Where there is a
    column `comparable`, only records that are equal in it are paired.
    """
    texts = records.select(sides(view))
    small = texts.estimated_size() <= _KEPT_BYTES
    measured = _measure(texts, num_perm if signatures is None else 0, keep=small)
    empty = (measured.fingerprints == 0).all(axis=1)
    first = first_rows(with_comparable(pl.DataFrame(measured.fingerprints), records), empty)
    rows = np.flatnonzero((first == np.arange(len(first))) & ~empty)
    sketches = (measured.sketches if signatures is None else signatures)[rows]
    bands = choose_bands(sketches.shape[1], max(threshold, floor), floor)
    found = rows[find_candidates(sketches, bands, min_agreement(sketches.shape[1], floor))]
    if "comparable" in records.columns:
        groups = records["comparable"].to_numpy()
        found = found[groups[found[:, 0]] == groups[found[:, 1]]]
    sets = measured.sets
    similarities = _verify(found, sets, floor) if small else _verify_again(found, texts, floor)
    kept = similarities >= floor
    return make_pairs(first, found[kept], similarities[kept])


def _measure(texts: pl.DataFrame, num_perm: int, *, keep: bool) -> Measured:
    """Read every text once, block by block; unless kept, hashes are dropped once used."""
    prints = np.zeros((texts.height, texts.width), np.uint64)
    sketches = empty_sketches(texts.height, num_perm)

    def measure_rows(rows: tuple[int, int]) -> list[Shingles]:
        span = slice(rows[0], sum(rows))
        found = [_sets_of(side.slice(*rows)) for side in texts]
        for side, sets in enumerate(found):
            prints[span, side] = fingerprints(sets)
            if num_perm:
                sketch(sets, sketches[span], _TAGS[side])
        return found if keep else []

    blocks = map_threads(measure_rows, row_ranges(texts, BLOCK_BYTES))
    return Measured(
        prints, sketches, [join_shingles(list(side)) for side in zip(*blocks, strict=True)]
    )


def _sets_of(texts: pl.Series) -> Shingles:
    return distinct(hash_block(block_of(texts)))


def _verify(pairs: NDArray[np.int64], sides: list[Shingles], floor: float) -> NDArray[np.float64]:
    """Return the exact similarity of each pair of sets, 0 where it is below the floor.

    Rounded to 1e-6; two different sets are never 1.
    """
    similarities = np.ones(len(pairs))

    def compare(first: int) -> None:
        span = slice(first, first + _CHUNK)
        for sets in sides:
            lower_similarities(
                sets.hashes, sets.offsets, pairs[span], floor - _STEP, similarities[span]
            )

    map_threads(compare, range(0, len(pairs), _CHUNK))
    return np.minimum(np.round(similarities, 6), 1.0 - _STEP)


def _verify_again(
    pairs: NDArray[np.int64], texts: pl.DataFrame, floor: float
) -> NDArray[np.float64]:
    """Verify when not all sets fit: read again the texts that are in a pair."""
    used = np.zeros(texts.height, np.bool_)
    used[pairs.ravel()] = True
    places = np.cumsum(used) - 1
    sides = [_hash_sets(side) for side in texts.filter(pl.Series(used))]
    return _verify(places[pairs], sides, floor)


def _hash_sets(texts: pl.Series) -> Shingles:
    ranges = row_ranges(texts.to_frame(), BLOCK_BYTES)
    return join_shingles(map_threads(lambda rows: _sets_of(texts.slice(*rows)), ranges))
