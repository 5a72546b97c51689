"""Containers: leave the rows of each split as JSON Lines, or turn them into Parquet or HF files."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import xxhash

from curator.export.assign import WHOLE
from curator.export.columns import as_json, common
from curator.export.hf import write_hf
from curator.export.parquet import write_parquet
from curator.export.rows import read_rows
from curator.export.sharding import cut_rows
from curator.recipe.model import Container

_BLOCK = 2**20


class Packing(NamedTuple):
    """How the rows of an export are put into files."""

    container: Container
    most: int | None = None
    """Most rows of one file."""
    apart: bool = False
    """Whether the files of a split get a folder of their own, where there may be several."""


def pack(folder: Path, sides: Sequence[str], packing: Packing) -> tuple[dict[str, str], list[str]]:
    """Put `<side>.jsonl` of each side into the container.

    Returns the file of each side (of several files their pattern), and the fields written as JSON
    text. All sides have the same columns.
    """
    rows = {side: folder / f"{side}.jsonl" for side in sides}
    if not rows:
        return {}, []
    if packing.container == "hf":
        columns = common(chain.from_iterable(read_rows(path) for path in rows.values()))
        write_hf(rows, folder, columns, whole=list(rows) == [WHOLE], most=packing.most)
        _remove(rows.values())
        patterns = {side: "*.arrow" if side == WHOLE else f"{side}/*.arrow" for side in rows}
        return patterns, as_json(columns)
    parts = {side: [path] for side, path in rows.items()}
    files = {side: f"{side}.{packing.container}" for side in rows}
    if packing.most:
        homes = {side: folder / side if packing.apart else folder for side in rows}
        parts = {side: cut_rows(path, homes[side], packing.most) for side, path in rows.items()}
        files = {side: f"{side}-*.{packing.container}" for side in rows}
        files = {side: f"{side}/{name}" if packing.apart else name for side, name in files.items()}
    if packing.container == "jsonl":
        return files, []
    written = list(chain.from_iterable(parts.values()))
    columns = common(chain.from_iterable(read_rows(path) for path in written))
    for path in written:
        write_parquet(path, path.with_suffix(".parquet"), columns)
    _remove(written)
    return files, as_json(columns)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()


def fingerprint(folder: Path, files: Mapping[str, str]) -> str:
    """Hash the names and contents of the data files; the same data has the same fingerprint."""
    digest = xxhash.xxh3_64()
    for pattern in files.values():
        for path in sorted(folder.glob(pattern)):
            named = f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0"
            digest.update(named.encode())
            with path.open("rb") as data:
                while block := data.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()
