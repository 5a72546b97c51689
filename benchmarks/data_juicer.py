"""Time eight text operators from file to file, beside Data-Juicer 1.6.1.

Usage: python benchmarks/data_juicer.py OTHER_PYTHON [DATA_FOLDER] [--repeats 3] [--peer-repeats 1]

OTHER_PYTHON is the interpreter of an environment of its own, for Data-Juicer wants other versions
of many packages: python -m venv other; other/bin/pip install py-data-juicer==1.6.1 aiohttp.

Both read the same JSON Lines (t0_55k, unpacked, 55,185 rows), measure the field `prompt`, drop
exact and near duplicates of it (128 permutations, shingles of five words, similarity 0.8), and
write JSON Lines; the clock runs from the start of the process to its end. No limit drops anything,
so that every operator sees every row. Data-Juicer runs with two processes, its operators fused
where it can, without tracer and cache. Runs alternate; what is printed are medians. Curator writes
a report besides.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECIPE = Path(__file__).with_suffix(".yaml")
OPERATORS: list[dict[str, dict[str, object]]] = [
    {"text_length_filter": {"min_len": 0}},
    {"words_num_filter": {"min_num": 0}},
    {"alphanumeric_filter": {"min_ratio": 0.0}},
    {"character_repetition_filter": {"rep_len": 10, "max_ratio": 1.0}},
    {"word_repetition_filter": {"rep_len": 10, "max_ratio": 1.0}},
    {"special_characters_filter": {"max_ratio": 1.0}},
    {"document_deduplicator": {}},
    {
        "document_minhash_deduplicator": {
            "tokenization": "space",
            "window_size": 5,
            "num_permutations": 128,
            "jaccard_threshold": 0.8,
        }
    },
]


def main() -> None:
    """Run both some times, in turns, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("other", type=Path, help="the interpreter that has Data-Juicer")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer-repeats", type=int, default=1)
    asked = parser.parse_args()
    packed = asked.data / "instructions" / "t0_55k.jsonl.gz"
    peer = asked.other.with_name("dj-process")
    for needed in (packed, peer):
        if not needed.exists():
            sys.exit(f"{needed} is not there")
    subprocess.run([sys.executable, "-m", "curator", "doctor", "--warm"], capture_output=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "t0_55k.jsonl"
        with gzip.open(packed) as source, data.open("wb") as target:
            shutil.copyfileobj(source, target)
        ours, theirs = [], []
        for turn in range(max(asked.repeats, asked.peer_repeats)):
            if turn < asked.peer_repeats:
                theirs.append(_time(_peer(peer, folder, data), folder / "theirs.jsonl"))
            if turn < asked.repeats:
                written = folder / "run" / "export" / "prompt_completion" / "data.jsonl"
                ours.append(_time(_curator(folder, data), written))
    _show(ours, theirs)


def _curator(folder: Path, data: Path) -> list[str]:
    command = [sys.executable, "-m", "curator", "run", str(RECIPE), "--input", str(data)]
    return [*command, "--fresh", "--out", str(folder / "run")]


def _peer(program: Path, folder: Path, data: Path) -> list[str]:
    """Write Data-Juicer's configuration; JSON is YAML."""
    said = {
        "project_name": "eight",
        "dataset_path": str(data),
        "export_path": str(folder / "theirs.jsonl"),
        "work_dir": str(folder / "work"),
        "text_keys": "prompt",
        "np": 2,
        "op_fusion": True,
        "open_tracer": False,
        "use_cache": False,
        "process": OPERATORS,
    }
    config = folder / "data_juicer.json.yaml"
    config.write_text(json.dumps(said))
    return [str(program), "--config", str(config)]


def _time(command: list[str], written: Path) -> tuple[float, float, int]:
    """Run a command: wall seconds, CPU seconds, and rows written."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - began, os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    busy = after.children_user + after.children_system
    busy -= before.children_user + before.children_system
    with written.open("rb") as lines:
        return seconds, busy, sum(1 for _ in lines)


def _show(ours: list[tuple[float, float, int]], theirs: list[tuple[float, float, int]]) -> None:
    print("| contender | seconds | CPU seconds | rows written |\n|---|---:|---:|---:|")
    medians = {}
    for name, found in (("curator", ours), ("Data-Juicer 1.6.1", theirs)):
        seconds, busy, rows = (statistics.median(column) for column in zip(*found, strict=True))
        medians[name] = seconds, busy
        print(f"| {name} | {seconds:.1f} | {busy:.1f} | {rows:,.0f} |")
    wall, cpu = (their / our for our, their in zip(*medians.values(), strict=True))
    print(f"\nData-Juicer takes {wall:.1f} times as long, and {cpu:.1f} times the CPU time.")


if __name__ == "__main__":
    main()
