"""Start: look at data, and write the recipe that a first run needs."""

from pathlib import Path

from curator.errors import CuratorError
from curator.ingest import path_from
from curator.profile.look import Look
from curator.profile.model import Profile
from curator.profile.profile import profile_of
from curator.profile.propose import propose_recipe
from curator.recipe import parse_recipe
from curator.remote import NAME, STANDARD_INPUT, has_secret, shown
from curator.run import write_text

_ROWS = 20_000
"""Rows of each file that are looked at: enough for quantiles, quick on any data."""


def start_recipe(look: Look, out: Path) -> Profile:
    """Write a recipe for the data to `out`, its paths relative to it; return what was seen."""
    with look.sources() as sources:
        profile = profile_of(sources, most=_ROWS)
    told = [shown(path) for path in look.data]
    if not profile.records:
        first = f", the first: {profile.problems[0].problem}" if profile.problems else ""
        raise CuratorError(
            f"no row of {', '.join(told)} could be read as a record{first}: look at it with "
            f"`curator inspect {told[0]}`"
        )
    paths = [path_from(out.parent, path) for path in look.data]
    text = propose_recipe(_name(told[0]), paths, profile, look)
    parse_recipe(text, str(out))
    write_text(out, text, private=any(map(has_secret, paths)))
    for path in filter(has_secret, paths):
        look.note(f"{out} holds the address {shown(path)} with what is secret in it: share neither")
    return profile


def _name(path: str) -> str:
    stem = NAME if path == STANDARD_INPUT else Path(path).name.split(".")[0]
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)
    return plain.strip("-") or "curated"
