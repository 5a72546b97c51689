"""Places: what a path of the recipe means, on this machine, elsewhere, or on standard input."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from curator.errors import InputError
from curator.ingest.files import find_files, is_data, no_data
from curator.ingest.folders import data_files
from curator.remote import (
    NAME,
    STANDARD_INPUT,
    WEB,
    Guard,
    Store,
    Watch,
    fetch_web,
    is_remote,
    scheme_of,
    shown,
    spool,
)

_HERE = Path()


class Place(NamedTuple):
    """One file that can be read here, and what it is called."""

    path: Path
    name: str | None
    """Its address without what is secret; None for a file of this machine."""


@dataclass(frozen=True)
class Finder:
    """Finds files, and fetches those that lie elsewhere."""

    base: Path
    """What paths of this machine are relative to."""
    spooled: Path
    """Where standard input is stored."""
    watch: Watch = field(default_factory=Watch)
    _found: dict[str, list[Place]] = field(default_factory=dict)

    def find(self, path: str, *, allow_private: bool = False) -> list[Place]:
        """List the files that a path means, sorted; none is an error. Nothing is fetched twice."""
        if path not in self._found:
            self._found[path] = self._look(path, allow_private=allow_private)
        return self._found[path]

    def _look(self, path: str, *, allow_private: bool) -> list[Place]:
        if path == STANDARD_INPUT:
            return [Place(spool(self.spooled, self.watch), NAME)]
        if not is_remote(path):
            return [Place(file, None) for file in find_files(path, self.base)]
        if scheme_of(path) in WEB:
            fetched = fetch_web(path, Guard(allow_private), self.watch)
            return [Place(fetched, shown(path))]
        return _in_store(Store(path, self.watch))


def path_from(folder: Path, path: str, base: Path = _HERE) -> str:
    """Say a path, relative to `base`, as it is from a folder; an address and `-` stay."""
    if is_remote(path) or path == STANDARD_INPUT:
        return path
    return Path(os.path.relpath(base / path, folder)).as_posix()


def refuse_twice(paths: Sequence[str]) -> None:
    """Refuse to read standard input more than once."""
    if paths.count(STANDARD_INPUT) > 1:
        raise InputError("standard input, `-`, can be read only once")


def _in_store(store: Store) -> list[Place]:
    folder, names = store.names()
    if not folder:
        return [Place(store.fetch(url), url) for url in names]

    def read(name: str) -> str:
        return store.fetch(f"{folder}/{name}").read_text("utf-8", "replace")

    urls = [f"{folder}/{name}" for name in data_files(folder, names, read)]
    places = [Place(store.fetch(url), url) for url in urls]
    files = [place for place in places if is_data(place.path)]
    if not files:
        raise InputError(no_data(folder))
    return files
