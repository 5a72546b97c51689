"""Card: the README of a trained model, with where it came from, as the hub reads it."""

import re
from pathlib import Path
from typing import Any

import yaml

import curator
from curator.export.card import dropped_by, sources_of, spelled, without_paths
from curator.export.licences import hub_licence
from curator.export.page import fill
from curator.filters.decontaminate import Decontaminate
from curator.run import Run
from curator.tune.base import TINY
from curator.tune.tuned import Tuned

_METHODS = {
    "full": "training all weights",
    "lora": "LoRA",
    "rslora": "rank-stabilised LoRA",
    "dora": "DoRA",
    "qlora": "QLoRA",
}
_LONG = {
    "skip": "left out",
    "truncate": "cut after the last whole answer that fits",
    "error": "none; they are an error",
}


def write_model_card(run: Run, tuned: Tuned) -> str:
    """Write the card: what was trained, on what, and what the files were checked for.

    It holds no record's content and no path of this machine.
    """
    recipe = spelled(without_paths(run.recipe))
    sources = sources_of(run)
    licences = {row["licence"] for row in sources}
    facts = {
        "front": _front_matter(run, tuned, hub_licence(licences)),
        "name": f"{shown_base(tuned.base)}, tuned on {run.recipe.name}",
        "tuned": tuned.model_copy(update={"base": shown_base(tuned.base)}),
        "settings": _said(tuned),
        "method": _METHODS[tuned.settings.method],
        "over_long": _LONG[tuned.settings.over_long],
        "parity": tuned.compared,
        "compared": tuned.compared.records,
        "counts": run.manifest.counts,
        "reasons": dropped_by(run),
        "sources": sources,
        "decontaminated": _decontaminated(run),
        "recipe": recipe,
        "fence": "`" * (3 + max((len(one) for one in re.findall("`+", recipe)), default=0)),
        "version": curator.__version__,
        "versions": ", ".join(f"{name} {number}" for name, number in tuned.versions.items()),
    }
    return fill("curator.tune", "model_card.md.jinja", facts)


def shown_base(name: str) -> str:
    """Return the name of a base model without the folders before it."""
    return Path(name).name if name.startswith((".", "/", "~")) else name


def _said(tuned: Tuned) -> dict[str, Any]:
    said = tuned.settings
    return said.model_dump() | {"learning_rate": said.peak_learning_rate, "seed": tuned.seed}


def _front_matter(run: Run, tuned: Tuned, licence: dict[str, Any]) -> str:
    base = tuned.base.removeprefix("hub:")
    is_hub = base != TINY and not base.startswith((".", "/", "~"))
    front: dict[str, Any] = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        **licence,
        **({"base_model": base} if is_hub else {}),
        "tags": ["curator", "sft"],
    }
    return yaml.safe_dump(front, sort_keys=False, allow_unicode=True)


def _decontaminated(run: Run) -> list[str]:
    """Name the evaluation sets that the recipe looked for."""
    filters = [one for one in run.recipe.filters if isinstance(one, Decontaminate)]
    return sorted({Path(name).name for one in filters for name in (*one.sets, *one.paths)})
