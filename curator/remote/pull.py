"""Pull: fetch a model once, and keep it if it is what its card says."""

from importlib.util import find_spec
from pathlib import Path

from curator.errors import InputError, MissingExtraError, ModelError
from curator.models import (
    COMPANIONS,
    PATTERNS,
    ModelCard,
    Named,
    adopt,
    check_fetched,
    checkpoint_at,
    folder_of,
    prepare,
)
from curator.remote.address import is_remote
from curator.remote.cache import Watch
from curator.remote.guard import Guard
from curator.remote.web import fetch_web


def pull(card: ModelCard, guard: Guard, watch: Watch, mirror: str | None = None) -> Path:
    """Return the model's file, fetched from where its card says, or from a mirror: URL or path.

    A checkpoint is converted to safetensors, and its folder returned; the configuration and the
    tokenizer that it names are fetched from the Hugging Face hub, unless the mirror is a folder
    that has them beside the checkpoint.

    Raises:
        ModelError: the file is another one, or this model is not one to fetch.
        InputError: the place cannot be reached.
        MissingExtraError: a checkpoint needs the extra `models`.
    """
    if card.source not in {"url", "checkpoint"}:
        raise ModelError(f"the model {card.name} comes with a package: there is nothing to pull")
    place = mirror or card.place
    if not is_remote(place):
        path = Path(place).expanduser()
        if not path.exists() or (path.is_dir() and card.source == "url"):
            raise InputError(f"there is no file {path}")
        return _kept(card, path)
    fetched = fetch_web(place, guard, watch)
    try:
        return _kept(card, fetched)
    finally:
        fetched.unlink(missing_ok=True)


def pull_named(named: Named) -> Path:
    """Return the folder of a model that has no card: of the hub, or a checkpoint converted now.

    Raises:
        ModelError: there is no such model, or the hub does not give it.
        MissingExtraError: the extra `models` is not installed.
    """
    if named.kind == "detoxify":
        return prepare(checkpoint_at(Path(named.place).expanduser()), _described)
    if not named.is_path:
        _fetch_hub(named.place, PATTERNS)
    return folder_of(named)


def _kept(card: ModelCard, fetched: Path) -> Path:
    if card.source == "url":
        return adopt(card, fetched)
    checkpoint = checkpoint_at(fetched)
    check_fetched(card, checkpoint.file)
    return prepare(checkpoint, _described)


def _described(model: str) -> Path:
    """Fetch the configuration and the tokenizer of a model of the hub, and no weights."""
    return _fetch_hub(model, COMPANIONS)


def _fetch_hub(model: str, patterns: tuple[str, ...]) -> Path:
    """Fetch files of a model, `<id>` or `<id>@<revision>`, into the cache of huggingface_hub."""
    if find_spec("huggingface_hub") is None:
        raise MissingExtraError("huggingface_hub", "models", f"the model {model}")
    from huggingface_hub import snapshot_download

    name, _, revision = model.partition("@")
    try:
        return Path(
            snapshot_download(name, revision=revision or None, allow_patterns=list(patterns))
        )
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"the model {model} cannot be fetched from the Hugging Face hub: {said}; check its id "
            f"and the network, and for one with conditions log in with `hf auth login`"
        ) from error
