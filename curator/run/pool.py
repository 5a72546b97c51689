"""Pool files: what a selection reads of a run's records besides their scores."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.decide import Pool
from curator.errors import RunError
from curator.features import Feature, answered_tokens, asked_tokens
from curator.recipe import Recipe
from curator.recipe.budget import RECORD_COLUMNS
from curator.recipe.model import input_names
from curator.recipe.spread import Rds
from curator.run.files import scan_frames
from curator.run.layout import Layout
from curator.run.manifest import Shard


def pool_of(
    layout: Layout, recipe: Recipe, shards: Sequence[Shard], entries: Sequence[int]
) -> Pool:
    """Read what the recipe's method needs, and nothing else.

    `entries` says for each shard which entry under `input:` it came from.
    """
    settings = recipe.select
    if settings is None or not shards:
        return Pool()
    names = [name for name in settings.columns() if name in RECORD_COLUMNS]
    vectors = [_vectors(layout, feature, shards) for feature in settings.features()]
    return Pool(
        _columns(layout, names, shards, _inputs(recipe, shards, entries)),
        vectors[0] if vectors else None,
        _targets(layout, settings) if isinstance(settings, Rds) else None,
    )


def _columns(
    layout: Layout, names: Sequence[str], shards: Sequence[Shard], inputs: pl.Series
) -> pl.DataFrame:
    """Return record columns in run order; texts are streamed, and only their tokens kept."""
    derived = {"tokens": (asked_tokens() + answered_tokens()).alias("tokens")}
    records = pl.scan_parquet([layout.shard(shard.file) for shard in shards])
    wanted = [derived.get(name, pl.col(name)) for name in names if name != "input"]
    found = [records.select(wanted).collect(engine="streaming")] if wanted else []
    if not names:
        return pl.DataFrame()
    return pl.concat([*found, *([inputs.to_frame()] if "input" in names else [])], how="horizontal")


def _inputs(recipe: Recipe, shards: Sequence[Shard], entries: Sequence[int]) -> pl.Series:
    names = pl.Series("input", input_names(recipe.input), dtype=pl.String)
    sizes = [shard.records for shard in shards]
    return names.gather(np.repeat(np.array(entries, dtype=np.int64), sizes))


def _vectors(layout: Layout, feature: Feature, shards: Sequence[Shard]) -> NDArray[np.float32]:
    files = [layout.feature(feature, shard.hash) for shard in shards]
    found: NDArray[np.float32] = scan_frames(files).collect()[feature.tag].to_numpy()
    return found


def _targets(layout: Layout, settings: Rds) -> NDArray[np.float32]:
    feature = settings.features()[0]
    path = layout.target(feature, settings.target_sha256 or "")
    if not path.exists():
        raise RunError(
            f"{layout.root} holds no embeddings of the target {settings.target}: run its recipe "
            f"again"
        )
    found: NDArray[np.float32] = scan_frames([path]).collect()[feature.tag].to_numpy()
    return found
