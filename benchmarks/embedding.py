"""Measure the bundled embedder: rows a second, and how well it tells paraphrases.

Usage: python benchmarks/embedding.py [DATA_FOLDER] [--model hub:./folder] [--rows N]
"""

import argparse
import gzip
import json
import os
import statistics
import time
from pathlib import Path

import numpy as np

from curator.models import embedder
from curator.models.quality_figures import auroc

_SAME, _OTHER = 4.5, 3.0
"""Scores of STS from which on a pair counts as a paraphrase, and up to which as none."""
_TRIES = 5


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--rows", type=int, default=None)
    asked = parser.parse_args()
    rows = json.loads((asked.data / "instructions/alpaca_random_9k.json").read_bytes())[
        : asked.rows
    ]
    found = embedder(asked.model)
    for name, fields in (
        ("prompts", ("instruction", "input")),
        ("whole records", ("instruction", "input", "output")),
    ):
        texts = ["\n\n".join(row[field] for field in fields) for row in rows]
        found.embed(texts[:100])
        speeds = []
        for _ in range(_TRIES):
            began = time.perf_counter()
            found.embed(texts)
            speeds.append(len(texts) / (time.perf_counter() - began))
        print(f"{name}: {statistics.median(speeds):,.0f} rows a second (median of {_TRIES})")
    print(f"STS, paraphrases against others: AUROC {_sts(asked.data, asked.model):.4f}")


def _sts(data: Path, model: str) -> float:
    with gzip.open(data / "similarity/sts_2012_2016.jsonl.gz", "rt", encoding="utf-8") as handle:
        rows = [json.loads(line) for line in handle]
    pairs = [row for row in rows if row["score"] >= _SAME or row["score"] <= _OTHER]
    left, right = (embedder(model).embed([row[side] for row in pairs]) for side in "ab")
    same = np.array([row["score"] >= _SAME for row in pairs])
    return auroc(same, (left * right).sum(1).astype(np.float64))


if __name__ == "__main__":
    main()
