"""Release: everything that is passed on of a run, in one folder that can be made again.

It holds no times, no paths and no facts of a machine, so that the same recipe over the same inputs,
with the same versions, gives the same bytes.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import xxhash

import curator
from curator.errors import RunError
from curator.export.card import dropped_by, sources_of, without_paths
from curator.export.export import export_run
from curator.export.page import page
from curator.export.result import ExportResult
from curator.export.sbom import sbom
from curator.recipe import dump_recipe
from curator.recipe.licences import NO_ADVICE
from curator.report.licences import bare, conflicts_of
from curator.run import Run, atomic_folder

SUMS = "SHA256SUMS"
BILL = "sbom.cdx.json"
_DATA = "data"


def release_run(run: Run, out: Path | None = None) -> tuple[Path, list[ExportResult]]:
    """Write the release of a run, whole or not at all: as `release/` of the run, or as `out`.

    An earlier release at the same place is replaced; any other folder is refused.
    """
    if not run.recipe.export:
        raise RunError(
            f"the recipe of {run.path} lists nothing under `export:`, so there is nothing to "
            f"release: add an entry and run it again"
        )
    folder = (out or run.layout.release).resolve()
    _refuse_foreign(folder)
    shown = without_paths(run.recipe)
    with atomic_folder(folder) as temporary:
        made = [
            export_run(run, settings, temporary / _DATA / settings.folder, shown.tune)
            for settings in run.recipe.export
        ]
        for name, text in _texts(run, made).items():
            (temporary / name).write_text(text, encoding="utf-8")
        _dropped(run).write_ndjson(temporary / "dropped.jsonl")
        (temporary / SUMS).write_text(sums_of(temporary), encoding="utf-8")
    return folder, [replace(one, folder=folder / _DATA / one.folder.name) for one in made]


def sums_of(folder: Path) -> str:
    """Return the SHA-256 of every file of a folder, as `sha256sum` writes them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = [(path, path.relative_to(folder).as_posix()) for path in files]
    lines = []
    for path, name in named:
        with path.open("rb") as data:
            lines.append(f"{hashlib.file_digest(data, 'sha256').hexdigest()}  {name}\n")
    return "".join(lines)


def _texts(run: Run, made: list[ExportResult]) -> dict[str, str]:
    prints = {result.folder.name: result.fingerprint for result in made}
    whole = xxhash.xxh3_64_hexdigest(json.dumps(prints, sort_keys=True).encode())
    facts = {
        "name": run.recipe.name,
        "version": curator.__version__,
        "made": made,
        "sources": sources_of(run),
        "conflicts": conflicts_of(run),
        "no_advice": NO_ADVICE,
    }
    return {
        "README.md": page("release.md.jinja", **facts),
        "LICENCES.md": page("licences.md.jinja", **facts),
        "recipe.yaml": dump_recipe(without_paths(run.recipe)),
        "manifest.json": _json(_manifest(run, prints)),
        "reasons.json": _json(dict(dropped_by(run))),
        BILL: sbom(run, whole),
    }


def _manifest(run: Run, prints: dict[str, str]) -> dict[str, Any]:
    """Return the manifest without what differs from machine to machine."""
    said = run.manifest
    left_out = {"key", "path", "shards"}
    inputs = [
        one.model_dump(mode="json", exclude=left_out) | {"name": bare(one.name)}
        for one in said.inputs
    ]
    return {
        "layout": said.layout,
        "versions": said.versions,
        "seed": said.seed,
        "inputs": inputs,
        "counts": said.counts,
        "filters": [{"label": one.label, "key": one.key} for one in said.filters],
        "exports": prints,
    }


def _dropped(run: Run) -> pl.DataFrame:
    """List the dropped records by id, with the reason that decided and all that fired."""
    dropped = run.decisions().filter(~pl.col("kept"))
    return dropped.select("id", "reason", "reasons", "witness").collect()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _refuse_foreign(folder: Path) -> None:
    """Keep a release from replacing what no release wrote."""
    if not folder.exists():
        return
    mine = folder.is_dir() and (folder / SUMS).is_file() and (folder / BILL).is_file()
    if not mine and not (folder.is_dir() and not any(folder.iterdir())):
        raise RunError(f"{folder} holds something that no release wrote: choose another folder")
