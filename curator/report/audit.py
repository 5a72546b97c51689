"""Audit: what the data set, and the scorer of toxicity, make of the groups that are mentioned."""

from typing import NamedTuple

import polars as pl

from curator.filters import Filter
from curator.filters.bias import Bias
from curator.filters.counterfactual import Counterfactual
from curator.filters.refusal import Refusal
from curator.filters.toxicity import Toxicity
from curator.report.association import Outcome, associations_of, members_of, words_of
from curator.report.balanced import balanced_of, weights_of
from curator.report.swapped import Swapped, swapped_of
from curator.run import Run

MOST_TOXIC = 0.05
"""An answer is among the most toxic if fewer than this share score higher."""


class Audit(NamedTuple):
    """What goes with each group, weights toward parity, and what moved when groups traded places.

    Each frame is described where it is made; all are empty where the recipe lacks the filter.
    """

    associations: pl.DataFrame
    balanced: pl.DataFrame
    swapped: Swapped


def audit_of(run: Run, decisions: pl.DataFrame) -> Audit:
    """Audit a run; the texts of records that mention somebody are read once."""
    entries: list[Filter] = list(run.recipe.filters)
    bias = next((entry for entry in entries if isinstance(entry, Bias)), None)
    swapping = next((entry for entry in entries if isinstance(entry, Counterfactual)), None)
    none = pl.Series(dtype=pl.String)
    named = _scores(run, f"{bias.label}__groups")[0].fill_null("") if bias else none
    members = members_of(named)
    words = words_of(run.records(), members["row"])
    outcomes = outcomes_of(run, entries) if bias else []
    return Audit(
        associations_of(members, words, outcomes, decisions["id"]),
        balanced_of(named, decisions["kept"]),
        swapped_of(run, swapping),
    )


def weights_toward_parity(run: Run, balanced: pl.DataFrame) -> pl.DataFrame | None:
    """Return `id` and the weights of the kept records, an axis a column; none without an axis."""
    if balanced.is_empty():
        return None
    label = next(entry.label for entry in run.recipe.filters if isinstance(entry, Bias))
    (named,) = _scores(run, f"{label}__groups")
    ids, kept = run.decisions().select("id", "kept").collect().get_columns()
    return weights_of(named.fill_null("").filter(kept), ids.filter(kept), balanced)


def outcomes_of(run: Run, entries: list[Filter]) -> list[Outcome]:
    """Return what the scores tell of each answer: whether it refuses, and whether it is toxic."""
    units = run.records().select(pl.col("response").hash()).collect().to_series()
    found: list[Outcome] = []
    for entry in entries:
        label = entry.label
        if isinstance(entry, Refusal):
            words, excused = _scores(run, f"{label}__refused_words", f"{label}__excused")
            refused = words.is_not_null() | (excused > 0)
            found.append(Outcome("outcome", "refusal", refused, units))
        elif isinstance(entry, Toxicity):
            (toxicity,) = _scores(run, f"{label}__response_toxicity")
            limit = toxicity.quantile(1 - MOST_TOXIC)
            name = f"answer among the most toxic {MOST_TOXIC:.0%}"
            so = toxicity > (1 if limit is None else limit)
            found.append(Outcome("outcome", name, so, units))
    return found


def _scores(run: Run, *columns: str) -> list[pl.Series]:
    return run.scores().select(columns).collect().get_columns()
