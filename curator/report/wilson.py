"""Wilson: how sure a share is."""

from statistics import NormalDist

import polars as pl


def wilson(found: pl.Expr, total: pl.Expr, z: float) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper limit of a share's score interval (Wilson 1927, JASA 22:209)."""
    share = found / total
    middle = share + z * z / (2 * total)
    half = z * (share * (1 - share) / total + z * z / (4 * total**2)).sqrt()
    scale = 1 + z * z / total
    low = pl.when(found == 0).then(0.0).otherwise((middle - half) / scale)
    high = pl.when(found == total).then(1.0).otherwise((middle + half) / scale)
    return low, high


def quantile(confidence: float) -> float:
    """Return the z of a two-sided confidence, such as 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)
