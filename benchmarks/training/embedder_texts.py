"""The texts that the bundled embedder learns from, and what the larger encoder makes of them."""

import csv
import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

SEED = 0
LONGEST = 96
"""Word pieces of a text that the encoder reads."""
_TOKENS = 4096
"""Word pieces of a batch."""
_SENTENCES = {"t0": 110_000, "other": 50_000}
_PROMPTS = 20_000
_WORDS = (3, 60)
_COMMENT = 40
"""Characters from which on the field of a row is its comment."""
_END = re.compile(r"(?<=[.!?])\s+|\n+")


def read_texts(data: Path) -> list[str]:
    """Return sentences, and some whole prompts, of the sets that may be learnt from, shuffled."""
    rng = random.Random(SEED)
    rows = list(_lines(data / "instructions/t0_55k.jsonl.gz"))
    pools = {
        "t0": {part for row in rows for key in ("prompt", "completion") for part in _cut(row[key])},
        "other": {part for text in _others(data) for part in _cut(text)},
    }
    texts: set[str] = set()
    for name, pool in pools.items():
        sentences = sorted(pool)
        texts.update(rng.sample(sentences, min(_SENTENCES[name], len(sentences))))
    prompts = sorted({" ".join(row["prompt"].split()) for row in rows})
    texts.update(rng.sample(prompts, _PROMPTS))
    found = sorted(texts)
    rng.shuffle(found)
    return found


def embed(folder: Path, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the encoder's mean-pooled vectors of unit length, `[n, width]`.

    Batches are of equal length, multiplied in bfloat16 where the processor does.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    pieces = [
        row
        for first in range(0, len(texts), 2000)
        for row in tokenizer(
            list(texts[first : first + 2000]), truncation=True, max_length=LONGEST
        )["input_ids"]
    ]
    found = np.zeros((len(texts), model.config.hidden_size), np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in _batches([len(row) for row in pieces]):
            width = max(len(pieces[place]) for place in batch)
            tokens = torch.zeros(len(batch), width, dtype=torch.long)
            mask = torch.zeros(len(batch), width)
            for line, place in enumerate(batch):
                tokens[line, : len(pieces[place])] = torch.tensor(pieces[place])
                mask[line, : len(pieces[place])] = 1
            states = model(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
            means = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            found[batch] = torch.nn.functional.normalize(means, dim=1).numpy()
    return found


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for place in sorted(range(len(sizes)), key=sizes.__getitem__):
        if batch and sizes[place] * (len(batch) + 1) > _TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _others(data: Path) -> Iterator[str]:
    """Yield the texts of the other sets marked as trainable in the data's README."""
    for row in _rows(data / "instructions/gsm8k_train_as_alpaca.json.gz"):
        yield row["instruction"].replace("\n", " ")
    for row in _rows(data / "instructions/toolformer_7k.json.gz"):
        yield from (value[-600:] for value in row.values() if isinstance(value, str))
    for name in ("gn", "gc"):
        with gzip.open(data / f"toxicity/wikipedia_context_{name}.csv.gz", "rt") as handle:
            for row in csv.DictReader(handle):
                yield next((value for value in row.values() if value and len(value) > _COMMENT), "")


def _cut(text: str) -> Iterator[str]:
    for part in _END.split(text.replace("<|endoftext|>", " ")):
        words = part.split()
        if _WORDS[0] <= len(words) <= _WORDS[1]:
            yield " ".join(words)


def _rows(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        yield from map(json.loads, handle)
