"""Containers: leave the rows of each split as JSON Lines, or turn them into Parquet or HF files."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import xxhash

from curator.export.assign import WHOLE
from curator.export.columns import as_json, common
from curator.export.hf import write_hf
from curator.export.parquet import write_parquet
from curator.export.rows import read_rows
from curator.recipe.model import Container

_BLOCK = 2**20


def pack(
    folder: Path, sides: Sequence[str], container: Container
) -> tuple[dict[str, str], list[str]]:
    """Put `<side>.jsonl` of each side into the container.

    Returns the file (hf: the Arrow files) of each side, and the fields written as JSON text. All
    sides have the same columns.
    """
    rows = {side: folder / f"{side}.jsonl" for side in sides}
    if container == "jsonl" or not rows:
        return {side: path.name for side, path in rows.items()}, []
    columns = common(chain.from_iterable(read_rows(path) for path in rows.values()))
    if container == "parquet":
        for path in rows.values():
            write_parquet(path, path.with_suffix(".parquet"), columns)
        files = {side: f"{side}.parquet" for side in rows}
    else:
        write_hf(rows, folder, columns, whole=list(rows) == [WHOLE])
        files = {side: "*.arrow" if side == WHOLE else f"{side}/*.arrow" for side in rows}
    for path in rows.values():
        path.unlink()
    return files, as_json(columns)


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
