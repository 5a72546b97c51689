"""Fit the two readers of the static toxicity model: n-grams by L-BFGS, words by torch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from torch import nn
from torch.nn import functional

Floats = NDArray[np.floating[Any]]

WIDTH, HIDDEN, PLACES = 64, 32, 5
EPOCHS, BATCH, RATE, VECTOR_RATE, WORDS_LEFT_OUT = 4, 128, 1.5e-3, 1e-3, 0.15
RIDGE, ROUNDS = 1.0, 30


def fit_linear(features: csr_matrix, target: Floats, weight: Floats) -> tuple[Floats, float]:
    """Fit a ridge logistic regression to soft labels; return the weights and the constant."""
    size = features.shape[1]
    transposed = features.T

    def loss(point: Floats) -> tuple[float, Floats]:
        logits = np.clip(features @ point[:size] + point[size], -30, 30)
        chance = 1 / (1 + np.exp(-logits))
        wrong = weight * (chance - target)
        total = (weight * (np.logaddexp(0, logits) - target * logits)).sum()
        slope = transposed @ wrong + RIDGE * point[:size]
        return total + RIDGE / 2 * (point[:size] @ point[:size]), np.append(slope, wrong.sum())

    options = {"maxiter": ROUNDS, "maxcor": 5}
    found = minimize(loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options=options).x
    return found[:size].astype(np.float32), float(found[size])


class Convolution(nn.Module):  # type: ignore[misc]
    """A convolution over word vectors, its maxima and sums read by two layers."""

    def __init__(self, vectors: Floats, outputs: int) -> None:
        super().__init__()
        known = np.vstack([np.zeros((1, vectors.shape[1])), vectors]).astype(np.float32)
        self.vectors = nn.Embedding.from_pretrained(torch.tensor(known), freeze=False)
        self.convolve = nn.Conv1d(vectors.shape[1], WIDTH, PLACES, padding=PLACES // 2)
        self.hidden = nn.Linear(2 * WIDTH, HIDDEN)
        self.out = nn.Linear(HIDDEN, outputs)
        self.drop = nn.Dropout(0.3)

    def forward(self, rows: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the logits of padded rows of words; row 0 is no word."""
        known = (rows > 0).float()
        if self.training:
            known = known * (torch.rand(rows.shape) > WORDS_LEFT_OUT)
        vectors = self.vectors(rows) * known[..., None]
        signals = functional.relu(self.convolve(vectors.transpose(1, 2))) * mask[:, None]
        size = mask.sum(1, keepdim=True).clamp(min=1)
        pooled = torch.cat([signals.amax(2), signals.sum(2) / size.sqrt()], 1)
        return self.out(self.drop(functional.relu(self.hidden(self.drop(pooled)))))


def fit_convolution(
    texts: list[NDArray[np.int32]], targets: Floats, weight: Floats, vectors: Floats, seed: int
) -> Convolution:
    """Fit to soft labels, one column an output; NaN where nobody asked."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Convolution(vectors, targets.shape[1])
    asked = torch.tensor(~np.isnan(targets) * (weight / weight.mean())[:, None]).float()
    wanted = torch.tensor(np.nan_to_num(targets)).float()
    rest = [value for name, value in model.named_parameters() if name != "vectors.weight"]
    optimizer = torch.optim.AdamW(
        [{"params": [model.vectors.weight], "weight_decay": 0.0}, {"params": rest}]
    )
    steps = EPOCHS * -(-len(texts) // BATCH)
    for step in range(steps):
        if step % (steps // EPOCHS) == 0:
            model.train()
            queue = _shuffled([len(text) for text in texts], rng)
        pace = min(1, step / 100) * (1 - step / steps)
        for group, rate in zip(optimizer.param_groups, (VECTOR_RATE, RATE), strict=True):
            group["lr"] = rate * pace
        batch = queue.pop()
        logits = model(*_padded([texts[i] for i in batch]))
        losses = functional.binary_cross_entropy_with_logits(
            logits, wanted[batch], reduction="none"
        )
        optimizer.zero_grad()
        (losses * asked[batch]).mean().backward()
        optimizer.step()
    model.eval()
    return model


def convolve(model: Convolution, texts: list[NDArray[np.int32]]) -> Floats:
    """Return the logits of texts."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    found = np.zeros((len(texts), model.out.out_features), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 512):
            places = order[start : start + 512]
            found[places] = model(*_padded([texts[i] for i in places])).numpy()
    return found


def _shuffled(sizes: list[int], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Draw batches of texts of like length."""
    order = rng.permutation(len(sizes))
    lengths = np.array(sizes)
    batches = []
    for start in range(0, len(order), BATCH * 50):
        stretch = order[start : start + BATCH * 50]
        stretch = stretch[np.argsort(lengths[stretch], kind="stable")]
        batches += [stretch[at : at + BATCH] for at in range(0, len(stretch), BATCH)]
    return [batches[i] for i in rng.permutation(len(batches))]


def _padded(texts: list[NDArray[np.int32]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(1, *(len(text) for text in texts)) if len(texts) > 1 else max(1, len(texts[0]))
    rows = np.zeros((len(texts), longest), np.int64)
    mask = np.zeros((len(texts), longest), np.float32)
    for place, text in enumerate(texts):
        rows[place, : len(text)] = text
        mask[place, : len(text)] = 1
    return torch.tensor(rows), torch.tensor(mask)
