"""Licences: which sources of the kept records are under licences that do not go together."""

from pathlib import PurePosixPath

import polars as pl

from curator.recipe.licences import licence_conflicts
from curator.run import Run


def conflicts_of(run: Run) -> list[str]:
    """Say which licences of the kept records do not go together, and of which sources."""
    both = pl.concat(
        [run.records().select("source", "licence"), run.decisions().select("kept")],
        how="horizontal",
    )
    kept = both.filter("kept").select("source", "licence").unique(maintain_order=True).collect()
    return licence_conflicts((bare(source), licence) for source, licence in kept.iter_rows())


def bare(path: str) -> str:
    """Name a file without the folders of this machine, which say nothing to a reader elsewhere."""
    parts = PurePosixPath(path)
    inside = "://" in path or not (parts.is_absolute() or ".." in parts.parts)
    return path if inside else parts.name
