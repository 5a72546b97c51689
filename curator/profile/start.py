"""Start: look at data, and write the recipe that a first run needs."""

import os
from collections.abc import Sequence
from pathlib import Path

from curator.errors import CuratorError
from curator.profile.profile import Profile, profile_of, sources_from
from curator.profile.propose import propose_recipe
from curator.recipe import parse_recipe
from curator.run import write_text

_ROWS = 20_000
"""Rows of each file that are looked at: enough for quantiles, quick on any data."""


def start_recipe(data: Sequence[str], out: Path, shape: str | None) -> Profile:
    """Write a recipe for the data to `out`, its paths relative to it; return what was seen."""
    profile = profile_of(sources_from(data, Path(), shape), most=_ROWS)
    if not profile.records:
        first = f", the first: {profile.problems[0].problem}" if profile.problems else ""
        raise CuratorError(
            f"no row of {', '.join(data)} could be read as a record{first}: look at it with "
            f"`curator inspect {data[0]}`"
        )
    paths = [Path(os.path.relpath(path, out.parent)).as_posix() for path in data]
    text = propose_recipe(_name(data[0]), paths, profile, shape)
    parse_recipe(text, str(out))
    write_text(out, text)
    return profile


def _name(path: str) -> str:
    stem = Path(path).name.split(".")[0]
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)
    return plain.strip("-") or "curated"
