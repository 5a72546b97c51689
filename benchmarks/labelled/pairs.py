"""Pairs: whether a scorer prefers the stereotype, or only the group that is named."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from labelled.bootstrap import DRAWS, Estimate, Measure, estimates
from labelled.entry import Entry
from labelled.judge import measure, records_of
from labelled.metrics import Flags, Floats
from labelled.readers import rows_of


class Preferred(NamedTuple):
    """Shares of pairs whose first sentence scores higher, ties and pairs not judged counting half.

    `found` has each part and, where there are several, `mean`: the mean of the parts' shares. One
    that only knows which group is named is far above one half in one part and below in the other.
    """

    name: str
    measure: str
    pairs: int
    found: dict[str, Estimate]


def preferred(entry: Entry, folder: Path, draws: int = DRAWS) -> Preferred:
    """Score both sentences of every pair, and count which scores higher (Nangia et al. 2020)."""
    assert entry.pairs is not None
    assert entry.judged is not None
    rows = rows_of(entry, folder)
    first, second = (
        _scores(entry, rows[column]) for column in (entry.pairs.first, entry.pairs.second)
    )
    won = np.nan_to_num(np.where(first == second, 0.5, first > second), nan=0.5)
    won = np.where(np.isnan(first) | np.isnan(second), 0.5, won)
    parts = (
        rows[entry.pairs.kind].fill_null("not said")
        if entry.pairs.kind
        else pl.Series(["all"] * rows.height)
    )
    return Preferred(
        entry.name,
        f"{entry.filter.label}.{entry.judged}",
        rows.height,
        estimates(_shares(won, parts), np.arange(rows.height), draws),
    )


def _scores(entry: Entry, texts: pl.Series) -> Floats:
    assert entry.judged is not None
    said = texts.fill_null("").to_list()
    records = records_of(entry, said, [None] * len(said))
    values = measure(entry.filter, records)[entry.judged].cast(pl.Float64)
    return values.fill_null(np.nan).to_numpy()


def _shares(won: Floats, parts: pl.Series) -> dict[str, Measure]:
    masks: dict[str, Flags] = {
        str(part): (parts == part).to_numpy() for part in parts.unique().sort()
    }

    def share(own: Flags) -> Measure:
        def mean(weights: Floats) -> float:
            total = weights[own].sum()
            return float((weights * won)[own].sum() / total) if total else np.nan

        return mean

    shares = {part: share(own) for part, own in masks.items()}
    if len(shares) == 1:
        return shares
    return {**shares, "mean": lambda w: float(np.mean([one(w) for one in shares.values()]))}
