"""Near-duplicates: ours, datasketch and rensa side by side, texts in memory to settled decisions.

Run `python benchmarks/near_duplicates.py DATA` where DATA holds `instructions/t0_55k.jsonl.gz`.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from curator.dedup import expand, hash_shingles, near_pairs, prepare, settle
from curator.dedup.banding import choose_bands
from curator.dedup.pairs import View
from curator.dedup.sets import distinct
from curator.errors import MissingExtraError

THRESHOLD, FLOOR, NUM_PERM = 0.8, 0.7, 128
PEERS = ("datasketch", "rensa", "scipy")
BANDS = choose_bands(NUM_PERM, THRESHOLD, FLOOR)


class Timed(NamedTuple):
    """How one contender did: medians over its runs, and the rows it dropped.

    On a shared machine the seconds of all its threads, `cpu`, are steadier than those of the clock.
    """

    name: str
    seconds: float
    cpu: float
    runs: int
    dropped: int


def main() -> None:
    """Time every contender in turn, measure recall, and print a Markdown table."""
    arguments = _parse(sys.argv[1:])
    records = load(arguments.data)[: arguments.rows]
    peers = {name: load_peer(name) for name in PEERS}
    texts = records["text"].to_list()
    contenders: list[tuple[str, Callable[[], int], int]] = [
        ("curator, text", lambda: ours(records, "text"), arguments.repeats),
        ("curator, pair", lambda: ours(records, "pair"), arguments.repeats),
        ("rensa, text", lambda: rensa(peers["rensa"], texts), arguments.peer_repeats),
        (
            "datasketch, text",
            lambda: datasketch(peers["datasketch"], texts),
            arguments.peer_repeats,
        ),
    ]
    ours(records.head(500), "pair")
    ours(records.head(500), "text")
    results = measure(contenders)
    facts = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: version(name) for name in ("polars", "numba", "numpy", *PEERS)},
        "rows": records.height,
        "bands": list(BANDS),
        "contenders": [result._asdict() for result in results],
        "recall": recall(records["text"]) if arguments.recall else None,
    }
    print(table(results, records.height))
    print(json.dumps({k: v for k, v in facts.items() if k != "contenders"}, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with instructions/t0_55k.jsonl.gz")
    parser.add_argument("--rows", type=int, default=None, help="only the first rows")
    parser.add_argument("--repeats", type=int, default=7, help="runs of ours")
    parser.add_argument("--peer-repeats", type=int, default=3, help="runs of each peer")
    parser.add_argument("--no-recall", dest="recall", action="store_false")
    parser.add_argument("--json", type=Path, help="write the facts here too")
    return parser.parse_args(words)


def load_peer(name: str) -> Any:
    """Import a peer, or say how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(name, "bench", "this benchmark") from error


def load(data: Path) -> pl.DataFrame:
    """Read prompt and completion of every row, as curator's views have them."""
    with gzip.open(data / "instructions" / "t0_55k.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return pl.DataFrame(
        {
            "prompt": [row["prompt"] for row in rows],
            "response": [row["completion"] for row in rows],
            "text": [f"{row['prompt']}\n\n{row['completion']}" for row in rows],
        }
    )


def measure(contenders: list[tuple[str, Callable[[], int], int]]) -> list[Timed]:
    """Run the contenders in turns, each as often as it says, so that all meet the same weather."""
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name, _, _ in contenders}
    for turn in range(max(runs for _, _, runs in contenders)):
        for name, work, runs in contenders:
            if turn < runs:
                start, started = time.perf_counter(), time.process_time()
                dropped = work()
                stopped = time.process_time()
                taken[name].append((time.perf_counter() - start, stopped - started, dropped))
    return [
        Timed(
            name,
            statistics.median(seconds for seconds, _, _ in runs),
            statistics.median(cpu for _, cpu, _ in runs),
            len(runs),
            runs[-1][2],
        )
        for name, runs in taken.items()
    ]


