"""One writer at a time: an flock, so that a kill leaves no lock behind."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from curator.errors import RunError


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock file until the block ends, or say who else must be waited for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(
                f"{path.parent} is in use by another curator process: wait until it is done, or "
                f"choose another directory (--out; --name for a training)"
            ) from None
        yield
