"""Facts: an ablation as plain values, for machines and for the page."""

from dataclasses import asdict
from typing import Any

from curator.ablate.comparisons import Comparison, margin_of, means_of
from curator.ablate.statistics import spread
from curator.ablate.trial import Ablation, ArmFacts, planned_to_json
from curator.ablate.verdict import Verdict, verdict_of

LAYOUT = 1
_DIGITS = 6


def as_json(ablation: Ablation, verdict: Verdict | None = None) -> dict[str, Any]:
    """Turn an ablation into plain values, without the text of any record.

    `verdict` has `outcome`, `sentence`, `said`, `remarks` and `limits`; `comparisons` has, for each
    question, `change` with `low` and `high` in nats per token (below 0, the first arm is better),
    `by_seed`, the two standard errors, `p`, `adjusted_p` and `claim`; `arms` has losses and rates
    as `mean`, `sd` and `by_seed`; `margins` has what a change must exceed, by held-out set. What is
    not known is null. Losses and probabilities are rounded to 1e-6.
    """
    verdict = verdict or verdict_of(ablation)
    return {
        "layout": LAYOUT,
        "recipe": ablation.recipe,
        "model": ablation.model,
        "parameters": ablation.parameters,
        "verdict": _verdict(verdict),
        "planned": planned_to_json(ablation.planned),
        "comparisons": [_comparison(one) for one in verdict.compared.every()],
        "margins": {one.name: _short(margin_of(ablation, one.name)) for one in ablation.sets},
        "sets": [asdict(one) for one in ablation.sets],
        "arms": [arm_facts(ablation, arm) for arm in ablation.arms],
        "notes": list(ablation.notes),
        "planted": dict(ablation.planted) if ablation.planted is not None else None,
    }


def arm_facts(ablation: Ablation, arm: ArmFacts) -> dict[str, Any]:
    """Return what an arm is, and what its trials came to."""
    trials = ablation.trials_of(arm.name)
    names = sorted({name for trial in trials for name in trial.rates})
    return {
        **asdict(arm),
        "seeds": [trial.seed for trial in trials],
        "steps": max((trial.steps for trial in trials), default=0),
        "epochs": _short(_mean([trial.epochs for trial in trials])),
        "seconds": _short(sum(trial.seconds for trial in trials)),
        "losses": {
            one.name: _over_seeds(means_of(ablation, arm.name, one.name)) for one in ablation.sets
        },
        "rates": {
            name: _over_seeds([trial.rates[name] for trial in trials if name in trial.rates])
            for name in names
        },
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "sentence": verdict.sentence,
        "said": [one._asdict() for one in verdict.said],
        "remarks": list(verdict.remarks),
        "limits": list(verdict.limits),
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    difference = one.difference
    return {
        "about": one.about,
        **one.asked._asdict(),
        "change": _short(difference.change),
        "low": _short(difference.low),
        "high": _short(difference.high),
        "by_seed": [_short(value) for value in difference.by_seed],
        "seeds_error": _short(difference.seeds_error),
        "examples_error": _short(difference.examples_error),
        "p": _short(difference.p),
        "adjusted_p": _short(one.adjusted),
        "margin": _short(one.margin),
        "claim": one.claim,
        "held_back": one.held_back,
    }


def _over_seeds(values: list[float]) -> dict[str, Any]:
    return {
        "mean": _short(_mean(values)),
        "sd": _short(spread(values)),
        "by_seed": [_short(value) for value in values],
    }


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DIGITS)
