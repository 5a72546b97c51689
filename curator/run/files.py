"""Write files so that what is there is whole: a temporary name first, then a rename."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from curator.errors import RunError

_PRIVATE = 0o600


@contextlib.contextmanager
def atomic_path(target: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary path beside the target, and put it in the target's place at the end.

    After an exception, or a kill, the target is as it was. `private` files are readable by their
    owner only.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        if private:  # from the first byte on: whoever writes to the path keeps its mode
            temporary.touch(_PRIVATE, exist_ok=False)
        yield temporary
        if private:
            temporary.chmod(_PRIVATE)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder, and put it in the target's place, whole, at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        if target.exists():
            old = target.with_name(f".{target.name}.{os.getpid()}.old")
            target.replace(old)
            temporary.replace(target)
            shutil.rmtree(old)
        else:
            temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def make_folder(path: Path) -> None:
    """Make a folder that results will be written to.

    Raises:
        RunError: it cannot be made, or something else lies there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"{path} cannot be a folder ({error.strerror}): choose another one with --out"
        ) from error


def sweep(root: Path) -> None:
    """Remove what a killed process left under a temporary name; call it with the lock held."""
    for leftover in [*root.rglob(".*.tmp"), *root.rglob(".*.old")]:
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)


def write_text(target: Path, text: str, *, private: bool = False) -> None:
    """Write a text file whole."""
    with atomic_path(target, private=private) as path:
        path.write_text(text, encoding="utf-8")


def write_frame(target: Path, frame: pl.DataFrame, *, private: bool = False) -> None:
    """Write a Parquet file whole, with row groups that depend on nothing but the rows.

    A target called `.arrow` is written as it lies in memory, to be mapped.
    """
    with atomic_path(target, private=private) as path:
        if target.suffix == ".arrow":
            frame.write_ipc(path, compression="uncompressed")
            return
        frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=65_536)


def scan_frames(paths: Sequence[Path]) -> pl.LazyFrame:
    """Read what `write_frame` wrote, one file after the other; `.arrow` files are mapped."""
    if paths[0].suffix == ".arrow":
        return pl.scan_ipc(list(paths))
    return pl.scan_parquet(list(paths))
