"""Tensors: read and write safetensors files with NumPy alone.

The format is eight bytes of length, a JSON header, and the arrays as they lie in memory:
https://github.com/huggingface/safetensors#format. Nothing in such a file can run.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_TYPES = {"F32": "<f4", "F16": "<f2", "I8": "|i1", "U64": "<u8", "I32": "<i4"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}
_PREFIX = 8


def read_tensors(path: Path) -> dict[str, Array]:
    """Read every array of a file."""
    data = path.read_bytes()
    start = _PREFIX + int.from_bytes(data[:_PREFIX], "little")
    header = json.loads(data[_PREFIX:start])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        first, last = (start + offset for offset in entry["data_offsets"])
        flat = np.frombuffer(data[first:last], _TYPES[entry["dtype"]])
        found[name] = flat.reshape(entry["shape"])
    return found


def write_tensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays in the order of their names, so that the same arrays give the same bytes."""
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    at, parts = 0, []
    for name, array in sorted(tensors.items()):
        parts.append(np.ascontiguousarray(array).tobytes())
        header[name] = {
            "dtype": _NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [at, at + len(parts[-1])],
        }
        at += len(parts[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _PREFIX)
    path.write_bytes(len(text).to_bytes(_PREFIX, "little") + text + b"".join(parts))
