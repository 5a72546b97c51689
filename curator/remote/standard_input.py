"""Standard input: spooled to a file, so that it can be looked at, hashed and read again."""

import shutil
import sys
from pathlib import Path

from curator.errors import InputError
from curator.remote.cache import Watch
from curator.run import atomic_path

STANDARD_INPUT = "-"
NAME = "stdin"


def spool(target: Path, watch: Watch) -> Path:
    """Store what comes in by standard input; where nothing comes, use what did before."""
    if not _arrives(target):
        if not target.exists():
            raise InputError(
                "`-` is standard input, and nothing comes in by it: pipe the data into the "
                "command, as in `cat data.jsonl | curator …`"
            )
        watch.note(f"nothing comes in by standard input: what came before is used, {target}")
    return target


def _arrives(target: Path) -> bool:
    """Store what comes in, if anything does."""
    if sys.stdin is None or sys.stdin.isatty():
        return False
    first = sys.stdin.buffer.read(1)
    if not first:
        return False
    with atomic_path(target, private=True) as path, path.open("wb") as file:
        file.write(first)
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    return True
