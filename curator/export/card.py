"""Card: the README of an exported data set, as the Hugging Face hub reads it."""

import re
from typing import Any

import polars as pl
import yaml

import curator
from curator.decide.rules import rules_of
from curator.export.assign import loaded_as
from curator.export.licences import hub_licence
from curator.export.page import page
from curator.export.result import ExportResult
from curator.recipe import Export, Recipe
from curator.recipe.licences import NO_ADVICE
from curator.report.licences import bare
from curator.run import Run

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
_LARGER = ((10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"))


def write_card(run: Run, settings: Export, result: ExportResult) -> str:
    """Write the card: what the data set holds, where it is from and how it was made.

    It holds no record's content, no times and no paths, so the same run gives the same card.
    """
    sources = sources_of(run)
    recipe = spelled(without_paths(run.recipe))
    return page(
        "card.md.jinja",
        front=_front_matter(run, result, {row["licence"] for row in sources}),
        name=run.recipe.name,
        result=result,
        settings=settings,
        loaded=list(_loaded(result)),
        sources=sources,
        counts=run.manifest.counts,
        reasons=dropped_by(run),
        repairs=_repairs(run),
        shares=_shares(run),
        no_advice=NO_ADVICE,
        recipe=recipe,
        fence="`" * (3 + max((len(ticks) for ticks in re.findall("`+", recipe)), default=0)),
        version=curator.__version__,
    )


def _front_matter(run: Run, result: ExportResult, licences: set[str | None]) -> str:
    files = [{"split": split, "path": path} for split, path in _loaded(result).items()]
    front: dict[str, Any] = {
        "pretty_name": run.recipe.name,
        **hub_licence(licences),
        "task_categories": ["text-generation"],
        "size_categories": [_size(result.written)],
        "tags": ["curator", "instruction-tuning"],
    }
    if files:
        # `datasets` caches by what a config says, not by what its files hold: without the
        # fingerprint, it would load the rows of an earlier export of this name.
        config = {"config_name": "default", "description": f"content {result.fingerprint}"}
        front["configs"] = [{**config, "data_files": files}]
    return yaml.safe_dump(front, sort_keys=False, allow_unicode=True)


def _loaded(result: ExportResult) -> dict[str, str]:
    """Return the files by the split they are loaded as; data without splits is to train on."""
    return dict(zip(loaded_as(result.files), result.files.values(), strict=True))


def _size(records: int) -> str:
    return next((name for limit, name in (*_SIZES, *_LARGER) if records < limit), "n>1T")


def sources_of(run: Run) -> list[dict[str, Any]]:
    """Count records and kept records by source and licence, in input order."""
    both = pl.concat(
        [run.records().select("source", "licence"), run.decisions().select("kept")],
        how="horizontal",
    )
    counted = both.group_by("source", "licence", maintain_order=True).agg(
        records=pl.len(), kept=pl.col("kept").sum()
    )
    return [row | {"source": bare(row["source"])} for row in counted.collect().to_dicts()]


def dropped_by(run: Run) -> list[tuple[str, int]]:
    """Count the dropped records by the reason that decided, in the funnel's order."""
    dropped = run.decisions().filter(~pl.col("kept")).group_by("reason").len().collect()
    counts: dict[str, int] = dict(dropped.iter_rows())
    order = [rule.reason for rule in rules_of(run.recipe.filters)]
    return [(reason, counts[reason]) for reason in order if reason in counts]


def _shares(run: Run) -> list[dict[str, Any]]:
    """List the inputs that are not simply written once and whole."""
    return [
        {"input": entry.name or bare(entry.path), "weight": entry.weight, "cap": entry.cap}
        for entry in run.recipe.input
        if entry.weight != 1 or entry.cap is not None
    ]


def _repairs(run: Run) -> list[tuple[str, int]]:
    """Count the records that each repair changed, in the recipe's order."""
    found = run.repairs().group_by("repair").agg(pl.col("id").n_unique()).sort("repair").collect()
    return [(str(repair), int(records)) for repair, records in found.iter_rows()]


def spelled(recipe: Recipe) -> str:
    """Write as YAML what the recipe sets; whatever it leaves at its default goes unsaid."""
    said = recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if recipe.filters:
        pairs = zip(recipe.filters, said["filters"], strict=True)
        said["filters"] = [{"filter": entry.filter, **entry_said} for entry, entry_said in pairs]
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)


def without_paths(recipe: Recipe) -> Recipe:
    """Return the recipe with the names of its files alone."""
    inputs = [entry.model_copy(update={"path": bare(entry.path)}) for entry in recipe.input]
    verdicts = [bare(path) for path in recipe.verdicts]
    tune = recipe.tune and recipe.tune.placed(bare)
    return recipe.model_copy(update={"input": inputs, "verdicts": verdicts, "tune": tune})
