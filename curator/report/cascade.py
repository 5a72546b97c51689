"""Cascade: how much of what a costly model would flag got past the model that clears texts."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from curator.filters.toxicity import Toxicity
from curator.report.figures import counted, number, percent
from curator.report.notices import Notice
from curator.report.wilson import quantile, wilson
from curator.run import Run

_CONFIDENCE = 0.95
_SIDES = {"response": ("answer", "max_response"), "prompt": ("prompt", "max_prompt")}


class Audit(NamedTuple):
    """One side of the records of a run, judged in a cascade.

    Of the `cleared`, `audited` were shown to the costly model too, and `missed` of these are above
    the threshold; `found` are above it of those that were not cleared.
    """

    label: str
    side: str
    judged: int
    cleared: int
    audited: int
    missed: int
    found: int

    def recall(self) -> tuple[float, float, float] | None:
        """Return the share of what is above the threshold that was not cleared, with its interval.

        What was missed among all that was cleared is estimated from the audited, with a Wilson
        interval of 95% (Wilson 1927). None where nothing was audited, or nothing found or missed.
        """
        if self.audited == 0:
            return None
        limits = wilson(pl.lit(self.missed), pl.lit(self.audited), quantile(_CONFIDENCE))
        low, high = pl.select(low=limits[0], high=limits[1]).row(0)
        shares = (self.missed / self.audited, high, low)
        if self.found == self.missed == 0:
            return None
        middle, least, most = (
            self.found / (self.found + self.cleared * share) if self.found else 0.0
            for share in shares
        )
        return middle, least, most if self.missed else 1.0


def audits_of(run: Run) -> list[Audit]:
    """Count, for each toxicity filter that is a cascade, what was cleared, audited and missed."""
    return [
        audit
        for entry in run.recipe.filters
        if isinstance(entry, Toxicity) and entry.model.startswith("cascade:")
        for audit in _audits(run, entry)
    ]


def _audits(run: Run, entry: Toxicity) -> Iterator[Audit]:
    for side, (_, setting) in _SIDES.items():
        names = {one: f"{entry.label}__{side}_{one}" for one in ("toxicity", "cleared", "audited")}
        above = pl.col(names["toxicity"]) > getattr(entry, setting)
        cleared, audited = pl.col(names["cleared"]), pl.col(names["audited"])
        counts = run.scores().select(
            judged=cleared.count(),
            cleared=cleared.sum(),
            audited=(cleared & audited).sum(),
            missed=(cleared & audited & above).sum(),
            found=(~cleared & above).sum(),
        )
        yield Audit(entry.label, side, *(int(one) for one in counts.collect().row(0)))


def cascade_notices(run: Run) -> list[Notice]:
    """Tell of every cascade what share of the work it spared, and what it may have missed."""
    return [Notice("cascade", _said(audit)) for audit in audits_of(run) if audit.cleared]


def _said(audit: Audit) -> str:
    what = _SIDES[audit.side][0]
    said = (
        f"{audit.label}: the bundled model cleared {number(audit.cleared)} of "
        f"{counted(audit.judged, what)} ({percent(audit.cleared / audit.judged)})."
    )
    if not audit.audited:
        return f"{said} None of them was audited: raise `audited_share` to learn what is missed."
    said += (
        f" Of {number(audit.audited)} audited ones the costly model holds {number(audit.missed)} "
        f"above the threshold"
    )
    recall = audit.recall()
    if recall is None:
        return f"{said}, and none of the rest: there is nothing to find a recall of."
    middle, low, high = recall
    return (
        f"{said}: about {percent(middle)} of what it would flag was not cleared "
        f"(95% interval {percent(low)} to {percent(high)})."
    )
