"""Semantic duplicates: AUROC on paraphrases, contrasts kept apart, seconds, recall of the index.

    python benchmarks/semantic_pairs.py sts DATA [--model hub:FOLDER] [--rows N]
    python benchmarks/semantic_pairs.py contrast
    python benchmarks/semantic_pairs.py speed DATA
    python benchmarks/semantic_pairs.py index DATA

DATA holds `similarity/` and `instructions/`. Tables in Markdown on standard output.
"""

import argparse
import csv
import gzip
import json
import os
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.dedup import gram_vectors
from curator.dedup.neighbours import indexed_pairs
from curator.dedup.search import close_pairs
from curator.filters._guarded import keeps_apart
from curator.filters.semantic_duplicate import SemanticDuplicate
from curator.models import embedder
from curator.models.quality_figures import auroc

LABELS = Path(__file__).parent / "labels" / "semantic.jsonl"
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0)
HIGH, LOW = 4.5, 3.0
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
Floats = NDArray[np.float64]


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("what", choices=("sts", "contrast", "speed", "index"))
    asked.add_argument("data", type=Path, nargs="?")
    asked.add_argument("--model", default="bundled")
    asked.add_argument("--rows", type=int, default=0)
    said = asked.parse_args()
    if said.what == "contrast":
        contrast()
    elif said.what == "sts":
        sts(said.data, said.model, said.rows)
    else:
        {"speed": speed, "index": index}[said.what](said.data)


def sts(data: Path, model: str, rows: int) -> None:
    """Print the AUROC for every share of the trigrams, on pairs to choose by and on STS."""
    print("| share of trigrams | MSR, training part | STS, >= 4.5 against <= 3 |\n|---:|---:|---:|")
    sets = [cosines(pairs, model) for pairs in (msr(data, rows), sts_pairs(data, rows))]
    for share in SHARES:
        values = [auroc(same, (1 - share) * near + share * spelt) for near, spelt, same in sets]
        print(f"| {share} | {values[0]:.4f} | {values[1]:.4f} |")


def cosines(
    pairs: Sequence[tuple[str, str, bool]], model: str
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the cosine of the embeddings, that of the trigrams, and the label of each pair."""
    texts = list(dict.fromkeys([text for one, other, _ in pairs for text in (one, other)]))
    at = {text: row for row, text in enumerate(texts)}
    rows = np.array([(at[first], at[second]) for first, second, _ in pairs])
    found = []
    for vectors in (embedder(model).embed(texts), gram_vectors(pl.Series(texts))):
        found.append((vectors[rows[:, 0]] * vectors[rows[:, 1]]).sum(axis=1).astype(np.float64))
    return found[0], found[1], np.array([pair[2] for pair in pairs])


def msr(data: Path, rows: int) -> list[tuple[str, str, bool]]:
    """Read the pairs of MSR's training part."""
    text = (data / "similarity/msr_paraphrase_train.tsv").read_text("utf-8-sig")
    lines = list(csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE))
    return _some([(line[3], line[4], line[0] == "1") for line in lines], rows)


