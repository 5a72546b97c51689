"""Time `curator run` from the shell, and its peak memory (PSS over the process tree).

Usage: python benchmarks/whole_run.py [DATA_FOLDER] [--repeats 3]

Runs t0_55k (55,185 rows) three ways: near-duplicates only, all filters, and all filters with the
repairs that `curator init` proposes. Kernels are compiled beforehand; every run starts fresh.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

_FILTERS = ["structure", "empty", "length", "repetition", "refusal", "truncated"]
_DUPLICATES = ["exact_duplicate", "near_duplicate"]
_REPAIRS = ["unicode", "special_tokens", "placeholders", "whitespace"]
CASES = {
    "near_duplicate only": (["near_duplicate"], []),
    "all filters": (_FILTERS + _DUPLICATES, []),
    "all filters and repairs": (_FILTERS + _DUPLICATES, _REPAIRS),
}


def main() -> None:
    """Run every case some times, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    data = asked.data / "instructions" / "t0_55k.jsonl.gz"
    if not data.exists():
        sys.exit(f"{data} is not there: name the data folder")
    subprocess.run([sys.executable, "-m", "curator", "doctor", "--warm"], capture_output=True)
    print("| case | seconds | peak memory | CPU seconds |\n|---|---:|---:|---:|")
    for name, (filters, repairs) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            recipe = write_recipe(Path(folder), data, filters, repairs)
            found = [measure(recipe) for _ in range(asked.repeats)]
        seconds, memory, busy = (statistics.median(column) for column in zip(*found, strict=True))
        print(f"| {name} | {seconds:.1f} | {memory / 1e9:.2f} GB | {busy:.1f} |")


def write_recipe(folder: Path, data: Path, filters: list[str], repairs: list[str]) -> Path:
    """Write the recipe of one case; JSON is YAML."""
    said = {
        "input": [{"path": str(data.resolve())}],
        "repairs": repairs,
        "filters": [{"filter": name} for name in filters],
    }
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(said))
    return path


def measure(recipe: Path) -> tuple[float, float, float]:
    """Run the recipe afresh: wall seconds, peak PSS in bytes, CPU seconds."""
    command = [sys.executable, "-m", "curator", "run", str(recipe), "--fresh"]
    return measure_command([*command, "--out", str(recipe.parent / "run")])


def measure_command(command: list[str]) -> tuple[float, float, float]:
    """Run a command: wall seconds, peak PSS of its processes in bytes, CPU seconds."""
    before, began = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    code = process.wait()
    seconds, after = time.perf_counter() - began, os.times()
    watcher.join()
    if code != 0:
        sys.exit(f"the run failed: {' '.join(command)}")
    busy = after.children_user + after.children_system
    return seconds, float(peak[0]), busy - before.children_user - before.children_system


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    root = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        try:
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        for one in tree:
            try:
                total += one.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        peak[0] = max(peak[0], total)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
