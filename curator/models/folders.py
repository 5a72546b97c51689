"""Folders: where the files of a transformer lie, a path or the local copy of a hub id."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from curator.errors import MissingExtraError, ModelError
from curator.models.digest import digest_of
from curator.models.names import Named

COMPANIONS = ("*.json", "*.txt", "*.model", "*.jinja")
"""What lies beside the weights: configuration, tokenizer, template."""
PATTERNS = (*COMPANIONS, "*.safetensors")
"""The files of a model that are read; no others are fetched."""


def folder_of(named: Named) -> Path:
    """Return the folder of a `hub:` model; nothing is fetched.

    Raises:
        ModelError: it is not there, or has no weights as safetensors.
    """
    path = Path(named.place).expanduser() if named.is_path else hub_folder(named.place)
    if path is None:
        raise ModelError(
            f"the model {named.place} is not on this machine: run `curator models pull {named.own}`"
        )
    if not path.is_dir():
        raise ModelError(
            f"there is no folder {path}: give the path as it is from the recipe, or a hub id "
            f"without a dot before it"
        )
    if not (path / "config.json").is_file() or not any(path.glob("*.safetensors")):
        raise ModelError(
            f"{path} has no config.json or no *.safetensors: save the model once with "
            f"`save_pretrained`, or name one that has them; weights as pickles are not read"
        )
    return path


def hub_folder(model: str) -> Path | None:
    """Return the local copy of a model of the Hugging Face hub, `<id>` or `<id>@<revision>`.

    Raises:
        MissingExtraError: huggingface_hub is not installed.
    """
    if find_spec("huggingface_hub") is None:
        raise MissingExtraError("huggingface_hub", "models", f"the model {model}")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    name, _, revision = model.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    except HFValidationError as error:
        raise ModelError(
            f'"{model}" is no hub id: write organisation/name, or a path that begins with ./'
        ) from error


def digest_of_folder(folder: Path) -> str:
    """Return one sha256 over the names and contents of all files of a model that are read."""
    files = sorted({path for pattern in PATTERNS for path in folder.glob(pattern)})
    return _joined(tuple((path.name, digest_of(path)) for path in files))


@lru_cache(maxsize=64)
def _joined(files: tuple[tuple[str, str], ...]) -> str:
    text = "".join(f"{digest}  {name}\n" for name, digest in files)
    return hashlib.sha256(text.encode()).hexdigest()
