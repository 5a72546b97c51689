"""Tune the encoder's upper layers on stereotypes, and write the head that ships.

Usage: python benchmarks/training/stereotype_head.py [DATA_FOLDER] --tuned FOLDER [--out FOLDER]

The head reads sentences whose groups are hidden (`masked`), so it learns what is said and not of
whom. One output tells how surely a sentence says it; the others are what the encoder before any
tuning made of the sentence (Reimers and Gurevych 2019), so that the vector of a group, made by the
same encoder, tells how well what is said fits that group in what people write.
It is judged, and its outputs calibrated, on axes that heads like it have learnt nothing of.
"""

import copy
import gzip
import json
import random
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import torch
from encoder_fit import Batch, Floats, Pace, learn, score
from encoder_heads import Head, States, export, read_states
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from stereotype_sets import read_stereotypes
from torch.nn import functional
from toxicity_fit import fit_linear
from toxicity_head import load_tuned, read_arguments
from toxicity_report import auroc

from curator.groups import GROUPS, find_mentions
from curator.models.encoder import Trunk
from curator.models.stereotype import best_fit, masked
from curator.models.tensors import Array, write_tensors
from curator.records import find_sentences

LONGEST = 80
FIRST = Pace(epochs=4, rate=3e-4, warm_up=50)
SECOND = Pace(epochs=2, rate=1e-4, warm_up=50)
"""First the meaning of sentences alone, then what is said too."""
SENTENCES = 15_000
WIDTH = 384
AXES = ("race", "religion")
"""The axes that have labelled sentences."""
READERS = ("said", "fit")
SCALES = np.array([1.0, 10.0])
"""So that the ridge bears on both alike: a fit is about a tenth."""


def main() -> None:
    """Tune, judge without each axis, write."""
    asked = read_arguments(__doc__)
    torch.manual_seed(FIRST.seed)
    texts = read_stereotypes(asked.data)
    texts = texts.with_columns(
        masked=pl.Series([masked(text, find_mentions(text)) for text in texts["text"]])
    )
    trunk = Trunk.load(asked.out / "encoder_trunk.onnx", asked.out / "encoder_pieces.txt")
    known = know(texts, trunk, asked.tuned / "stereotype_states.npz")
    more = know(read_sentences(asked.data), trunk, asked.tuned / "sentence_states.npz")
    begun = Head(load_tuned(asked.tuned), 1 + WIDTH)
    fit(begun, known.states + more.states, np.concatenate([known.meant, more.meant]), None, FIRST)
    vectors = embed(list_groups())
    crossed = cross(begun, known, vectors)
    crossed.write_parquet(asked.tuned / "stereotypes_crossed.parquet")
    for axis in AXES:
        own = crossed.filter(pl.col("axis") == axis, pl.col("set") == "redditbias")
        judged = {name: auroc(own["label"].to_numpy(), own[name].to_numpy()) for name in READERS}
        print(axis, json.dumps(judged), flush=True)
    tensors: dict[str, Array] = {"vectors": vectors.astype(np.float16), "blend": calibrate(crossed)}
    name = "stereotype_groups"
    write_tensors(asked.out / f"{name}.safetensors", tensors, {"name": name})
    head = train(begun, known, np.ones(len(texts), bool))
    row = torch.tensor(trunk.read("a group is kind", LONGEST))
    export(head, row, ("states", "outputs"), asked.out / "stereotype_head.onnx")


class Known(NamedTuple):
    """Sentences, what the trunk says of them, and what the encoder made of them before."""

    texts: pl.DataFrame
    states: States
    meant: Floats


def cross(begun: Head, known: Known, vectors: Floats) -> pl.DataFrame:
    """Score the sentences of an axis by a head that has learnt nothing of that axis.

    A fifth of the neutral sentences is in no training here and is scored too.
    """
    neutral = known.texts["axis"].is_null().to_numpy()
    spared = neutral & (known.texts["text"].hash(5).to_numpy() % 5 == 0)
    parts = []
    for number, axis in enumerate(AXES):
        own = (known.texts["axis"] == axis).fill_null(value=False).to_numpy()
        head = train(begun, known, ~own & ~spared)
        mine = spared & (known.texts["text"].hash(6).to_numpy() % len(AXES) == number)
        at = np.flatnonzero(own | mine)
        outputs = score(head, [known.states[i] for i in at])
        rows = known.texts[at.tolist()]
        fits = [
            fit_of(text, said[1:], vectors)
            for text, said in zip(rows["text"], outputs, strict=True)
        ]
        parts.append(rows.with_columns(said=pl.Series(outputs[:, 0]), fit=pl.Series(fits)))
    return pl.concat(parts)