def ours(records: pl.DataFrame, view: View) -> int:
    """Find verified pairs, prepare and settle them; return how many rows are dropped."""
    pairs = near_pairs(records, view=view, floor=FLOOR, threshold=THRESHOLD, num_perm=NUM_PERM)
    height = records.height
    nobody, none = np.zeros(height, np.bool_), np.zeros((0, 2), np.int64)
    layer = prepare(pairs, height)
    settled = settle(np.arange(height), nobody, [layer], [THRESHOLD], [True], none)
    return int(settled.dropped.sum())


def word_shingles(text: str) -> list[str]:
    """Return runs of five words, as users of both peers write it."""
    words = text.lower().split()
    return [" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))]


def datasketch(module: Any, texts: list[str]) -> int:
    """Drop each text that has an earlier kept candidate, unverified."""
    index = module.MinHashLSH(num_perm=NUM_PERM, params=tuple(BANDS))
    dropped = 0
    for row, text in enumerate(texts):
        sketch = module.MinHash(num_perm=NUM_PERM, seed=1)
        sketch.update_batch([shingle.encode() for shingle in word_shingles(text)])
        if index.query(sketch):
            dropped += 1
        else:
            index.insert(row, sketch, check_duplication=False)
    return dropped


def rensa(module: Any, texts: list[str]) -> int:
    """Do the same with rensa's sketches and index; its bands must divide the permutations."""
    index = module.RMinHashLSH(
        threshold=THRESHOLD, num_perm=BANDS.number * BANDS.rows, num_bands=BANDS.number
    )
    dropped = 0
    for row, text in enumerate(texts):
        sketch = module.RMinHash(num_perm=BANDS.number * BANDS.rows, seed=1)
        sketch.update(word_shingles(text))
        if index.query(sketch):
            dropped += 1
        else:
            index.insert(row, sketch)
    return dropped


def recall(texts: pl.Series) -> dict[str, float]:
    """Compare the pairs found by text with all pairs, from sparse incidence times transpose."""
    frame = texts.to_frame("text")
    pairs = near_pairs(frame, view="text", floor=FLOOR, threshold=THRESHOLD, num_perm=NUM_PERM)
    found = expand(pairs, len(texts))
    truth = all_pairs(texts)
    report: dict[str, float] = {}
    for least in (THRESHOLD, FLOOR):
        wanted = truth.filter(pl.col("similarity") >= least)
        hits = wanted.join(found, on=["left", "right"], how="semi").height
        report[f"pairs at {least}"] = wanted.height
        report[f"recall at {least}"] = hits / max(wanted.height, 1)
    return report


def all_pairs(texts: pl.Series, step: int = 1000) -> pl.DataFrame:
    """Return every pair at or above the floor, in blocks of rows."""
    from scipy import sparse

    sets = distinct(hash_shingles(texts))
    _, columns = np.unique(sets.hashes, return_inverse=True)
    ones = np.ones(len(columns), np.int32)
    incidence = sparse.csr_array((ones, columns.astype(np.int32), sets.offsets))
    sizes, transpose = np.diff(sets.offsets), incidence.T.tocsr()
    parts = []
    for first in range(0, len(texts), step):
        shared = (incidence[first : first + step] @ transpose).tocoo()
        left, right = shared.row.astype(np.int64) + first, shared.col.astype(np.int64)
        similarity = np.round(shared.data / (sizes[left] + sizes[right] - shared.data), 6)
        near = (left < right) & (similarity >= FLOOR)
        columns_of = {"left": left[near], "right": right[near], "similarity": similarity[near]}
        parts.append(pl.DataFrame(columns_of).cast({"left": pl.UInt32, "right": pl.UInt32}))
    return pl.concat(parts)


def table(results: list[Timed], rows: int) -> str:
    """Write the medians as Markdown, with the speed against the slowest contender."""
    slowest = max(result.seconds for result in results)
    lines = [
        "| contender | median s | CPU s | rows/s | times as fast | dropped | runs |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r.name} | {r.seconds:.3f} | {r.cpu:.3f} | {rows / r.seconds:,.0f} "
        f"| {slowest / r.seconds:.1f} | {r.dropped:,} | {r.runs} |"
        for r in results
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
