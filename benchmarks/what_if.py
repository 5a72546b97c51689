"""Time the question a slider asks: decide again on a million records, in process and from a shell.

Usage: python benchmarks/what_if.py [--records 1000000] [--pairs 2000000] [--folder FOLDER]

The run is made of synthetic scores and pairs in a real run directory: 1,000,000 records, 12 rules,
2,000,000 near-duplicate pairs.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.recipe import parse_recipe
from curator.recipe.load import dump_recipe
from curator.records import RECORD_SCHEMA
from curator.run import (
    FilterCost,
    InputReport,
    Layout,
    Manifest,
    Run,
    Shard,
    write_frame,
    write_text,
)

_SHARD = 50_000
_REPEATS = 5


def main() -> None:
    """Make the run if it is not there, and time the question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "what_if_run")
    asked = parser.parse_args()
    layout = Layout(asked.folder)
    if not layout.manifest.exists():
        synthesise(layout, asked.records, asked.pairs)
    run = Run.open(layout.root)
    rules = sum(len(entry.rules()) for entry in run.recipe.filters) + 1
    began = time.perf_counter()
    run.docket  # noqa: B018 (prepared once, as the dashboard does)
    prepared = time.perf_counter() - began
    asking = [in_process(run, 300 + step) for step in range(_REPEATS)]
    shell = [from_shell(layout.root, 300 + step) for step in range(_REPEATS)]
    print(f"{asked.records:,} records, {rules} rules, {asked.pairs:,} pairs")
    print(f"prepare once           {prepared:.2f} s")
    print(f"what_if in process     {statistics.median(asking):.3f} s (median of {_REPEATS})")
    print(f"whatif from the shell  {statistics.median(shell):.2f} s (median of {_REPEATS})")


def in_process(run: Run, words: int) -> float:
    """Time one question in process."""
    began = time.perf_counter()
    run.what_if({"length": {"max_words": words}, "near_duplicate": {"min_similarity": 0.75}})
    return time.perf_counter() - began


def from_shell(root: Path, words: int) -> float:
    """Time the same question asked of a new process."""
    command = [sys.executable, "-m", "curator", "whatif", str(root)]
    command += [f"length.max_words={words}", "near_duplicate.min_similarity=0.75"]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def synthesise(layout: Layout, records: int, pairs: int) -> None:
    """Write a run of random scores and pairs; its texts are empty, for nobody reads them."""
    chance = np.random.default_rng(0)
    recipe = parse_recipe(
        "input: [{path: none.jsonl}]\n"
        "filters:\n"
        "  - {filter: length}\n"
        "  - {filter: length, name: prompt_length, view: prompt}\n"
        "  - {filter: near_duplicate}\n"
    )
    shards = [
        _shard(layout, recipe.filters, place, size, chance)
        for place, size in enumerate(_sizes(records))
    ]
    manifest = _manifest(records, shards)
    write_text(layout.recipe, dump_recipe(recipe))
    write_text(layout.quarantine, "")
    run_hash = Run(layout.root, recipe, manifest).snapshot.hash
    write_frame(layout.pairs(NearDuplicate(), run_hash), _pairs(records, pairs, chance))
    run = Run(layout.root, recipe, manifest)
    write_frame(layout.decisions, run.what_if({}))
    write_text(layout.manifest, manifest.model_dump_json())


def _sizes(records: int) -> list[int]:
    return [min(_SHARD, records - start) for start in range(0, records, _SHARD)]


def _shard(
    layout: Layout, filters: Sequence[object], place: int, size: int, chance: np.random.Generator
) -> Shard:
    name = f"{place:05d}"
    numbers = pl.Series(chance.integers(0, 2**63, (size, 2)))
    content = pl.Series(
        "content", [f"{a:016x}{b:016x}" for a, b in numbers.to_numpy()], dtype=pl.String
    )
    frame = pl.DataFrame(
        {
            "id": content + "-0",
            "content": content,
            "source": ["synthetic"] * size,
            "row": np.arange(size),
            "response_chars": chance.integers(0, 4_000, size),
        }
    )
    missing = [
        pl.lit(None, dtype=dtype).alias(column)
        for column, dtype in RECORD_SCHEMA.items()
        if column not in frame.columns
    ]
    whole = frame.with_columns(missing).select(list(RECORD_SCHEMA)).cast(RECORD_SCHEMA)
    write_frame(layout.shard(f"{name}.parquet"), whole)
    for entry in filters:
        if isinstance(entry, Length):
            measures = {rule.meta.root_names()[0] for rule in entry.rules().values()}
            scores = {name: chance.integers(1, 2_100, size) for name in sorted(measures)}
            write_frame(layout.score(entry, name), pl.DataFrame(scores))
    return Shard(file=f"{name}.parquet", hash=name, records=size)


def _pairs(records: int, pairs: int, chance: np.random.Generator) -> pl.DataFrame:
    left = chance.integers(0, records, pairs + pairs // 10)
    right = chance.integers(0, records, pairs + pairs // 10)
    return (
        pl.DataFrame(
            {
                "left": np.minimum(left, right).astype(np.uint32),
                "right": np.maximum(left, right).astype(np.uint32),
                "similarity": np.round(chance.uniform(0.7, 0.999, len(left)), 6),
                "verified": np.ones(len(left), dtype=np.bool_),
            }
        )
        .filter(pl.col("left") < pl.col("right"))
        .unique(["left", "right"], maintain_order=True)
        .head(pairs)
        .sort("left", "right")
    )


def _manifest(records: int, shards: list[Shard]) -> Manifest:
    report = InputReport(
        key="0",
        path="none.jsonl",
        name="synthetic",
        sha256="0",
        bytes=0,
        container="jsonl",
        shape="messages",
        confidence=1.0,
        licence=None,
        rows=records,
        records=records,
        quarantined=0,
        repaired=0,
        notes={},
        shards=shards,
    )
    cost = [FilterCost(label=label, key="0", rows=0, seconds=0) for label in ("length",)]
    counts = {"records": records, "kept": 0, "dropped": 0, "quarantined": 0, "rows": records}
    return Manifest(versions={}, seed=0, device="cpu", inputs=[report], counts=counts, filters=cost)


if __name__ == "__main__":
    main()
