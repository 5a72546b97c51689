"""Pull: fetch the file of a model once, and keep it if it is what its card says."""

from pathlib import Path

from curator.errors import InputError, ModelError
from curator.models import ModelCard, adopt
from curator.remote.address import is_remote
from curator.remote.cache import Watch
from curator.remote.guard import Guard
from curator.remote.web import fetch_web


def pull(card: ModelCard, guard: Guard, watch: Watch, mirror: str | None = None) -> Path:
    """Return the model's file, fetched from where its card says, or from a mirror: URL or path.

    Raises:
        ModelError: the file is another one, or this model is not one to fetch.
        InputError: the place cannot be reached.
    """
    if card.source != "url":
        raise ModelError(f"the model {card.name} comes with a package: there is nothing to pull")
    place = mirror or card.place
    if not is_remote(place):
        path = Path(place).expanduser()
        if not path.is_file():
            raise InputError(f"there is no file {path}")
        return adopt(card, path)
    fetched = fetch_web(place, guard, watch)
    try:
        return adopt(card, fetched)
    finally:
        fetched.unlink(missing_ok=True)
