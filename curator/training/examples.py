"""Examples on disk: tokens and masks as safetensors, names as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from curator.errors import RunError
from curator.training.conversation import Example

_TOKENS = "tokens.safetensors"
_NAMES = "records.json"


def write_examples(folder: Path, sides: Mapping[str, Sequence[Example]]) -> None:
    """Write examples side by side: those that are trained on, those that are held out."""
    arrays, names = {}, {}
    for side, examples in sides.items():
        lengths = [len(example) for example in examples]
        none = np.zeros(0, np.int32)
        arrays[f"{side}.tokens"] = np.concatenate([none, *(one.tokens for one in examples)])
        arrays[f"{side}.supervised"] = np.concatenate(
            [none.astype(np.bool_), *(one.supervised for one in examples)]
        )
        arrays[f"{side}.offsets"] = np.cumsum([0, *lengths], dtype=np.int64)
        names[side] = [[one.id, one.group] for one in examples]
    save_file(arrays, folder / _TOKENS)
    (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), "utf-8")


def read_examples(folder: Path, sides: Sequence[str]) -> dict[str, list[Example]]:
    """Read what `write_examples` wrote."""
    try:
        arrays = load_file(folder / _TOKENS)
        names = json.loads((folder / _NAMES).read_text("utf-8"))
        return {side: _side(arrays, names[side], side) for side in sides}
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise RunError(
            f"the records of {folder} cannot be read ({error}): write the job anew"
        ) from error


def _side(
    arrays: Mapping[str, np.ndarray], names: Sequence[Sequence[str]], side: str
) -> list[Example]:
    tokens, supervised = arrays[f"{side}.tokens"], arrays[f"{side}.supervised"]
    offsets = arrays[f"{side}.offsets"]
    return [
        Example(name, tokens[start:end], supervised[start:end], group)
        for (name, group), start, end in zip(names, offsets[:-1], offsets[1:], strict=True)
    ]
