"""Exact: records whose normalised texts are equal."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup.blocks import BLOCK_BYTES, block_of, row_ranges
from curator.dedup.kernel import kernel
from curator.dedup.pairs import View
from curator.dedup.threads import map_threads
from curator.dedup.tokens import FOLDED, IS_SPACE
from curator.dedup.twins import first_rows, make_pairs, with_comparable

_LANES: Final = 2


def exact_pairs(records: pl.DataFrame, *, view: View) -> pl.DataFrame:
    """Pair each record with the first whose normalised text is equal, at similarity 1.

    For "pair", prompt, response and text must all be equal. Empty records are in no pair. Equal
    means the same 128-bit hash of the normalised text, as two records have the same content. A
    column `comparable`, where there is one, must be equal as well.
    """
    texts = records.select(("prompt", "response", "text") if view == "pair" else (view,))
    keys = np.zeros((texts.height, texts.width, _LANES), np.uint64)

    def read_rows(rows: tuple[int, int]) -> None:
        for side in range(texts.width):
            block = block_of(texts.to_series(side).slice(*rows))
            _hash_texts(*block, keys[rows[0] : sum(rows), side])

    map_threads(read_rows, row_ranges(texts, BLOCK_BYTES))
    flat = keys.reshape(texts.height, texts.width * _LANES)
    first = first_rows(with_comparable(pl.DataFrame(flat), records), (flat == 0).all(axis=1))
    return make_pairs(first, np.zeros((0, 2), np.int64), np.zeros(0))


@kernel
def _hash_texts(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], keys: NDArray[np.uint64]
) -> None:
    """Write two chained hashes of each text as normalised; both are 0 when nothing is left of it.

    Each step is a bijection of the state, so unlike a polynomial no text is made to collide easily.
    """
    for row in range(len(offsets) - 1):
        one, two, gap = np.uint64(0), np.uint64(0), False
        for at in range(offsets[row], offsets[row + 1]):
            if IS_SPACE[data[at]]:
                gap = one != 0
                continue
            if gap:
                one, two, gap = _step(one, FOLDED[32]), _turn(two, FOLDED[32]), False
            one, two = _step(one, FOLDED[data[at]]), _turn(two, FOLDED[data[at]])
        keys[row, 0], keys[row, 1] = one, two


@kernel
def _step(state: np.uint64, value: np.uint64) -> np.uint64:
    state = (state ^ value) * np.uint64(0xBF58476D1CE4E5B9)
    return state ^ (state >> np.uint64(32))


@kernel
def _turn(state: np.uint64, value: np.uint64) -> np.uint64:
    state = (state << np.uint64(23)) | (state >> np.uint64(41))
    return (state + value) * np.uint64(0x9FB21C651E98DF25)
