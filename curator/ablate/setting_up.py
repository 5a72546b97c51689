"""Setting up: from what was asked to everything that is settled before the first training."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import xxhash

from curator.ablate.arms import Arm, arms_of
from curator.ablate.benches import Benched, Note, bench_of
from curator.ablate.choosing import Chosen, Time, choose, seconds_of
from curator.ablate.material import Material, Told
from curator.ablate.protocol import Planned, Protocol
from curator.ablate.training import Bench
from curator.ablate.wanted import Wanted
from curator.run import Run


@dataclass(frozen=True)
class Ready:
    """An ablation that can begin."""

    protocol: Protocol
    arms: list[Arm]
    bench: Bench
    material: Material = field(repr=False)


def get_ready(wanted: Wanted, told: Told, out: Path, before: Protocol | None, note: Note) -> Ready:
    """Settle model, budget and arms, and write everything in tokens.

    What was settled `before` for the same question holds: how quick the machine is today changes
    nothing of an ablation that was begun.
    """
    asked = asked_for(wanted, told)
    held = before if before and before.asked == asked else None
    benched = bench_of(wanted, told, out, held.size if held else None, note)
    arms = arms_of(benched.material.pool)
    if held is None:
        chosen, seconds = _chosen(wanted, benched, arms, note)
        held = _protocol(wanted, told, benched, chosen, seconds)
    names = {arm.name for arm in held.arms}
    bench = replace(benched.bench, budget=held.budget)
    return Ready(held, [arm for arm in arms if arm.name in names], bench, benched.material)


def _chosen(wanted: Wanted, benched: Benched, arms: list[Arm], note: Note) -> tuple[Chosen, float]:
    """Choose what there is time for, and say how many seconds one training takes."""
    bench, named = benched.bench, wanted.micro or bool(wanted.arms)
    if wanted.micro:
        seconds = 0.0
    else:
        seconds = seconds_of(bench, benched.material.examples_of(arms[0], 0))
        note(f"one training takes about {seconds:,.0f} s; there are {wanted.minutes:g} minutes")
    time = Time(wanted.minutes * 60, wanted.seeds, seconds, named)
    chosen = choose(arms, wanted.takes, bench, time)
    return chosen, seconds * chosen.budget.steps / bench.budget.steps


def _protocol(
    wanted: Wanted, told: Told, benched: Benched, chosen: Chosen, seconds: float
) -> Protocol:
    material = benched.material
    settings = asdict(benched.bench.settings)
    return Protocol(
        model="micro" if wanted.micro else wanted.model,
        size=benched.size,
        parameters=_parameters(benched.bench),
        seeds=tuple(range(wanted.seeds)),
        budget=chosen.budget,
        arms=tuple(_planned(arm, chosen.budget.tokens) for arm in chosen.arms),
        left_out=chosen.left_out | _idle(told.run, material),
        held_out={name: len(one.examples) for name, one in material.sets.items()},
        clean=material.clean,
        leaked=told.sides.leaked,
        unusable=material.unusable,
        settings={name: value for name, value in settings.items() if name != "seed"},
        asked=asked_for(wanted, told),
        seconds=round(seconds, 2),
    )


def _planned(arm: Arm, tokens: int) -> Planned:
    epochs = round(tokens / arm.tokens, 2)
    return Planned(arm.name, arm.kind, arm.size, arm.tokens, epochs, arm.without, arm.changed)


def _idle(run: Run, material: Material) -> dict[str, str]:
    """Name the filters that decide nothing by themselves: an arm without one would be CURATED."""
    busy = {arm.without for arm in arms_of(material.pool) if arm.kind == "without"}
    idle = [entry.label for entry in run.recipe.filters if entry.label not in busy]
    return dict.fromkeys(idle, "it alone drops no record that is trained on")


def _parameters(bench: Bench) -> int:
    from curator.training.model import read_config
    from curator.training.shape import ModelShape

    return ModelShape.of(read_config(bench.base)).parameters


def asked_for(wanted: Wanted, told: Told) -> dict[str, Any]:
    """Return what the choice of a protocol depends on; the speed of the machine is not of it."""
    recipe = told.run.recipe.model_dump_json(include={"filters", "select", "tune", "seed"})
    ids = told.run.decisions().filter("kept").select("id").collect()["id"]
    return {
        "recipe": _digest([recipe]),
        "records": told.run.snapshot.hash,
        "kept": _digest(ids),
        "clean": _digest(told.clean["content"]),
        "other": _digest(told.other["content"]),
        "named_other": bool(wanted.other),
        "model": wanted.model,
        "micro": wanted.micro,
        "minutes": wanted.minutes,
        "seeds": wanted.seeds,
        "arms": sorted(wanted.arms),
    }


def _digest(texts: Iterable[str]) -> str:
    return xxhash.xxh3_64_hexdigest("\n".join(texts).encode())