def fit_of(text: str, meant: Floats, vectors: Floats) -> float:
    """Return how well a sentence fits its group, 0 where it names none."""
    groups = frozenset((one.axis, one.group) for one in find_mentions(text))
    return best_fit(vectors.astype(np.float64), meant, groups) if groups else 0.0


def calibrate(crossed: pl.DataFrame) -> NDArray[np.float32]:
    """Weigh both readings so that their sum is log-odds (Platt 1999)."""
    readers = csr_matrix(crossed.select(READERS).to_numpy() * SCALES)
    weights, constant = fit_linear(
        readers, crossed["target"].to_numpy(), crossed["weight"].to_numpy()
    )
    print("blend", weights * SCALES, constant, flush=True)
    return np.array([*(weights * SCALES), constant], np.float32)


def embed(texts: list[str]) -> Floats:
    """Return what the encoder makes of texts before any tuning, of length one."""
    from sentence_transformers import SentenceTransformer
    from toxicity_vectors import encoder_folder

    model = SentenceTransformer(str(encoder_folder()), device="cpu")
    found: Floats = model.encode(texts, normalize_embeddings=True, batch_size=64)
    return found


def train(begun: Head, known: Known, chosen: NDArray[np.bool_]) -> Head:
    """Tune a head to the chosen sentences."""
    at = np.flatnonzero(chosen)
    head = copy.deepcopy(begun)
    states = [known.states[i] for i in at]
    fit(head, states, known.meant[at], known.texts[at.tolist()], SECOND)
    return head


def know(texts: pl.DataFrame, trunk: Trunk, kept: Path) -> Known:
    """Read sentences by the trunk and by the encoder before any tuning; keep what is read."""
    hidden = texts["masked"].to_list()
    if not kept.exists():
        states = read_states(trunk, hidden, LONGEST)
        ends = np.cumsum([len(one) for one in states])
        np.savez(kept, rows=np.concatenate(states), ends=ends, meant=embed(hidden))
    with np.load(kept) as read:
        return Known(texts, np.split(read["rows"], read["ends"][:-1]), read["meant"])


def read_sentences(data: Path) -> pl.DataFrame:
    """Draw sentences of all kinds, to learn from what the encoder made of them."""
    rng = random.Random(3)
    lines = gzip.decompress((data / "instructions" / "t0_55k.jsonl.gz").read_bytes()).splitlines()
    tasks = [json.loads(line)["prompt"] for line in lines]
    split = ([one[0] for one in find_sentences(task)] or [""] for task in tasks)
    found = {rng.choice(sentences).strip()[:300] for sentences in split}
    texts = sorted(one for one in found if 4 <= len(one.split()) <= 45)  # noqa: PLR2004
    drawn = rng.sample(texts, min(SENTENCES, len(texts)))
    return pl.DataFrame({"masked": [masked(text, find_mentions(text)) for text in drawn]})


def fit(head: Head, states: States, meant: Floats, texts: pl.DataFrame | None, pace: Pace) -> None:
    """Fit the first output to the target, where there is one, and the others to the embedding."""
    nothing = np.zeros(len(states))
    target = torch.tensor(nothing if texts is None else texts["target"].to_numpy()).float()
    weight = torch.tensor(nothing if texts is None else texts["weight"].to_numpy()).float()
    wanted = torch.tensor(meant)

    def loss_of(batch: Batch, outputs: torch.Tensor) -> torch.Tensor:
        said = functional.binary_cross_entropy_with_logits(
            outputs[:, 0], target[batch], weight[batch]
        )
        near: torch.Tensor = functional.cosine_similarity(outputs[:, 1:], wanted[batch]).mean()
        return said + 1 - near

    learn(head, states, pace, loss_of)


def list_groups() -> list[str]:
    """Return the names of the lexicon's groups in its order."""
    return [group.replace("_", " ") for groups in GROUPS.values() for group in groups]


if __name__ == "__main__":
    main()
