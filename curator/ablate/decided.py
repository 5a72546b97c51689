"""Decided: a run's records decided again without one filter; nothing is measured for it."""

import numpy as np
from numpy.typing import NDArray

from curator.decide import settle_docket
from curator.recipe.model import rule_names
from curator.run import Run

Mask = NDArray[np.bool_]
SELECT = "select"
"""What the budget is called among the filters."""


def kept_by(run: Run) -> Mask:
    """Mark the records that the recipe keeps."""
    found: Mask = run.decisions().select("kept").collect()["kept"].to_numpy()
    return found


def kept_without_each(run: Run) -> dict[str, Mask]:
    """Mark what is kept when one filter says nothing, for every filter that drops something.

    Where a filter is off, the duplicates it found stay, and so do the records that it alone kept
    from a budget. A filter with `score_dropped: false` has no scores of records that others
    dropped, so that it cannot drop them when those are off.
    """
    kept = kept_by(run)
    named = {reason.partition(".")[0] for reason in _reasons(run)}
    found: dict[str, Mask] = {}
    for entry in run.recipe.filters:
        if entry.label in named:
            off = {"on": dict.fromkeys(rule_names(entry), "off")}
            found[entry.label] = run.what_if({entry.label: off})["kept"].to_numpy()
    if SELECT in named:
        free = run.recipe.model_copy(update={"select": None})
        found[SELECT] = settle_docket(run.docket, run.verdicts(), free)["kept"].to_numpy()
    return {label: mask for label, mask in found.items() if (mask != kept).any()}


def _reasons(run: Run) -> list[str]:
    reasons = run.decisions().select("reasons").collect()["reasons"]
    found: list[str] = reasons.explode().drop_nulls().unique().to_list()
    return found
