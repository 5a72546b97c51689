"""Pre-flight: what a run will need, before it starts."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from curator.errors import RunError
from curator.ingest import Source, Stream
from curator.recipe import Recipe

# Measured on t0_55k (67 MB of JSON Lines) and alpaca_random_9k, see benchmarks/RESULTS.md.
_BASE = 250e6
_WORKER = 220e6
_SHARD = 400e6
_TEXTS = 3.5
_CHANGES = 4.0
_DISK = 1.2
_GIGABYTES_FROM = 1e8
_COMPRESSED = {"gzip": 4.0, "zstd": 4.5, "bzip2": 7.5}


def plan(sources: Sequence[Source], recipe: Recipe, workers: int, root: Path) -> str:
    """Say how much memory and disk a run needs, from the size of its input.

    Raises RunError when the disk is too small; better now than in an hour.
    """
    size = text_bytes(sources)
    whole = any(entry.sees_all for entry in recipe.filters)
    spawned = _WORKER * workers if workers > 1 else 0
    memory = _BASE + spawned + min(size, _SHARD) + (_TEXTS * size if whole else 0)
    memory += _CHANGES * size if recipe.repairs else 0
    disk = _DISK * size
    folder = next(path for path in (root.absolute(), *root.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if disk > free:
        raise RunError(
            f"the run needs about {_gigabytes(disk)} of disk, and {folder} has "
            f"{_gigabytes(free)} free: choose another place with --out"
        )
    files = f"{len(sources)} file{'s' if len(sources) != 1 else ''}"
    return (
        f"{files}, about {_gigabytes(size)} of text: needs about {_gigabytes(memory)} of memory "
        f"and {_gigabytes(disk)} of disk"
    )


def text_bytes(sources: Sequence[Source]) -> float:
    """Estimate how many bytes of text the sources hold, without reading them."""
    return sum(
        path.stat().st_size * _COMPRESSED.get(Stream(path).compression or "", 1.0)
        for path in (source.path for source in sources)
    )


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= _GIGABYTES_FROM else f"{max(size, 1e6) / 1e6:.0f} MB"
