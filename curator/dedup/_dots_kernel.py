"""Compiled loops over dot products: the exact ones of pairs, and those of a block that are high."""

import numpy as np
from numpy.typing import NDArray

from curator.dedup.kernel import kernel


@kernel
def lower_dots(
    vectors: NDArray[np.float32],
    pairs: NDArray[np.int64],
    floor: float,
    similarities: NDArray[np.float64],
) -> None:
    """Lower each pair's similarity to the dot product of its rows, unless already below `floor`.

    Summed in one order and in doubles, so that the last digit is no matter of blocks or threads.
    """
    for at in range(len(pairs)):
        if similarities[at] < floor:
            continue
        one, other = vectors[pairs[at, 0]], vectors[pairs[at, 1]]
        total = 0.0
        for place in range(len(one)):
            total += np.float64(one[place]) * np.float64(other[place])
        similarities[at] = min(similarities[at], total)


@kernel
def high_places(
    dots: NDArray[np.float32], least: float, corner: int, found: NDArray[np.int64]
) -> int:
    """Write `(row, column)` of each dot from `least` up, columns beyond the diagonal only.

    Row `i` meets itself in column `i + corner`. Returns how many there are; where they are more
    than `found` holds, the rest is only counted.
    """
    count = 0
    for row in range(dots.shape[0]):
        for column in range(max(row + corner + 1, 0), dots.shape[1]):
            if dots[row, column] >= least:
                if count < len(found):
                    found[count, 0], found[count, 1] = row, column
                count += 1
    return count


@kernel
def list_pairs(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """List every pair of places within each of some runs of places."""
    total = 0
    for size in sizes:
        total += size * (size - 1) // 2
    pairs = np.empty((total, 2), np.int64)
    at = 0
    for run in range(len(starts)):
        for one in range(sizes[run]):
            for other in range(one + 1, sizes[run]):
                pairs[at, 0], pairs[at, 1] = starts[run] + one, starts[run] + other
                at += 1
    return pairs
