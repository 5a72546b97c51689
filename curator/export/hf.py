"""Hugging Face: write the splits as a folder that `datasets.load_from_disk` opens."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xxhash

from curator.errors import MissingExtraError
from curator.export.columns import Type, encode
from curator.export.rows import read_rows


def write_hf(
    splits: Mapping[str, Path],
    folder: Path,
    columns: dict[str, Type],
    *,
    whole: bool,
    most: int | None = None,
) -> None:
    """Write JSON Lines files as one data set (`whole`) or as a dictionary of splits.

    No Arrow file has more than `most` rows.

    Fields without a common type are of the library's own Json type: objects go in and come out.
    """
    datasets = _library()
    staging = folder / ".staging"
    staging.mkdir()
    with _no_progress_bars(datasets):
        written = {
            side: _data_set(datasets, rows, staging / f"{side}.arrow", columns)
            for side, rows in splits.items()
        }
        if whole:
            for data_set in written.values():
                data_set.save_to_disk(folder, num_shards=_files(data_set, most))
        else:
            files = {side: _files(data_set, most) for side, data_set in written.items()}
            datasets.DatasetDict(written).save_to_disk(folder, num_shards=files)
    shutil.rmtree(staging)


def save_frames(frames: Mapping[str, Any], folder: Path) -> None:
    """Write Polars frames as a dictionary of splits."""
    datasets = _library()
    with _no_progress_bars(datasets):
        data = {side: datasets.Dataset.from_polars(frame) for side, frame in frames.items()}
        datasets.DatasetDict(data).save_to_disk(folder)


def _files(data_set: Any, most: int | None) -> int | None:
    return max(1, -(-len(data_set) // most)) if most else None


def require_hf() -> None:
    """Fail early, and with the command that helps, when the library is not installed."""
    _library()


def _library() -> Any:
    try:
        import datasets
    except ImportError:
        raise MissingExtraError("datasets", "hf", "an export `as: hf`") from None
    return datasets


def _data_set(datasets: Any, rows: Path, arrow: Path, columns: dict[str, Type]) -> Any:
    from datasets.arrow_writer import ArrowWriter

    features = datasets.Features({name: _feature(datasets, t) for name, t in columns.items()})
    whole = Type("struct", fields=columns)
    with ArrowWriter(features=features, path=str(arrow)) as writer:
        for row in read_rows(rows):
            writer.write(features.encode_example(encode(row, whole)))
        writer.finalize()
    stored = datasets.Dataset.from_file(str(arrow), info=datasets.DatasetInfo(features=features))
    return datasets.Dataset(stored.data, info=stored.info, fingerprint=_fingerprint(rows))


def _fingerprint(rows: Path) -> str:
    """Name the data by its content; the library's own names hold the time."""
    digest = xxhash.xxh3_64()
    with rows.open("rb") as lines:
        for line in lines:
            digest.update(line)
    return digest.hexdigest()


def _feature(datasets: Any, type_: Type) -> Any:
    if type_.item:
        return datasets.List(_feature(datasets, type_.item))
    if type_.fields:
        return {name: _feature(datasets, said) for name, said in type_.fields.items()}
    if type_.name == "json":
        return datasets.Json()
    scalars = {"int": "int64", "float": "float64", "bool": "bool"}
    return datasets.Value(scalars.get(type_.name, "string"))


@contextlib.contextmanager
def _no_progress_bars(datasets: Any) -> Iterator[None]:
    """Keep the library from drawing on the terminal of a program that has its own progress."""
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()
