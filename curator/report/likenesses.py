"""Likenesses: how similar each duplicate filter found two records."""

import polars as pl

from curator.filters import DuplicateFilter
from curator.run import Run


def likenesses(run: Run, one: int, other: int) -> dict[str, float]:
    """Return the similarity of two rows by the label of every filter that paired them."""
    found = {}
    for entry in run.recipe.filters:
        if isinstance(entry, DuplicateFilter):
            similarity = _likeness(run.pairs(entry.label), one, other)
            if similarity is not None:
                found[entry.label] = similarity
    return found


def _likeness(pairs: pl.LazyFrame, one: int, other: int) -> float | None:
    """Look the two up; a record of a class has the pairs of the class's first row."""
    stars = pairs.filter(pl.col("similarity") == 1.0, pl.col("right").is_in([one, other]))
    first = dict(stars.select("right", "left").collect().iter_rows())
    left, right = sorted((first.get(one, one), first.get(other, other)))
    if left == right:
        return 1.0
    own = pairs.filter(pl.col("left") == left, pl.col("right") == right).select("similarity")
    similarity = own.collect()["similarity"]
    return float(similarity[0]) if len(similarity) else None
