"""Time every way to select and say how near to the best it comes; on t0_55k by default.

    python benchmarks/selection.py [--rows 55185] [--keep 10000] [--view text]

Objective ratios of facility location are against exact greedy choice on the first 5,000 rows, where
every row knows all others. Templates are the 283 prompt templates the data was made with: how many
of them a selection touches says how diverse it is. Both are asked of a random choice too.
"""

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curator.diversity import (
    UNLIMITED,
    Budget,
    Picks,
    apart,
    coverage,
    facility_location,
    farthest_first,
    in_rounds,
    k_means,
    points_of,
    toward,
)
from curator.models import embedder

DATA = Path(os.environ.get("CURATOR_DATA", "../shared/data")) / "instructions/t0_55k.jsonl.gz"
SMALL = 5_000
TARGETS = 500


def main() -> None:
    """Measure, and print a table in Markdown."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--keep", type=int, default=10_000)
    asked.add_argument("--view", choices=("prompt", "text"), default="text")
    said = asked.parse_args()
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][: said.rows]
    texts = [
        row["prompt"] + ("\n\n" + row["completion"] if said.view == "text" else "") for row in rows
    ]
    began = time.perf_counter()
    points = points_of(embedder("bundled").embed(texts))
    order = np.random.default_rng(0).permutation(len(points))
    points, templates = points[order], np.array([rows[at]["template"] for at in order])
    print(f"{len(points):,} rows, {points.shape[1]} dimensions, embedded in", _since(began))
    every_method(points, templates, said.keep)
    ratios(points[:SMALL])


def every_method(points: NDArray[np.float32], templates: NDArray[np.str_], keep: int) -> None:
    """Time each method and say how well its choice stands for all."""
    spend = Budget(keep, UNLIMITED, np.zeros(len(points), np.int64))
    methods: dict[str, Callable[[], Picks]] = {
        "facility_location": lambda: facility_location(points, spend),
        "k_center": lambda: farthest_first(points, spend),
        "deita, at most 0.9": lambda: apart(points, 0.9, spend),
        f"rds, {TARGETS} targets": lambda: toward(points, points[-TARGETS:], spend),
        "balanced, 100 clusters": lambda: in_rounds(k_means(points, 100).labels, spend, 0),
    }
    print("\n| method | seconds | of two cores | kept | mean similarity to them | templates |")
    print("|---|---:|---:|---:|---:|---:|")
    _line("random", (0.0, 0.0), points, templates, np.arange(min(keep, len(points))))
    for name, method in methods.items():
        began, spent = time.perf_counter(), time.process_time()
        chosen = method().chosen
        cost = time.perf_counter() - began, time.process_time() - spent
        _line(name, cost, points, templates, chosen)


def ratios(points: NDArray[np.float32]) -> None:
    """Say what knowing only the nearest rows costs of the objective."""
    print("\n| kept of 5,000 | neighbours | objective | of exact greedy | random, of it |")
    print("|---:|---:|---:|---:|---:|")
    for keep in (50, 250, 900):
        spend = Budget(keep, UNLIMITED, np.zeros(len(points), np.int64))
        exact = coverage(points, facility_location(points, spend, neighbours=len(points)).chosen)
        chance = coverage(points, np.arange(keep)) / exact
        for neighbours in (64, None):
            found = coverage(points, facility_location(points, spend, 0, neighbours).chosen)
            named = neighbours or "chosen by itself"
            print(f"| {keep} | {named} | {found:.4f} | {found / exact:.4f} | {chance:.4f} |")


def _line(
    name: str,
    cost: tuple[float, float],
    points: NDArray[np.float32],
    templates: NDArray[np.str_],
    chosen: NDArray[np.int64],
) -> None:
    near, touched = coverage(points, chosen), len(set(templates[chosen].tolist()))
    seconds, of_cores = cost
    figures = f"{seconds:.1f} | {of_cores:.1f} | {len(chosen):,} | {near:.4f} | {touched}"
    print(f"| {name} | {figures} |", flush=True)


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    main()
