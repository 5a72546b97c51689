"""Sources: the files behind a recipe's input, in its order."""

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path

from curator.ingest import Finder, Place, Source, refuse_twice
from curator.pipeline.events import Event, Listener
from curator.recipe import Input
from curator.remote import Watch


def sources_of(inputs: Sequence[Input], finder: Finder, said: Sequence[str] = ()) -> list[Source]:
    """List the files of some inputs, in their order, with the names that records carry.

    `said` tells for each input where the recipe says it; it may be shorter.
    """
    refuse_twice([entry.path for entry in inputs])
    found: list[Source] = []
    for number, entry in enumerate(inputs):
        places = finder.find(entry.path, allow_private=entry.allow_private)
        found += [
            Source(
                place.path,
                name,
                entry.format,
                entry.columns,
                entry.licence,
                said[number] if number < len(said) else "",
                number,
            )
            for place, name in zip(places, _names(entry, places, finder.base), strict=True)
        ]
    return found


def watch_for(listener: Listener) -> Watch:
    """Tell a listener what is fetched."""
    return Watch(
        note=lambda text: listener(Event("note", text)),
        progress=lambda name, done, total: listener(Event("fetched", name, done, total)),
    )


def _names(entry: Input, places: Sequence[Place], base: Path) -> list[str]:
    """Name the files of an input: by their path or address, or below the input's own name."""
    names = [place.name or Path(os.path.relpath(place.path, base)).as_posix() for place in places]
    if entry.name is None:
        return names
    if len(names) == 1:
        return [entry.name]
    common = os.path.commonpath([posixpath.dirname(name) or "." for name in names])
    return [f"{entry.name}/{posixpath.relpath(name, common)}" for name in names]
