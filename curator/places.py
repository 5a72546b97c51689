"""Places: what processes of this machine agree on, where fetched files are and who else works."""

import os
from pathlib import Path

CACHE = "CURATOR_CACHE"
"""The environment variable that names another folder."""
WORKERS = "CURATOR_WORKERS"
"""The environment variable in which a pool tells its processes how many they are."""


def cache_folder() -> Path:
    """Return the folder of the cache: `$CURATOR_CACHE`, or `curator` in the user's cache folder."""
    named = os.environ.get(CACHE)
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "curator"
