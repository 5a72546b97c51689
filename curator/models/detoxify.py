"""Detoxify: a checkpoint, which is a pickle, becomes safetensors and a configuration, once.

The format is that of https://github.com/unitaryai/detoxify (Hanu and Unitary 2020): a dictionary
with `state_dict` and `config`, of which `arch.args` names the architecture, its tokenizer and where
both are described, and `dataset.args.classes` the labels.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from curator.errors import ModelError
from curator.models.device import need_torch
from curator.models.digest import digest_of
from curator.models.folders import digest_of_folder, hub_folder
from curator.models.labels import category_of
from curator.models.prepared import TOLD, WEIGHTS, prepared_place
from curator.places import CACHE

_SIGNS = 16
"""Hex digits of the hash of what lies beside a checkpoint, in the name of its folder."""


class Checkpoint(NamedTuple):
    """A checkpoint file, and the folder with its configuration and tokenizer where there is one."""

    file: Path
    beside: Path | None

    @property
    def key(self) -> str:
        """The name of the folder it is converted into."""
        own = digest_of(self.file)
        return own if self.beside is None else f"{own}-{digest_of_folder(self.beside)[:_SIGNS]}"


def checkpoint_at(path: Path) -> Checkpoint:
    """Return the checkpoint at a path: a file, or a folder with one and its configuration.

    Raises:
        ModelError: there is none, or there are several.
    """
    if path.is_file():
        return Checkpoint(path, None)
    if not path.is_dir():
        raise ModelError(
            f"there is no checkpoint {path}: give the path as it is from the recipe, or a name "
            f"that `curator models list` tells"
        )
    files = sorted([*path.glob("*.ckpt"), *path.glob("*.pt")])
    if len(files) != 1:
        raise ModelError(
            f"{path} holds {len(files)} checkpoints (*.ckpt, *.pt), and one is due: name the file, "
            f"or for a folder of transformers write hub:{path}"
        )
    return Checkpoint(files[0], path if (path / "config.json").is_file() else None)


def prepare(checkpoint: Checkpoint, described: Callable[[str], Path | None] = hub_folder) -> Path:
    """Return the folder a checkpoint is converted into, converted now if it was not yet.

    `described` gives the folder of a hub id with the configuration and the tokenizer; by default
    none is fetched. The file is read by `torch.load(weights_only=True)`, which runs nothing.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: it is no such checkpoint, or what it needs is not there.
    """
    target = prepared_place(checkpoint.key)
    if (target / TOLD).is_file():
        return target
    need_torch(f"the checkpoint {checkpoint.file}")
    loaded = _read(checkpoint.file)
    source = checkpoint.beside or _source(loaded["config"], checkpoint.file, described)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir(parents=True)
        _write(temporary, loaded, source, checkpoint.file)
        if not target.exists():
            temporary.replace(target)
    except OSError as error:
        raise ModelError(
            f"{checkpoint.file} cannot be converted into {target.parent}: {error.strerror}; name "
            f"another folder with {CACHE}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _read(file: Path) -> dict[str, Any]:
    import torch

    try:
        loaded = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"{file} is no checkpoint that can be read safely, and nothing in it was run: it must "
            f"hold weights and plain values alone ({type(error).__name__})"
        ) from error
    try:
        wanted = int(loaded["config"]["arch"]["args"]["num_classes"])
        classes = loaded["config"]["dataset"]["args"]["classes"]
        weights = loaded["state_dict"]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{file} is no checkpoint of Detoxify ({error} is not in it): it needs state_dict, and "
            f"config with arch.args and dataset.args.classes"
        ) from None
    if wanted != len(classes) or not isinstance(weights, Mapping):
        raise ModelError(f"{file} says {wanted} classes, and names {len(classes)}: it is damaged")
    return {"config": loaded["config"], "state_dict": weights}


def _source(config: dict[str, Any], file: Path, described: Callable[[str], Path | None]) -> Path:
    """Find the configuration and the tokenizer: where `model_type` says, a folder or a hub id."""
    place = str(config["arch"]["args"]["model_type"])
    if (Path(place) / "config.json").is_file():
        return Path(place)
    found = described(place)
    if found is None or not (found / "config.json").is_file():
        raise ModelError(
            f"{file} needs the configuration and the tokenizer of {place}, which are not on this "
            f"machine: run `curator models pull detoxify:{file}`, or put config.json and the "
            f"tokenizer's files into a folder with the checkpoint and name the folder"
        )
    return found


def _write(folder: Path, loaded: dict[str, Any], source: Path, file: Path) -> None:
    """Write weights, configuration, tokenizer, and last what they were made of."""
    from safetensors.torch import save_file

    described = loaded["config"]["arch"]["args"]
    classes = [str(one) for one in loaded["config"]["dataset"]["args"]["classes"]]
    weights = {name: one.contiguous().clone() for name, one in loaded["state_dict"].items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    _write_described(folder, source, described, [category_of(one) or one for one in classes])
    files = {path.name: digest_of(path) for path in sorted(folder.iterdir())}
    told = {
        "source": file.name,
        "sha256": digest_of(file),
        "classes": classes,
        "files": files,
    }
    (folder / TOLD).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _write_described(
    folder: Path, source: Path, described: Mapping[str, Any], labels: list[str]
) -> None:
    """Write the configuration with the labels, and the tokenizer that the checkpoint names."""
    import transformers

    name = str(described["tokenizer_name"])
    kind: Any = getattr(transformers, name, None)
    if kind is None or transformers.PreTrainedTokenizerBase not in kind.__mro__:
        raise ModelError(f"transformers knows no tokenizer {name}: name another checkpoint")
    settings = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = transformers.AutoConfig.from_pretrained(source, **settings)
        tokenizer: Any = kind.from_pretrained(source, **settings)
        tokenizer.save_pretrained(folder)
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{source} cannot be read as configuration and tokenizer: {said}"
        ) from error
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: place for place, label in enumerate(labels)}
    config.problem_type = "multi_label_classification"
    config.architectures = [str(described["model_name"])]
    config.save_pretrained(folder)
