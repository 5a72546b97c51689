"""Pack: which conversations share a row, so that few tokens of it are padding."""

from collections.abc import Sequence


def pack(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Put every length into a row of `capacity` tokens: best fit, longest first, over all of them.

    Returns the places of the lengths, row by row. Raises ValueError where one is too long.
    """
    rows: list[list[int]] = []
    free: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if lengths[place] > capacity:
            raise ValueError(f"length {lengths[place]} does not fit a row of {capacity}")
        fits = [row for row, left in enumerate(free) if left >= lengths[place]]
        if fits:
            row = min(fits, key=free.__getitem__)
        else:
            row = len(rows)
            rows.append([])
            free.append(capacity)
        rows[row].append(place)
        free[row] -= lengths[place]
    return rows
