"""Targets: the set that a selection moves toward, read and measured once."""

import hashlib
import time
from pathlib import Path

import polars as pl

from curator.errors import RunError
from curator.ingest import Finder, Ingested, Source, read_source
from curator.pipeline.events import Event, Listener
from curator.pipeline.journal import log
from curator.recipe import Recipe
from curator.recipe.spread import Rds
from curator.records import Origin, content_of, frame_of
from curator.run import Snapshot, adopt, write_frame


def pin_target(recipe: Recipe, finder: Finder) -> Recipe:
    """Write the sha256 of the target into the recipe; another one than it names is an error."""
    settings = recipe.select
    if not isinstance(settings, Rds):
        return recipe
    with _file(settings, finder).open("rb") as data:
        found = hashlib.file_digest(data, "sha256").hexdigest()
    if settings.target_sha256 not in (None, found):
        raise RunError(
            f"`select:` wants the target {settings.target} with sha256 {settings.target_sha256}, "
            f"and it has {found}: put the file back, or delete `target_sha256:`"
        )
    pinned = settings.model_copy(update={"target_sha256": found})
    return recipe.model_copy(update={"select": pinned})


def measure_target(snapshot: Snapshot, finder: Finder, listener: Listener) -> None:
    """Embed the target of a pinned recipe, unless that was done."""
    settings = snapshot.recipe.select
    if not isinstance(settings, Rds):
        return
    feature = settings.features()[0]
    path = snapshot.layout.target(feature, settings.target_sha256 or "")
    if adopt(snapshot.layout, path):
        return
    began = time.perf_counter()
    records = _records(settings, _file(settings, finder))
    write_frame(path, feature.compute(records).to_frame())
    seconds = round(time.perf_counter() - began, 4)
    label = {"label": "select", "key": feature.key(), "rows": records.height}
    log(snapshot.layout, event="measured", **label, seconds=seconds)
    listener(Event("measured", "select", records.height, records.height, seconds))


def _file(settings: Rds, finder: Finder) -> Path:
    places = finder.find(settings.target)
    if len(places) != 1:
        raise RunError(f"`select:` needs one file as target: {settings.target} is {len(places)}")
    return places[0].path


def _records(settings: Rds, path: Path) -> pl.DataFrame:
    """Read the target whole; a row that is no record is an error, for nobody would miss it."""
    found = list(read_source(Source(path, settings.target)))
    records = [item for item in found if isinstance(item, Ingested)]
    for item in found:
        if not isinstance(item, Ingested):
            raise RunError(f"the target {settings.target}:{item.row} is no record: {item.error}")
    if not records:
        raise RunError(f"there is no row in the target {settings.target}")
    contents = [content_of(item.record) for item in records]
    origins = [
        Origin(f"{content}-{place}", content, settings.target, item.row)
        for place, (item, content) in enumerate(zip(records, contents, strict=True))
    ]
    return frame_of([item.record for item in records], origins)
