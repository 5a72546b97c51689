"""Summary: the trainings of an ablation and what was settled before them, for verdict and page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from curator.ablate.arms import Arm
from curator.ablate.micro import Planted
from curator.ablate.protocol import Origin, Protocol
from curator.ablate.results import OnSet, Result
from curator.ablate.setting_up import Ready
from curator.ablate.trial import CLEAN, Ablation, ArmFacts, Planned, SetFacts, Trial
from curator.tune.base import TINY

if TYPE_CHECKING:
    from curator.training.nll import Losses

_KINDS = {
    "raw": "every record of the training side, as it came",
    "random": "as many records as CURATED, drawn at random anew for each seed, and about as many "
    "tokens",
    "curated": "what the recipe keeps",
    "longest": "as many records as CURATED, those with the longest answers",
    "dropped": "what the recipe drops",
}
_ORIGINS: dict[Origin, str] = {
    "files": "the answers of the file that was named",
    "recipe": "what the recipe itself keeps of the held-out side: its own judgement chose them",
    "construction": "answers that are right by construction",
}
_OURS = "a model of our own"
_HASH = "the hash of the prompt, before any filter saw the data"


def summary_of(name: str, ready: Ready, results: Mapping[str, Sequence[Result]]) -> Ablation:
    """Put an ablation together, arm by arm in the order of their importance."""
    protocol = ready.protocol
    return Ablation(
        recipe=name,
        model=_OURS if protocol.model in {"micro", TINY} else protocol.model,
        parameters=protocol.parameters,
        planned=_planned(protocol),
        trials=tuple(_trial(one, protocol) for some in results.values() for one in some),
        sets=tuple(_sets(ready)),
        arms=tuple(_arm(one, ready) for one in ready.arms),
        notes=tuple(_notes(protocol)),
    )


def _planned(protocol: Protocol) -> Planned:
    curated = next(arm for arm in protocol.arms if arm.kind == "curated")
    return Planned(
        arms=tuple(arm.name for arm in protocol.arms),
        seeds=protocol.seeds,
        budget=protocol.budget.tokens,
        batch_tokens=round(protocol.budget.step_tokens),
        steps=protocol.budget.steps,
        learning_rate=protocol.settings["learning_rate"],
        schedule=protocol.settings["schedule"],
        k=curated.records,
        primary=CLEAN,
    )


def _trial(result: Result, protocol: Protocol) -> Trial:
    clean = result.sets[CLEAN]
    rates = {"exact": clean.exact, "degenerate": clean.degenerate}
    return Trial(
        arm=result.arm,
        seed=result.seed,
        rows=result.records,
        tokens=result.unique_tokens,
        epochs=result.epochs,
        steps=protocol.budget.steps,
        seconds=result.seconds,
        losses={name: _losses(one) for name, one in result.sets.items()},
        rates={name: rate for name, rate in rates.items() if rate is not None},
    )


def _losses(one: OnSet) -> "Losses":
    from curator.training.nll import Losses

    return Losses(np.array(one.nll, np.float64), np.array(one.tokens, np.int64))


def _sets(ready: Ready) -> Iterable[SetFacts]:
    protocol = ready.protocol
    chosen = {CLEAN: _ORIGINS[protocol.clean], "raw": _HASH}
    for name, held_out in ready.material.sets.items():
        tokens = sum(int(one.supervised.sum()) for one in held_out.examples)
        other = "the file from elsewhere that was named"
        if not protocol.asked["named_other"]:
            other = "questions and answers of our own, about anything"
        if protocol.asked["micro"]:
            other = "what the base model had learnt before"
        yield SetFacts(name, len(held_out.examples), tokens, chosen.get(name, other))


def _arm(arm: Arm, ready: Ready) -> ArmFacts:
    examples = ready.material.examples_of(arm, ready.protocol.seeds[0])
    answers = [int(one.supervised.sum()) for one in examples]
    says = f"what the recipe keeps without its filter `{arm.without}`"
    return ArmFacts(
        name=arm.name,
        says=_KINDS.get(arm.kind, says),
        rows=arm.size,
        tokens=arm.tokens,
        mean_answer=float(np.mean(answers)),
        median_answer=float(np.median(answers)),
        filter=arm.without or None,
        dropped_alone=arm.changed if arm.without else None,
    )


def _notes(protocol: Protocol) -> Iterable[str]:
    yield from (f"Not trained: {line}." for line in not_trained(protocol.left_out))
    if protocol.leaked:
        yield (
            f"{protocol.leaked:,} records are in no arm: they nearly repeat a held-out one "
            f"(`split.leak`)."
        )
    if protocol.unusable:
        yield f"{protocol.unusable:,} records are in no arm: nothing can be learnt from them."


def planted_facts(planted: Planted) -> dict[str, Any]:
    """Tell what was planted and found, by defect."""
    rows: dict[str, Any] = {}
    for plant in planted.plants:
        facts = asdict(plant)
        rows[facts.pop("defect")] = facts
    rows["no defect"] = {"planted": planted.clean, "dropped": planted.clean_dropped, "by": ""}
    return rows


def not_trained(left_out: Mapping[str, str]) -> list[str]:
    """Tell which arms there are none of, a line a reason."""
    by: dict[str, list[str]] = {}
    for name, why in left_out.items():
        by.setdefault(why, []).append(name)
    return [f"{', '.join(names)}: {why}" for why, names in by.items()]
