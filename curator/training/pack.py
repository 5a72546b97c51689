"""Pack: which conversations share a row, so that few tokens of it are padding."""

from collections import defaultdict
from collections.abc import Sequence


def pack(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Put every length into a row of `capacity` tokens: best fit, longest first, over all of them.

    Returns the places of the lengths, row by row: at most 11/9 as many rows as the fewest possible,
    and 4 (Johnson et al. 1974). Raises ValueError where one is too long.
    """
    rows: list[list[int]] = []
    with_free: dict[int, list[int]] = defaultdict(list)
    free = 0
    # Bit n of `free` says that some row has n tokens left, so that the least free space that is
    # enough is the lowest bit from there on: a search of thousands of sizes in one shift.
    for place in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        length = lengths[place]
        if length > capacity:
            raise ValueError(f"length {length} does not fit a row of {capacity}")
        enough = free >> length
        if enough:
            left = length + (enough & -enough).bit_length() - 1
            row = with_free[left].pop()
            free ^= 0 if with_free[left] else 1 << left
            rows[row].append(place)
        else:
            left, row = capacity, len(rows)
            rows.append([place])
        with_free[left - length].append(row)
        free |= 1 << (left - length)
    return rows


def one_each(lengths: Sequence[int]) -> list[list[int]]:
    """Give every length a row of its own."""
    return [[place] for place in range(len(lengths))]


def fill(lengths: Sequence[int], rows: int, capacity: int) -> float:
    """Return the share of the rows' tokens that is no padding; 1 without rows."""
    return sum(lengths) / (rows * capacity) if rows else 1.0
