"""Digest: the sha256 of a file, read once a process and again when the file changes."""

import hashlib
from functools import lru_cache
from pathlib import Path


def digest_of(path: Path) -> str:
    """Return the sha256 of a file as hex digits."""
    about = path.stat()
    return _read(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
