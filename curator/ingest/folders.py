"""Folders: which of their files are data, also where a data set's own papers say so."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

import yaml

from curator.containers.rows import DATA_ENDINGS, ending_of
from curator.errors import InputError

_STATE = "state.json"
_CARD = "README.md"
_PAPERS = frozenset((_STATE, "dataset_info.json", "dataset_infos.json", "dataset_dict.json"))
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)

Reader = Callable[[str], str]
"""Gives the text of a file of the folder, by its name below it."""


def data_files(folder: str, names: Sequence[str], read: Reader) -> list[str]:
    """Choose the data among the files below a folder, sorted.

    Hidden files and other kinds of file are none. Of a saved Hugging Face data set only the tables
    it lists are; where a data set card names configurations, only the files of the default one.
    """
    found = sorted(name for name in names if _may_be_data(name))
    for name in sorted(names):
        if PurePosixPath(name).name == _STATE:
            found = _listed(folder, name, found, read)
    return _configured(folder, found, read) if _CARD in names else found


def _may_be_data(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and path.name not in _PAPERS and ending_of(path) in DATA_ENDINGS


def _listed(folder: str, state: str, found: list[str], read: Reader) -> list[str]:
    """Leave out the tables beside a state file that it does not list, such as caches."""
    try:
        said = json.loads(read(state))
        tables = [str(entry["filename"]) for entry in said["_data_files"]]
    except (ValueError, KeyError, TypeError):
        return found
    inside = PurePosixPath(state).parent
    if said.get("_indices_data_files") or said.get("_indices_files"):
        raise InputError(
            f"{folder}/{state} says that only some rows of its tables count: load the data set and "
            f"save it anew with `datasets`, which writes those rows alone"
        )
    listed = {str(inside / table) for table in tables}
    missing = sorted(listed.difference(found))
    if missing:
        raise InputError(f"{folder}/{state} lists {missing[0]}, and there is no such file")
    return [name for name in found if name in listed or not _is_beside(name, inside)]


def _is_beside(name: str, folder: PurePosixPath) -> bool:
    path = PurePosixPath(name)
    return path.parent == folder and ending_of(path) == ".arrow"


def _configured(folder: str, found: list[str], read: Reader) -> list[str]:
    """Keep the files of the configuration that a data set card makes the default."""
    configs = _configs(read(_CARD))
    if not configs:
        return found
    chosen = _default(folder, configs)
    patterns = [re.compile(_as_regex(pattern)) for pattern in _patterns(chosen)]
    kept = [name for name in found if any(pattern.fullmatch(name) for pattern in patterns)]
    if patterns and not kept:
        raise InputError(
            f"the card of {folder} says that its data is {', '.join(_patterns(chosen))}, and no "
            f"file there is called so"
        )
    return kept or found


def _configs(card: str) -> list[dict[str, Any]]:
    front = _FRONT.match(card.removeprefix("\ufeff").replace("\r\n", "\n"))
    try:
        said = yaml.safe_load(front[1]) if front else None
    except yaml.YAMLError:
        return []
    configs = said.get("configs") if isinstance(said, dict) else None
    return [one for one in configs or [] if isinstance(one, dict)]


def _default(folder: str, configs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Choose as the data sets library does, and ask where it would ask."""
    wanted = [one for one in configs if one.get("default") is True]
    wanted += [one for one in configs if one.get("config_name") == "default"]
    if wanted or len(configs) == 1:
        return (wanted or configs)[0]
    names = ", ".join(f'"{one.get("config_name")}"' for one in configs)
    pattern = next(iter(_patterns(configs[0])), "*.parquet")
    raise InputError(
        f"the card of {folder} names the configurations {names} and none as the default: name the "
        f"files of the one you want, such as {folder}/{pattern}"
    )


def _patterns(config: dict[str, Any]) -> list[str]:
    """List the patterns of a configuration: a text, a list, or one entry a split."""
    inside = str(config.get("data_dir") or "").strip("/")
    said = config.get("data_files")
    entries = list(said.values()) if isinstance(said, dict) else _as_list(said)
    paths = [
        path
        for entry in entries
        for path in _as_list(entry.get("path") if isinstance(entry, dict) else entry)
    ]
    if not paths and inside:
        return [f"{inside}/**"]
    return [str(PurePosixPath(inside, str(path))) for path in paths]


def _as_list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]


def _as_regex(pattern: str) -> str:
    """Turn a glob into a regular expression: `*` stays inside a folder, `**` does not."""
    text = re.escape(pattern)
    for glob, regex in ((r"\*\*/", "(?:.*/)?"), (r"\*\*", ".*"), (r"\*", "[^/]*"), (r"\?", "[^/]")):
        text = text.replace(glob, regex)
    return text
