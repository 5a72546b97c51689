"""Vendi score: how many different records there effectively are, by their embeddings."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.entropy import effective_number

Vectors = NDArray[np.float32]
_BLOCK = 8_192


def vendi(vectors: Vectors) -> float | None:
    """Return the Vendi score (Friedman and Dieng 2023) of rows under cosine similarity.

    It is the exponential of the von Neumann entropy of the matrix of similarities over n: 1 where
    all rows are alike, n where none is like another. For unit vectors that matrix has the same
    eigenvalues, but for zeros, as their covariance around 0, which is as small as a vector is long:
    the score is exact in O(n d²). Rows of zeros have no direction and are left out; none is left
    for null.
    """
    square, rows = _square(vectors)
    if not rows:
        return None
    values = np.linalg.eigvalsh(square / rows)
    return effective_number(np.where(values > np.finfo(np.float32).eps, values, 0.0))


def vendi_by(vectors: Vectors, classes: pl.Series) -> pl.DataFrame:
    """Return the score of each class by itself: `class, records, vendi`, null classes left out."""
    rows = (
        pl.DataFrame({"class": classes, "row": pl.int_range(len(classes), eager=True)})
        .drop_nulls("class")
        .group_by("class")
        .agg("row")
        .sort("class")
    )
    scores = [vendi(vectors[places.to_numpy()]) for places in rows["row"]]
    return rows.select(
        "class",
        pl.col("row").list.len().cast(pl.Int64).alias("records"),
        pl.Series("vendi", scores, dtype=pl.Float64),
    )


def _square(vectors: Vectors) -> tuple[NDArray[np.float64], int]:
    """Return the smaller of the two products of the rows with themselves, and how many they are.

    Products are added up as doubles, a block at a time, so that a score moves by nothing that can
    be seen where the order of the rows does.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    there = lengths > 0
    count, width = int(there.sum()), vectors.shape[1]
    if count <= width:
        unit = vectors[there] / lengths[there, None]
        return np.asarray(unit @ unit.T), count
    square = np.zeros((width, width))
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        unit = vectors[part][there[part]] / lengths[part][there[part], None]
        square += unit.T @ unit
    return square, count
