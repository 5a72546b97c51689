"""Prompts as the task model reads them: head and tail, where it stands what is asked."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.models import _task_signs_kernel as signs_kernel
from curator.models import _task_words_kernel as kernel
from curator.models._toxicity_words_kernel import fill_slots
from curator.models.toxicity_text import pack_texts

HEAD, TAIL = 1_200, 800
"""Characters of a longer prompt that are read at its two ends."""


class Features(NamedTuple):
    """What is read of many prompts."""

    hashed: NDArray[np.int32]
    """The buckets of the words and groups of words of all prompts, one prompt after the other."""
    ends: NDArray[np.int64]
    """Where those of each prompt end."""
    signs: NDArray[np.float32]
    """What each prompt looks like."""


def read_features(texts: Sequence[str], cues: NDArray[np.uint64]) -> Features:
    """Read prompts; `cues` are the hashes of the words that say what is asked, in an open table."""
    hashes, counts = read_tokens(texts)
    hashed, ends = kernel.list_features(hashes, counts, cues)
    signs = signs_kernel.measure_signs(hashes, counts, _option_letters())
    return Features(hashed, ends, signs)


def read_tokens(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hashes of the tokens of all texts, and how many lie before the end of each."""
    codes, kinds, ends = pack_texts([_ends_of(text) for text in texts])
    hashes, counts = kernel.split_tokens(codes, kinds, ends)
    return hashes, counts


def cue_table(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Make the open table of cue words."""
    slots = np.zeros(1 << max(4, int(np.ceil(np.log2(len(hashes) * 3 + 1)))), np.uint64)
    fill_slots(hashes, slots)
    return slots


def _ends_of(text: str) -> str:
    text = text.strip()
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n\n{text[-TAIL:]}"


@cache
def _option_letters() -> NDArray[np.uint64]:
    hashes, _ = read_tokens(list("abcde"))
    return hashes
