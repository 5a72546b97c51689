"""Containers: leave the rows of each split as JSON Lines, or turn them into Parquet or HF files."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from curator.export.assign import WHOLE
from curator.export.columns import as_json, common
from curator.export.hf import write_hf
from curator.export.parquet import write_parquet
from curator.export.rows import read_rows
from curator.recipe.model import Container


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
