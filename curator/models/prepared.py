"""Prepared: checkpoints of Detoxify as they lie in the cache, converted once to safetensors."""

import json
from pathlib import Path
from typing import Any

from curator.errors import ModelError
from curator.models.digest import digest_of
from curator.places import cache_folder

TOLD = "checkpoint.json"
"""What the folder was made of: `source`, its `sha256`, its `classes`, and the sha256 of `files`."""
WEIGHTS = "model.safetensors"
_WHOLE = 64


def prepared_place(sha256: str) -> Path:
    """Return the folder for a checkpoint of this hash, whether it is there or not.

    Of a hash that is known by its first digits alone the folder that is there is found.
    """
    home = cache_folder() / "models" / "detoxify"
    if len(sha256) >= _WHOLE:
        return home / sha256
    found = sorted(path for path in home.glob(f"{sha256}*") if (path / TOLD).is_file())
    return found[0] if found else home / sha256


def check_prepared(folder: Path, sha256: str, advice: str) -> None:
    """Make sure that a folder holds what was converted into it.

    Raises:
        ModelError: a file is missing or another one, or the folder is of another checkpoint.
    """
    told = told_of(folder)
    if not str(told["sha256"]).startswith(sha256):
        raise ModelError(f"{folder} is made of another checkpoint (its sha256 differs): {advice}")
    for name, digest in told["files"].items():
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise ModelError(
                f"{path} is not what was converted (it is missing, or its sha256 differs): delete "
                f"{folder}, then {advice}"
            )


def told_of(folder: Path) -> dict[str, Any]:
    """Return what is written of a prepared folder."""
    found: dict[str, Any] = json.loads((folder / TOLD).read_text("utf-8"))
    return found
