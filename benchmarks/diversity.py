"""Measure the diversity report: how right the verbs are, how true the map, and what all costs.

    python benchmarks/diversity.py DATA

DATA is the folder of the real data. The labels in benchmarks/labels/verbs.csv were written by
reading 200 prompts before any rule was; they hold contents and no texts.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

import curator
from curator.diversity.atlas import atlas_of
from curator.diversity.neighbours import nearest
from curator.diversity.points import points_of
from curator.diversity.vendi import vendi
from curator.diversity.verbs import asked_of
from curator.models import embedder

LABELS = Path(__file__).parent / "labels" / "verbs.csv"
SETS = {
    "alpaca_random_9k": "instructions/alpaca_random_9k.json",
    "lima": "formats/lima.json",
    "dolly_categories": "tasks/dolly_categories.json",
    "code_alpaca_2k": "instructions/code_alpaca_2k.json",
}
TIMED = {"alpaca_random_9k": SETS["alpaca_random_9k"], "t0_55k": "instructions/t0_55k.jsonl.gz"}
NEIGHBOURS, AROUND = 15, 50


def records_of(*paths: Path) -> pl.DataFrame:
    """Read files as records: `content, prompt`."""
    with tempfile.TemporaryDirectory() as name:
        recipe = Path(name) / "recipe.yaml"
        inputs = ", ".join(f"{{path: {path.resolve()}}}" for path in paths)
        recipe.write_text(f"input: [{inputs}]\n")
        run = curator.curate(recipe, out=Path(name) / "run")
        return run.records().select("content", "prompt").collect()


def verbs(data: Path) -> None:
    """Print which share of the labelled prompts the rules read as the labels say."""
    labels = pl.read_csv(LABELS)
    records = records_of(*(data / path for path in SETS.values())).unique("content")
    known = labels.join(records, on="content", how="left", maintain_order="left")
    asked = [asked_of(prompt) for prompt in known["prompt"]]
    told = pl.DataFrame(asked, {"v": pl.String, "o": pl.String}, orient="row").hstack(known)
    verb, object_ = pl.col("v").eq_missing(pl.col("verb")), pl.col("o").eq_missing(pl.col("object"))
    right = told.select("set", verb.alias("verb"), object_.alias("object"), both=verb & object_)
    print(right.select(pl.lit("all").alias("set"), pl.col("verb", "object", "both").mean()))
    print(right.group_by("set", maintain_order=True).agg(pl.all().mean()))
    prompts = records["prompt"].fill_null("").to_list()
    began = time.process_time()
    for prompt in prompts:
        asked_of(prompt)
    spent = time.process_time() - began
    print(f"verbs: {1e4 * spent / len(prompts):.2f} s of CPU for 10,000 prompts")


def maps(name: str, path: Path) -> None:
    """Print what a map costs, and how many of the nearest neighbours are near on it."""
    records = records_of(path)
    began = time.perf_counter()
    vectors = embedder().embed(records["prompt"].fill_null("").to_list())
    embedded = time.perf_counter()
    frame = records.select("content", pl.col("prompt").alias("text")).with_columns(
        pl.Series("embedding", vectors, dtype=pl.Array(pl.Float32, vectors.shape[1]))
    )
    cpu = time.process_time()
    placed = atlas_of(frame)
    cpu, mapped = time.process_time() - cpu, time.perf_counter()
    score = vendi(vectors)
    print(
        f"{name}: {len(vectors):,} records, embedded in {embedded - began:.1f} s, mapped in "
        f"{mapped - embedded:.1f} s ({cpu:.1f} s of CPU), Vendi score {score:.1f} in "
        f"{time.perf_counter() - mapped:.2f} s; {kept_near(vectors, placed):.3f} of the "
        f"{NEIGHBOURS} nearest are among the {AROUND} nearest on the map"
    )


def kept_near(vectors: np.ndarray, placed: pl.DataFrame, asked: int = 1000) -> float:
    """Return the share of neighbours of different records that are near on the map as well."""
    points = points_of(vectors)
    _, first = np.unique(points, axis=0, return_index=True)
    first = first[points[first].any(axis=1)]
    points, places = points[first], placed.select("x", "y").to_numpy()[first]
    rows, _ = nearest(points, NEIGHBOURS + 1, len(points))
    found = []
    for row in np.linspace(0, len(points) - 1, asked).astype(int):
        away = ((places - places[row]) ** 2).sum(axis=1)
        near = np.argpartition(away, AROUND)[: AROUND + 1]
        own = rows[row][rows[row] != row]
        found.append(len(np.intersect1d(near, own)) / len(own))
    return float(np.mean(found))


def main(data: Path) -> None:
    """Measure everything."""
    verbs(data)
    for name, path in TIMED.items():
        maps(name, data / path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
