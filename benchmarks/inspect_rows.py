"""Time `curator inspect` from the shell on a million rows, and its peak memory (PSS, whole tree).

Usage: python benchmarks/inspect_rows.py [DATA_FOLDER] [--rows 1000000] [--repeats 1]

The rows are those of alpaca_random_9k and of t0_55k, over and over, each with its number, as
JSON Lines (about 0.4 and 1.2 GB, in a temporary folder).
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from whole_run import measure_command


def main() -> None:
    """Write both files, inspect them, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    asked = parser.parse_args()
    folder = asked.data / "instructions"
    print("| data | bytes | seconds | peak memory | CPU seconds |\n|---|---:|---:|---:|---:|")
    for name in ("alpaca_random_9k.json", "t0_55k.jsonl.gz"):
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary) / "rows.jsonl"
            _write(path, _rows(folder / name), asked.rows)
            command = [sys.executable, "-m", "curator", "inspect", str(path)]
            found = [measure_command(command) for _ in range(asked.repeats)]
            size = path.stat().st_size
        seconds, memory, busy = (statistics.median(column) for column in zip(*found, strict=True))
        told = f"{size / 1e9:.2f} GB | {seconds:.1f} | {memory / 1e9:.2f} GB | {busy:.1f}"
        print(f"| {asked.rows:,} rows of {name} | {told} |")


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return rows


def _write(path: Path, rows: list[dict[str, Any]], count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(_over_and_over(rows, count)):
            file.write(json.dumps({**row, "id": number}, ensure_ascii=False) + "\n")


def _over_and_over(rows: list[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    return islice(cycle(rows), count)


if __name__ == "__main__":
    main()
