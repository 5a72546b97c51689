"""Comparisons: which arms are held against each other, and what may be claimed of each two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from curator.ablate.statistics import LEVEL, Difference, Drawing, differences, holm, paired, spread
from curator.ablate.trial import (
    CURATED,
    DROPPED,
    LONGEST,
    OTHER,
    RANDOM,
    RAW,
    UNTOUCHED,
    Ablation,
)

Claim = Literal["helped", "hurt", "none", "untold"]
"""`none`: an effect may be there, and is not shown; `untold`: too little was run to say."""
BESIDE = ((CURATED, RANDOM), (CURATED, LONGEST), (RAW, DROPPED))
"""Below 0, the curation did better: than as many random or long records, and what it dropped
is worse than what came."""


class Question(NamedTuple):
    """Two arms on a held-out set; the first is expected to have the smaller loss."""

    arm: str
    other: str
    held_out: str
    filter: str | None = None
    """The filter that the other arm is without."""


@dataclass(frozen=True)
class Comparison:
    """One question, with its difference and what may be claimed."""

    asked: Question
    difference: Difference
    margin: float | None
    """A claim needs a difference of more than this many nats; of one seed it is not known."""
    adjusted: float | None
    """The probability, adjusted for how many filters were asked about."""
    claim: Claim

    @property
    def about(self) -> str:
        """Name it: the filter, or the two arms."""
        return self.asked.filter or f"{self.asked.arm} against {self.asked.other}"

    @property
    def held_back(self) -> str:
        """Say why nothing is claimed although the interval leaves out zero; empty where not so."""
        if self.claim != "none" or not self.difference.leaves_out_zero():
            return ""
        if self.margin is not None and abs(self.difference.change) <= self.margin:
            return "no larger than what the seed alone does"
        return "not sure enough, several filters being asked about"


@dataclass(frozen=True)
class Compared:
    """Every comparison of an ablation; an arm that was not trained is in none."""

    primary: Comparison | None
    """CURATED against RAW on the primary set: the one the verdict is about."""
    beside: tuple[Comparison, ...]
    filters: tuple[Comparison, ...]
    elsewhere: tuple[Comparison, ...]
    """CURATED against RAW on the other held-out sets."""

    def every(self) -> tuple[Comparison, ...]:
        """Return all of them, the primary one first."""
        first = (self.primary,) if self.primary else ()
        return (*first, *self.beside, *self.filters, *self.elsewhere)

    def of(self, arm: str, other: str) -> Comparison | None:
        """Return the comparison of two arms on the primary set."""
        names = (arm, other)
        return next((c for c in self.beside if (c.asked.arm, c.asked.other) == names), None)


def compare(ablation: Ablation) -> Compared:
    """Answer every question that the trained arms allow."""
    primary = ablation.planned.primary
    main = Question(CURATED, RAW, primary)
    beside = [Question(arm, other, primary) for arm, other in BESIDE]
    filters = [
        Question(CURATED, arm.name, primary, arm.filter) for arm in ablation.arms if arm.filter
    ]
    sets = [one.name for one in ablation.sets] or [UNTOUCHED, OTHER]
    elsewhere = [Question(CURATED, RAW, name) for name in sets if name != primary]
    found = _differences(ablation, [main, *beside, *filters, *elsewhere])
    margins = {name: margin_of(ablation, name) for name in {primary, *sets}}
    answered = _Answers(found, margins)
    return Compared(
        next(iter(answered.to([main])), None),
        tuple(answered.to(beside)),
        tuple(answered.family(filters)),
        tuple(answered.to(elsewhere)),
    )


def means_of(ablation: Ablation, arm: str, held_out: str) -> list[float]:
    """Return the loss of each trial of an arm by seed, in nats a token."""
    found = [trial.losses.get(held_out) for trial in ablation.trials_of(arm)]
    return [float(one.nll.sum() / one.tokens.sum()) for one in found if one and one.tokens.sum()]


def margin_of(ablation: Ablation, held_out: str) -> float | None:
    """Return how large a difference must be: a multiple of what the seed alone does to RAW."""
    noise = spread(means_of(ablation, RAW, held_out))
    return None if noise is None else ablation.planned.margin * noise


class _Answers(NamedTuple):
    found: Mapping[Question, Difference]
    margins: Mapping[str, float | None]

    def to(self, questions: list[Question]) -> list[Comparison]:
        return [self._one(one, self.found[one].p) for one in questions if one in self.found]

    def family(self, questions: list[Question]) -> list[Comparison]:
        """Answer questions that are asked together: one of many is small by chance."""
        known = [one for one in questions if one in self.found]
        adjusted = holm([self.found[one].p for one in known])
        return [self._one(one, p) for one, p in zip(known, adjusted, strict=True)]

    def _one(self, asked: Question, adjusted: float | None) -> Comparison:
        difference, margin = self.found[asked], self.margins.get(asked.held_out)
        claim = _claim(difference, margin, sure=adjusted is not None and adjusted <= LEVEL)
        return Comparison(asked, difference, margin, adjusted, claim)


def _claim(difference: Difference, margin: float | None, *, sure: bool) -> Claim:
    if difference.p is None or margin is None:
        return "untold"
    if not (sure and difference.leaves_out_zero() and abs(difference.change) > margin):
        return "none"
    return "helped" if difference.change < 0 else "hurt"


def _differences(ablation: Ablation, questions: list[Question]) -> dict[Question, Difference]:
    """Return a difference for each question whose arms were both trained, by held-out set."""
    drawing = Drawing(ablation.planned.draws, ablation.planned.bootstrap_seed)
    found: dict[Question, Difference] = {}
    for held_out in {one.held_out for one in questions}:
        pairs = {}
        for one in questions:
            if one.held_out == held_out:
                trials = ablation.trials_of(one.arm), ablation.trials_of(one.other)
                pair = paired(*trials, held_out)
                if pair is not None:
                    pairs[one] = pair
        found |= dict(zip(pairs, differences(list(pairs.values()), drawing), strict=True))
    return found
