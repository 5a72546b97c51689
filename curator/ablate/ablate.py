"""Ablate: answer whether the curation helped, and which filter paid off."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from curator.ablate.arms import KINDS
from curator.ablate.material import Told, told_of
from curator.ablate.micro import Planted, micro_files, micro_run, planted_in
from curator.ablate.protocol import REGISTERED, Protocol, to_json
from curator.ablate.results import Result, Store
from curator.ablate.setting_up import Ready, get_ready
from curator.ablate.summary import not_trained, planted_facts, summary_of
from curator.ablate.training import train_arm
from curator.ablate.trial import Ablation, without
from curator.ablate.verdict import Verdict, verdict_of
from curator.ablate.wanted import Wanted
from curator.ablate.write import write_ablation
from curator.errors import CuratorError
from curator.models.device import device
from curator.models.transformer import one_thread_each
from curator.pipeline import Listener, curate, silent
from curator.recipe import load_recipe
from curator.run import hold, make_folder, write_text
from curator.tune.base import need_training

Note = Callable[[str], None]


@dataclass(frozen=True)
class Answered:
    """What an ablation came to, and the folder it is in."""

    folder: Path
    found: Ablation = field(repr=False)
    verdict: Verdict


def ablate(wanted: Wanted, note: Note, listener: Listener = silent) -> Answered:
    """Train a model on differently curated data, and compare; what was trained is reused.

    Raises:
        CuratorError: there is too little data, or an option that cannot be.
        MissingExtraError: the extra `tune` is not installed.
    """
    need_training("an ablation")
    name = _name(wanted)
    out = wanted.out or Path("ablations") / name
    make_folder(out)
    with hold(out / ".lock"):
        told, planted = _told(wanted, out, listener)
        # One thread: a model so small is no slower, and its figures are the same on any computer.
        with one_thread_each(device()) if wanted.micro else nullcontext():
            found = compare(wanted, told, out, note)
        found = replace(found, recipe=name, planted=planted_facts(planted) if planted else None)
        verdict = verdict_of(found)
        write_ablation(out, found, verdict)
        return Answered(out, found, verdict)


def compare(wanted: Wanted, told: Told, out: Path, note: Note) -> Ablation:
    """Settle what is compared, write that down, and train what is missing."""
    _check_arms(wanted, told)
    ready = get_ready(wanted, told, out, _registered(out), note)
    _register(out, ready.protocol)
    for line in _plan_lines(ready.protocol):
        note(line)
    results = _train_all(ready, Store(out / "results"), note)
    return summary_of(told.run.recipe.name, ready, results)


def _check_arms(wanted: Wanted, told: Told) -> None:
    """Refuse names of arms that there are none of, before anything is trained."""
    labels = [entry.label for entry in told.run.recipe.filters]
    known = [*KINDS, *labels, *(without(label) for label in labels), "select", "all"]
    for name in wanted.arms:
        if name.lower() not in {one.lower() for one in known}:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            raise CuratorError(f"--arms: there is no arm {name!r}: {hint}")


def _name(wanted: Wanted) -> str:
    if wanted.recipe is None:
        if not wanted.micro:
            raise CuratorError("name a recipe, or try the ablation that needs none with --micro")
        return "micro"
    name = load_recipe(wanted.recipe).name
    return f"{name}-micro" if wanted.micro else name


def _told(wanted: Wanted, out: Path, listener: Listener) -> tuple[Told, Planted | None]:
    """Run the recipe, or find it run, and read what it has and what is held out."""
    spooled = out / "stdin.data"
    if wanted.micro:
        made = micro_files(out / "data", seed=0)
        run = micro_run(wanted.recipe, made.messy, wanted.run or out / "run", listener)
        clean, other = wanted.held_out or (made.clean,), wanted.other or (made.other,)
        return told_of(run, clean, other, spooled), planted_in(run)
    assert wanted.recipe is not None
    run = curate(wanted.recipe, out=wanted.run, listener=listener)
    return told_of(run, wanted.held_out, wanted.other, spooled), None


def _registered(out: Path) -> Protocol | None:
    """Return what an earlier call settled; nothing where that cannot be read any more."""
    try:
        return Protocol.of(json.loads((out / REGISTERED).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _register(out: Path, protocol: Protocol) -> None:
    """Write down what is compared by what, before anything is known of the outcome."""
    if _registered(out) != protocol:
        write_text(out / REGISTERED, to_json(protocol.facts()))


def _train_all(ready: Ready, store: Store, note: Note) -> dict[str, list[Result]]:
    """Train every arm with every seed, a seed at a time, so that a stopped one has whole rounds."""
    total = len(ready.arms) * len(ready.protocol.seeds)
    found: dict[str, list[Result]] = {arm.name: [] for arm in ready.arms}
    done = 0
    for seed in ready.protocol.seeds:
        for arm in ready.arms:
            examples = ready.material.examples_of(arm, seed)
            path = store.path(arm.name, seed, ready.bench.depends(examples, seed))
            result, done = store.read(path), done + 1
            if result is None:
                result = train_arm(ready.bench, arm.name, examples, seed)
                store.write(path, result)
                note(f"{done}/{total} {arm.name}, seed {seed}: {_told_of(result)}")
            found[arm.name].append(result)
    return found


def _told_of(result: Result) -> str:
    clean = next(iter(result.sets.values()))
    return f"{sum(clean.nll) / sum(clean.tokens):.3f} nats per token ({result.seconds:,.0f} s)"


def _plan_lines(protocol: Protocol) -> list[str]:
    budget = protocol.budget
    lines = [
        f"{len(protocol.arms)} arms x {len(protocol.seeds)} seeds, {protocol.parameters:,} "
        f"parameters, {budget.tokens:,} supervised tokens in {budget.steps:,} steps each"
    ]
    return lines + [f"not trained: {line}" for line in not_trained(protocol.left_out)]
