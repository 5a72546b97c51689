"""Locked: hold a run to an earlier one: the same inputs, the same recipe, the same decisions."""

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from polars.testing import assert_frame_equal

from curator.errors import InputError, RunError
from curator.ingest import Finder
from curator.pipeline.accounts import versions_of
from curator.pipeline.events import Event, Listener
from curator.pipeline.sources import sources_of
from curator.recipe import Recipe
from curator.report.figures import counted
from curator.run import Run

_DECIDING = ("plugins", "repairs", "filters", "prefer", "select", "seed")
_OF_INPUTS = ("format", "columns", "licence", "weight", "cap")


class Lock(NamedTuple):
    """What a run is held to; read before it starts, as it may be the same directory."""

    run: Path
    decisions: pl.DataFrame
    notes: list[str]
    """What differs, and may matter."""


def lock_to(path: str | Path, recipe: Recipe, finder: Finder) -> Lock:
    """Refuse inputs and recipes that are not those of the earlier run, naming all that differs.

    Other versions of packages are noted only: whether they matter, the decisions will show.
    """
    earlier = Run.open(path)
    faults = [*_inputs(earlier, recipe, finder), *_recipes(earlier.recipe, recipe)]
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise RunError(
            f"the run is locked to {path}, and this is not the same:\n{told}\n"
            f"Put it back as it was, or run without --locked"
        )
    return Lock(Path(path), earlier.decisions().collect(), _versions(earlier, recipe))


def check_lock(lock: Lock | None, run: Run, listener: Listener) -> None:
    """Tell that the decisions are the same, and what is not; other decisions are an error."""
    if lock is None:
        return
    found = run.decisions().collect()
    try:
        assert_frame_equal(lock.decisions, found)
    except AssertionError:
        both = lock.decisions.join(found, on="id", how="full", suffix="_now")
        differ = both.filter(pl.col("kept").ne_missing(pl.col("kept_now"))).height
        raise RunError(
            f"the run is locked to {lock.run}, and its decisions differ on "
            f"{counted(differ, 'record')}. People's verdicts, forgotten records or other versions "
            f"of packages can be why: see `curator diff {lock.run} {run.path}`"
        ) from None
    for note in [*lock.notes, f"every decision is that of {lock.run}"]:
        listener(Event("note", note))


def _inputs(earlier: Run, recipe: Recipe, finder: Finder) -> list[str]:
    then, faults = defaultdict(set), list[str]()
    for one in earlier.manifest.inputs:
        then[one.name].add(one.sha256)
    met = set()
    for entry in recipe.input:
        try:
            sources = sources_of([entry], finder)
        except InputError as error:
            faults.append(f"input: {error}")
            continue
        for source in sources:
            met.add(source.name)
            if source.name not in then:
                faults.append(f"{source.name} is new: it was no input then")
            elif _sha256(source.path) not in then[source.name]:
                was = ", ".join(sorted(then[source.name]))
                faults.append(f"{source.name} has changed: its sha256 was {was}")
    return faults + [f"{name} is gone: it was an input then" for name in then if name not in met]


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _recipes(then: Recipe, now: Recipe) -> list[str]:
    """Name every setting that decides and differs."""
    before, after = _flat(_deciding(then)), _flat(_deciding(now))
    return [
        f"{place} was {before.get(place, 'not there')!r}, is {after.get(place, 'not there')!r}"
        for place in dict.fromkeys([*before, *after])
        if before.get(place) != after.get(place)
    ]


def _deciding(recipe: Recipe) -> dict[str, Any]:
    said = recipe.model_dump(mode="json")
    inputs = [{name: entry[name] for name in _OF_INPUTS} for entry in said["input"]]
    return {"input": inputs} | {name: said[name] for name in _DECIDING}


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    """Name every leaf of nested settings by its path, as errors about recipes do."""
    if isinstance(value, dict):
        parts = [(f"{place}.{key}" if place else str(key), one) for key, one in value.items()]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        parts = [(f"{place}[{number}]", one) for number, one in enumerate(value)]
    else:
        return {place: value}
    found: dict[str, Any] = {}
    for name, one in parts:
        found |= _flat(one, name)
    return found


def _versions(earlier: Run, recipe: Recipe) -> list[str]:
    then, now = earlier.manifest.versions, versions_of(recipe)
    return [
        f"{name} is {now.get(name, 'not there')} now, and was {then.get(name, 'not there')}"
        for name in dict.fromkeys([*then, *now])
        if then.get(name) != now.get(name)
    ]
