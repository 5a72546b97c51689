"""Sources: the files behind a recipe's input, in its order."""

import os
from pathlib import Path

from curator.ingest import Source, find_files
from curator.recipe import Input, Recipe


def sources_of(recipe: Recipe, base: Path) -> list[Source]:
    """List the files of a recipe's input, in its order, with the names that records carry."""
    found: list[Source] = []
    for entry in recipe.input:
        files = find_files(entry.path, base)
        found += [
            Source(
                path,
                _name(entry, path, base, len(files)),
                entry.format,
                entry.columns,
                entry.licence,
            )
            for path in files
        ]
    return found


def _name(entry: Input, path: Path, base: Path, files: int) -> str:
    relative = Path(os.path.relpath(path, base)).as_posix()
    if entry.name is None:
        return relative
    return entry.name if files == 1 else f"{entry.name}/{path.name}"
