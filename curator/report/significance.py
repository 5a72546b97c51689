"""Significance: how surely a difference is none of chance, many of them looked at together."""

import math
from statistics import NormalDist

import polars as pl


def two_sided(z: pl.Series) -> pl.Series:
    """Return the probability of a z, or a larger one of either sign, by chance."""
    return pl.Series([math.erfc(abs(one) / math.sqrt(2)) for one in z], dtype=pl.Float64)


def adjusted(p: pl.Series) -> pl.Series:
    """Adjust probabilities for how many they are (Benjamini and Hochberg 1995, JRSS B 57:289).

    Of the comparisons whose adjusted value is at most q, a share of about q is due to chance.
    Linked comparisons, as of the words of one text, are mostly covered too (Benjamini and
    Yekutieli 2001).
    """
    ranks = p.rank("ordinal").cast(pl.Float64)
    scaled = pl.DataFrame({"rank": ranks, "value": p * p.len() / ranks})
    order = scaled.with_row_index("at").sort("rank", descending=True)
    falling = order.with_columns(pl.col("value").cum_min().clip(0, 1))
    return falling.sort("at")["value"].alias("p")


def student(confidence: float, freedom: int) -> float:
    """Return the two-sided quantile of Student's t, such as 2.045 for 0.95 and 29.

    By its expansion around the normal quantile (Abramowitz and Stegun 1964, 26.7.5), right to
    0.002 from 10 degrees of freedom on.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