def sts_pairs(data: Path, rows: int) -> list[tuple[str, str, bool]]:
    """Read the pairs of STS 2012 to 2016 that mean the same or surely do not."""
    with gzip.open(data / "similarity/sts_2012_2016.jsonl.gz", "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    sure = [one for one in found if one["score"] >= HIGH or one["score"] <= LOW]
    return _some([(one["a"], one["b"], one["score"] >= HIGH) for one in sure], rows)


def _some(pairs: list[tuple[str, str, bool]], rows: int) -> list[tuple[str, str, bool]]:
    return pairs[:: max(1, len(pairs) // rows)] if rows else pairs


def contrast() -> None:
    """Print how many written contrasts are kept apart, by kind, and paraphrases found."""
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    pairs = [(row["a"], row["b"], row["same"]) for row in rows]
    near, spelt, same = cosines(pairs, "bundled")
    entry = SemanticDuplicate()
    similar = (1 - entry.spelling) * near + entry.spelling * spelt
    apart = np.array([keeps_apart(one, other, entry.guards) for one, other, _ in pairs])
    kinds: dict[str, list[int]] = {}
    for row, kept in zip(rows, apart, strict=True):
        counts = kinds.setdefault(row["kind"], [0, 0])
        counts[0] += 1
        counts[1] += int(kept)
    print("| kind | pairs | kept apart by the guards |\n|---|---:|---:|")
    for kind, (count, kept) in kinds.items():
        print(f"| {kind} | {count} | {kept} |")
    print("\n| from | contrasts merged without guards | with | paraphrases found without | with |")
    print("|---:|---:|---:|---:|---:|")
    for least in THRESHOLDS:
        high = similar >= least
        found = [high & ~same, high & ~same & ~apart, high & same, high & same & ~apart]
        print(f"| {least} | " + " | ".join(str(one.sum()) for one in found) + " |")


def t0(data: Path) -> pl.DataFrame:
    """Read t0_55k as records, what the filter reads of them."""
    with gzip.open(data / "instructions/t0_55k.jsonl.gz", "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [json.loads(line) for line in file]
    none = {"follow_up": pl.String, "rejected_text": pl.String, "setting": pl.String}
    texts = {
        "prompt": [row["prompt"] for row in rows],
        "response": [row["completion"].replace("<|endoftext|>", "").strip() for row in rows],
    }
    empty = [pl.lit(None, dtype=kind).alias(name) for name, kind in none.items()]
    return pl.DataFrame(texts).with_columns(*empty, label=pl.lit(None, dtype=pl.Boolean))


def speed(data: Path) -> None:
    """Print seconds of the clock and of the processor for t0_55k, by step."""
    records = t0(data)
    entry = SemanticDuplicate()
    feature = entry.features()[0]
    few = records.head(200)
    entry.pairs(few.with_columns(feature.compute(few)).lazy()).collect()
    print("| step | seconds | processor seconds |\n|---|---:|---:|")
    clock, spent = time.perf_counter(), _spent()
    measured = records.with_columns(feature.compute(records))
    clock, spent = _line(f"embed {records.height:,} records, both sides", clock, spent)
    pairs = entry.pairs(measured.lazy()).collect()
    _line(f"guarded search, {pairs.height:,} pairs from {entry.floor}", clock, spent)
    print(f"\nload {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")


def index(data: Path) -> None:
    """Print which share of the pairs the index finds, of all prompts of Alpaca and some of t0."""
    alpaca = json.loads((data / "instructions/alpaca_random_9k.json").read_text("utf-8"))
    sets = {
        "alpaca_random_9k": pl.Series([row["instruction"] + row["input"] for row in alpaca]),
        "t0_55k, every sixth": t0(data)["prompt"].gather_every(6),
    }
    print("| prompts | rows | from | pairs | found | recall | exact s | index s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, texts in sets.items():
        vectors = np.hstack(
            [np.sqrt(0.6) * embedder().embed(texts.to_list()), np.sqrt(0.4) * gram_vectors(texts)]
        ).astype(np.float32)
        for least in (0.7, 0.9):
            print(f"| {name} | {len(texts):,} | {least} | {_recall(vectors, least)} |")


def _recall(vectors: NDArray[np.float32], least: float) -> str:
    began = time.perf_counter()
    exact = {tuple(pair) for block in close_pairs(vectors, least) for pair in block.tolist()}
    middle = time.perf_counter()
    found = {tuple(pair) for block in indexed_pairs(vectors, least) for pair in block.tolist()}
    ended = time.perf_counter()
    both = len(exact & found)
    share = f"{both / max(len(exact), 1):.3f}"
    return f"{len(exact):,} | {both:,} | {share} | {middle - began:.1f} | {ended - middle:.1f}"


def _line(step: str, clock: float, spent: float) -> tuple[float, float]:
    print(f"| {step} | {time.perf_counter() - clock:.1f} | {_spent() - spent:.1f} |", flush=True)
    return time.perf_counter(), _spent()


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
