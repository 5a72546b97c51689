"""Files that a path of the recipe names: one file, a glob or a folder."""

import glob
from difflib import get_close_matches
from pathlib import Path

from curator.containers.rows import ending_of, read_head
from curator.containers.streams import Stream
from curator.errors import InputError
from curator.ingest.folders import data_files
from curator.ingest.model import Source
from curator.ingest.sniff import sniff


def find_files(path: str, base: Path) -> list[Path]:
    """List the files that a path means, relative to `base`, sorted; none is an error."""
    whole = base / Path(path).expanduser()
    if whole.is_file():
        return [whole]
    if whole.is_dir():
        return _files_in(path, whole)
    if glob.has_magic(path):
        files = sorted(Path(name) for name in glob.glob(str(whole), recursive=True))  # noqa: PTH207 — Path.glob takes no absolute pattern
        files = [file for file in files if file.is_file()]
        if files:
            return files
    raise InputError(f"there is no {path}{_nearest(whole)}")


def _files_in(path: str, folder: Path) -> list[Path]:
    names = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]

    def read(name: str) -> str:
        return (folder / name).read_text("utf-8", "replace")

    chosen = [folder / name for name in data_files(path, names, read)]
    files = [file for file in chosen if is_data(file)]
    if not files:
        raise InputError(no_data(path))
    return files


def no_data(path: str) -> str:
    """Say that a folder holds nothing to read."""
    return f"the folder {path} holds no data: no JSON, JSON Lines, CSV, Parquet or Arrow"


def is_data(file: Path) -> bool:
    """Tell data from settings, which are JSON too."""
    return ending_of(file) != ".json" or _holds_rows(file)


def _holds_rows(file: Path) -> bool:
    """Tell data from settings: a JSON file of one object that no shape fits is no data."""
    try:
        found = sniff(Source(file, file.name))
    except InputError:
        return _starts_as_list(file)
    return found.shape is not None or _starts_as_list(file)


def _starts_as_list(file: Path) -> bool:
    return read_head(Stream(file)).lstrip()[:1] == b"["


def _nearest(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return _nearest(folder) if folder != path else ""
    names = [entry.name for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
    near = get_close_matches(path.name, names, n=3, cutoff=0.3) or names[:3]
    return f"; nearest in {folder}: {', '.join(near)}" if near else f"; {folder} is empty"
