"""Planted: what the repository's own labels say, of records, kinds and private values."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

import curator
from labelled.bootstrap import DRAWS, Estimate, Rate, estimates

ROOT = Path(__file__).parents[2]


class Planted(NamedTuple):
    """What a filter finds of the records that were planted for its rules."""

    label: str
    planted: int
    found: int
    wrong: int


def planted(folder: Path = ROOT / "sample_data") -> list[Planted]:
    """Run the demo's recipe, and compare by filter what fires with what the records expect.

    Of a record that is expected to be dropped only that reason is labelled; of one that is kept,
    all flags are. `wrong` counts what fires though it is labelled as not.
    """
    with tempfile.TemporaryDirectory() as place:
        run = curator.curate(folder / "recipe.yaml", out=Path(place) / "run")
        decisions = run.decisions().collect()
        extras = run.records().select("extra").collect()["extra"]
        labels = [entry.label for entry in run.recipe.filters]
    counts = {label: [0, 0, 0] for label in labels}
    for row, extra in zip(decisions.iter_rows(named=True), extras, strict=True):
        told: dict[str, Any] = json.loads(extra or "{}")
        if "expect" not in told or told.get("expect_group"):
            continue
        expected, whole = _expected(told)
        found = {*row["reasons"], *row["flags"]}
        for reason in (one for one in expected if _label(one) in counts):
            counts[_label(reason)][0] += 1
            counts[_label(reason)][1] += reason in found
        for reason in found - expected if whole else ():
            counts[_label(reason)][2] += 1
    return [Planted(label, *counts[label]) for label in labels]


def _expected(told: dict[str, Any]) -> tuple[set[str], bool]:
    """Return the reasons a record expects, and whether they are all."""
    flags = told.get("expect_flags") or []
    named = flags.split() if isinstance(flags, str) else flags
    return {*([told["expect"]] if told["expect"] else []), *named}, not told["expect"]


def _label(reason: str) -> str:
    return reason.rpartition(".")[0]


def kinds(folder: Path, draws: int = DRAWS) -> dict[str, Estimate]:
    """Return how often the feature `kind` is right on answers labelled by hand, by part."""
    from kind_accuracy import LABELS, judge

    labels = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    found = judge(folder, labels)
    parts = {"tuned on": ~found["held_out"], "held out": found["held_out"]}
    right = (found["truth"] == found["found"]).to_numpy()
    return {
        f"{name}, {own.sum()} answers": _share(right[own.to_numpy()], draws)
        for name, own in parts.items()
        if own.any()
    }


def private(name: str, draws: int = DRAWS) -> dict[str, Estimate]:
    """Return what the filter `pii` or `secrets` finds of the texts with marked values, and without.

    A text counts as found where any rule fires; only the third that no rule was made on.
    """
    from privacy import is_held_out
    from privacy_cases import cases

    from curator.filters import Filter
    from curator.filters.pii import Pii
    from curator.filters.secrets import Secrets

    settings: Filter = Pii() if name == "pii" else Secrets()
    some = [case for case in cases(name) if is_held_out(case)]
    fired = _any_fires(settings, [case.text for case in some])
    positive = np.array([bool(case.values) for case in some])
    measures = {
        "texts with a value that are found": Rate(fired, positive),
        "texts without that are flagged": Rate(fired, ~positive),
    }
    return estimates(measures, np.arange(len(some)), draws)


def _any_fires(settings: Any, texts: Iterable[str]) -> np.ndarray:
    from labelled.entry import Entry
    from labelled.judge import measure, records_of

    said = list(texts)
    entry = Entry(name=settings.tag, filter=settings, paths=("-",))
    measured = measure(settings, records_of(entry, said, [None] * len(said)))
    rules = [rule.fill_null(value=False).alias(name) for name, rule in settings.rules().items()]
    return measured.select(pl.any_horizontal(rules)).to_series().to_numpy()


def _share(right: np.ndarray, draws: int) -> Estimate:
    everything = Rate(right, np.ones(len(right), np.bool_))
    return estimates({"share": everything}, np.arange(len(right)), draws)["share"]
