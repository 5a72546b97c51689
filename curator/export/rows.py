"""Rows: write each kept record to the file of its split, and list those that have no row."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from curator.errors import CarryError
from curator.export.batches import batches, join_batch
from curator.export.entry import Entry
from curator.export.result import LEFT_OUT
from curator.export.target import Target

LEAK = "split.leak"
"""The reason of a held-out record that nearly repeats a record of another split."""
_NAMED = 3


@dataclass
class Tally:
    """What became of the kept records."""

    written: Counter[str] = field(default_factory=Counter)
    """Rows by side."""
    records: int = 0
    """Records that have a row, each counted once."""
    left_out: Counter[str] = field(default_factory=Counter)
    leaks: int = 0
    joined: int = 0
    """Records written into the row of another one."""


def write_rows(folder: Path, kept: Iterable[Entry], target: Target, *, strict: bool) -> Tally:
    """Write `<side>.jsonl` for every side that has rows, and `left_out.jsonl` where it is needed.

    With `strict`, the first records that the target cannot carry are an error.
    """
    tally, refused = Tally(), list[str]()
    with ExitStack() as stack:
        files = _Files(folder, stack)
        for batch in batches(kept, target):
            line = join_batch(batch, target)
            if line is not None:
                files.write(f"{batch[0].side}.jsonl", line)
                tally.written[batch[0].side] += 1
                tally.records += len(batch)
                tally.joined += len(batch) - 1
                continue
            refused += [
                told for entry in batch if (told := _write_one(files, entry, target, tally))
            ]
            if strict and len(refused) >= _NAMED:
                break
    if strict and refused:
        raise CarryError(_complaint(refused[:_NAMED], target.layout))
    return tally


def _write_one(files: "_Files", entry: Entry, target: Target, tally: Tally) -> str:
    """Write one record; return why the target cannot carry it, or nothing."""
    if entry.leaked:
        tally.leaks += 1
        files.write(LEFT_OUT, _left_out(entry, LEAK))
        return ""
    if entry.left:
        tally.left_out[entry.left] += 1
        files.write(LEFT_OUT, _left_out(entry, entry.left))
        return ""
    try:
        line = target.write(entry)
    except CarryError as error:
        tally.left_out[str(error)] += 1
        files.write(LEFT_OUT, _left_out(entry, str(error)))
        return f"{entry.source}:{entry.row}: {error}"
    files.write(f"{entry.side}.jsonl", "\n".join([line] * entry.copies))
    tally.written[entry.side] += entry.copies * (line.count("\n") + 1)
    tally.records += 1
    return ""


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a file that `write_rows` wrote."""
    with path.open("rb") as lines:
        for line in lines:
            yield json.loads(line)


class _Files:
    """The files of one folder, each opened at its first row."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.open: dict[str, BinaryIO] = {}

    def write(self, name: str, line: str) -> None:
        if name not in self.open:
            self.open[name] = self.stack.enter_context((self.folder / name).open("wb"))
        self.open[name].write(line.encode() + b"\n")


def _left_out(entry: Entry, reason: str) -> str:
    said = {"id": entry.id, "source": entry.source, "row": entry.row, "reason": reason}
    return json.dumps(said, ensure_ascii=False)


def _complaint(refused: list[str], layout: str) -> str:
    lines = "\n".join(f"  {line}" for line in refused)
    return (
        f"{layout} cannot carry every kept record, and the export is strict. The first:\n{lines}\n"
        f"Drop them with a filter, choose another target, or leave them out without --strict"
    )
