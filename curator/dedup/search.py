"""Search: the pairs of vectors whose dot product is high, all of them, block by block."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curator.dedup._dots_kernel import high_places, list_pairs

Vectors = NDArray[np.float32]
Pairs = NDArray[np.int64]

SLACK: Final = 1e-4
"""How far a dot product in single precision may be from the exact one; candidates are verified."""
SMALL: Final = 64
"""Vectors up to which all pairs are listed: a matrix product would not pay."""
_ROWS: Final = 1024
_COLUMNS: Final = 8192
_GPU_ROWS: Final = 8192
_ROOM: Final = 1 << 16


def close_pairs(vectors: Vectors, least: float) -> Iterator[Pairs]:
    """Yield the pairs of rows `left < right` whose dot product may be `least` or more.

    Complete: no pair from `least` up is missing. What is yielded at once is bounded by a block.
    """
    if len(vectors) <= SMALL:
        yield list_pairs(np.zeros(1, np.int64), np.array([len(vectors)]))
        return
    search = _on_gpu if _has_gpu() else _on_cpu
    yield from search(vectors, least - SLACK)


def _on_cpu(vectors: Vectors, least: float) -> Iterator[Pairs]:
    """Multiply a block of rows with a block of columns at a time; BLAS uses the cores."""
    height = len(vectors)
    for top in range(0, height, _ROWS):
        rows = vectors[top : top + _ROWS]
        for left in range(top - top % _COLUMNS, height, _COLUMNS):
            dots = rows @ vectors[left : left + _COLUMNS].T
            found = _places(dots, least, top - left)
            if len(found):
                yield found + np.array([top, left])


def _places(dots: NDArray[np.float32], least: float, corner: int) -> Pairs:
    found = np.empty((_ROOM, 2), np.int64)
    count = high_places(dots, least, corner, found)
    if count > len(found):
        found = np.empty((count, 2), np.int64)
        high_places(dots, least, corner, found)
    return found[:count]


def _has_gpu() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def _on_gpu(vectors: Vectors, least: float, device: str = "cuda") -> Iterator[Pairs]:
    """Do the same with torch: all vectors lie on the device, only the places found come back."""
    import torch

    height = len(vectors)
    there = torch.from_numpy(vectors).to(device)
    for top in range(0, height, _GPU_ROWS):
        rows = there[top : top + _GPU_ROWS]
        for left in range(top, height, _GPU_ROWS):
            found = _places_of(
                rows @ there[left : left + _GPU_ROWS].T, least, is_square=top == left
            )
            if len(found):
                yield found + np.array([top, left])


def _places_of(dots: Any, least: float, *, is_square: bool) -> Pairs:
    high = dots >= least
    found: Pairs = (high.triu(1) if is_square else high).nonzero().cpu().numpy()
    return found
