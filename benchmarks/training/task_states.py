"""What the bundled trunk makes of prompts, kept on disk: it does not change while heads learn."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curator.models.encoder import bundled_trunk
from curator.models.task_encoder import read_prompt

States = list[NDArray[np.float16]]


def read_states(texts: list[str], kept: Path) -> States:
    """Return the states of each prompt, from the file where it has them, or kept there."""
    known = _load(kept)
    keys = [hashlib.blake2b(text.encode(), digest_size=12).hexdigest() for text in texts]
    fresh = dict(pair for pair in zip(keys, texts, strict=True) if pair[0] not in known)
    trunk = bundled_trunk()
    for number, (key, text) in enumerate(fresh.items()):
        known[key] = read_prompt(trunk, text)[0].astype(np.float16)
        if number % 2000 == 0:
            print(f"{number} of {len(fresh)} prompts read", flush=True)
    if fresh:
        ends = np.cumsum([len(one) for one in known.values()])
        rows = np.concatenate(list(known.values()))
        np.savez(kept, keys=np.array(list(known)), rows=rows, ends=ends)
    return [known[key] for key in keys]


def _load(kept: Path) -> dict[str, NDArray[np.float16]]:
    if not kept.exists():
        return {}
    with np.load(kept) as read:
        parts = np.split(read["rows"], read["ends"][:-1])
        return dict(zip(read["keys"].tolist(), parts, strict=True))
