"""Choosing: which model, how long and which arms, for so many minutes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from curator.ablate.arms import CORE, Arm
from curator.ablate.layout import rows_for, too_small
from curator.ablate.protocol import Budget
from curator.ablate.training import Bench, asked, trained
from curator.errors import CuratorError

if TYPE_CHECKING:
    from curator.training.conversation import Example

FEWEST_STEPS = 100
"""Of fewer steps nothing is learnt that could be compared."""
_MOST_TOKENS = 10_000_000
_LEAST_TOKENS = 60_000
_STEPS = 400
_STEP_TOKENS = (160, 8192)
_TRIED = 12
_WARMING = 3
_SPARE = 0.9
"""Share of the minutes that is planned with."""


def whole_budget(tokens: int, per_row: int) -> Budget:
    """Return the budget of one pass over RAW's supervised tokens, within reason.

    `per_row` is about how many of them a row of the widest useful size holds.
    """
    total = min(max(tokens, _LEAST_TOKENS), _MOST_TOKENS)
    low, high = _STEP_TOKENS
    each = min(max(total // _STEPS, low), high)
    return Budget(total, max(1, round(total / each)), max(1, each // per_row))


def seconds_of(bench: Bench, examples: "Sequence[Example]") -> float:
    """Train a few steps and ask the held-out sets, and say how long a whole training will take."""
    from curator.training.quiet import without_bars

    short = replace(bench, budget=_shorter(bench.budget, _TRIED))
    began = time.perf_counter()
    with without_bars():
        model, history = trained(short, examples, rows_for(examples, short.budget), 0)
        asked(short, model)
    whole = time.perf_counter() - began
    steps = [line["seconds"] for line in history]
    a_step = median(steps[_WARMING:])
    return float(whole - sum(steps) + a_step * bench.budget.steps)


def _shorter(budget: Budget, steps: int) -> Budget:
    return Budget(max(1, round(budget.step_tokens * steps)), steps, budget.rows)


@dataclass(frozen=True)
class Chosen:
    """What there is time for."""

    arms: list[Arm]
    left_out: dict[str, str]
    budget: Budget


def choose(
    arms: Sequence[Arm], wanted: Callable[[Arm], bool], bench: Bench, time_: "Time"
) -> Chosen:
    """Take the most important arms for which there is time, and say why others are left out.

    Where there is no time even for the first three, their trainings are shortened. Arms that were
    asked for by name are always taken.
    """
    fitting, left_out = [], {}
    for arm in arms:
        if too_small(arm.tokens, bench.budget):
            left_out[arm.name] = f"its {arm.size:,} records are too few to train on"
        else:
            fitting.append(arm)
    _refuse_without_core(left_out)
    core = len(CORE) * time_.seeds * time_.a_training
    budget = bench.budget
    if not time_.named and core > time_.seconds * _SPARE:
        share = time_.seconds * _SPARE / core
        budget = _shorter(budget, max(FEWEST_STEPS, int(budget.steps * share)))
    an_arm = time_.seeds * time_.a_training * budget.steps / bench.budget.steps
    room = max(len(CORE), int(time_.seconds * _SPARE / an_arm)) if an_arm else len(fitting)
    chosen: list[Arm] = []
    for arm in fitting:
        if not wanted(arm):
            left_out[arm.name] = "not asked for"
        elif time_.named or len(chosen) < room:
            chosen.append(arm)
        else:
            left_out[arm.name] = f"no time: it would take {an_arm / 60:,.1f} minutes more"
    return Chosen(chosen, left_out, budget)


@dataclass(frozen=True)
class Time:
    """How much time there is, and what a training takes of it."""

    seconds: float
    seeds: int
    a_training: float
    named: bool
    """Whether the arms were named, so that all of them are trained."""


def _refuse_without_core(left_out: dict[str, str]) -> None:
    for name in CORE:
        if name in left_out:
            raise CuratorError(
                f"there is too little to compare: of {name}, {left_out[name]}. Name more data "
                f"under `input:`, or see why the recipe keeps so little"
            )


def largest_affordable(
    seconds: float, costs: Sequence[float], trainings: int, available: float
) -> int:
    """Return the place of the largest model with which all trainings are done in time.

    `seconds` is what one takes with the first, `costs` are how much dearer each one is; the first
    is returned where even that takes too long.
    """
    fits = [
        place
        for place, cost in enumerate(costs)
        if seconds * cost * trainings <= available * _SPARE
    ]
    return max(fits, default=0)
