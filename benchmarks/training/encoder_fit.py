"""Fine-tune the small encoder, or a part of it: batches of like length, a few outputs each."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from toxicity_vectors import encoder_folder
from transformers import AutoModel, AutoTokenizer

Floats = NDArray[np.floating[Any]]
Batch = NDArray[np.int64]
Rows = Sequence[NDArray[Any]]
"""What a model reads of each text: its tokens, or the states of its tokens."""

BATCH_TOKENS = 2048
STRETCH = 60
"""How many batches are sorted by length together: like lengths waste little padding."""


class Encoder(nn.Module):  # type: ignore[misc]
    """A small transformer, the mean of its last states, and a linear layer for the outputs."""

    def __init__(self, outputs: int, folder: Path | None = None) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(folder or encoder_folder(), add_pooling_layer=False)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(self.body.config.hidden_size, outputs)

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the logits of padded rows of tokens."""
        states = self.body(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
        weight = mask[..., None].to(states.dtype)
        mean: torch.Tensor = (states * weight).sum(1) / weight.sum(1)
        return self.out(self.drop(mean))


class Pace(NamedTuple):
    """How long and how fast to learn."""

    epochs: int
    rate: float
    warm_up: int = 100
    """Steps over which the rate grows to its full."""
    seed: int = 7


def tokenise(texts: list[str], longest: int) -> Rows:
    """Cut texts into the encoder's word pieces, `[CLS]` and `[SEP]` included."""
    tokenizer = AutoTokenizer.from_pretrained(encoder_folder())
    rows = tokenizer(texts, truncation=True, max_length=longest)["input_ids"]
    return [np.array(row, np.int64) for row in rows]


def fit(model: nn.Module, rows: Rows, targets: Floats, weight: Floats, pace: Pace) -> None:
    """Fit to soft labels, one column an output; NaN where nobody asked."""
    asked = torch.tensor(~np.isnan(targets) * (weight / weight.mean())[:, None]).float()
    wanted = torch.tensor(np.nan_to_num(targets)).float()

    def loss_of(batch: Batch, logits: torch.Tensor) -> torch.Tensor:
        losses = functional.binary_cross_entropy_with_logits(
            logits, wanted[batch], reduction="none"
        )
        return (losses * asked[batch]).mean()

    learn(model, rows, pace, loss_of)


def learn(
    model: nn.Module,
    rows: Rows,
    pace: Pace,
    loss_of: Callable[[Batch, torch.Tensor], torch.Tensor],
) -> None:
    """Lower the loss of a batch, which is given the places of its rows and the outputs for them."""
    torch.manual_seed(pace.seed)
    rng = np.random.default_rng(pace.seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=pace.rate, weight_decay=0.01)
    lengths = np.array([len(row) for row in rows])
    queue = [batch for _ in range(pace.epochs) for batch in draw_batches(lengths, rng)]
    model.train()
    started, seen = time.monotonic(), 0.0
    for step, batch in enumerate(queue):
        for group in optimizer.param_groups:
            group["lr"] = pace.rate * min(1, (step + 1) / pace.warm_up) * (1 - step / len(queue))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = model(*pad([rows[i] for i in batch]))
        loss = loss_of(batch, outputs.float())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += (float(loss.detach()) - seen) / min(step + 1, 100)
        if step % 100 == 0 or step == len(queue) - 1:
            spent = time.monotonic() - started
            print(f"step {step + 1} of {len(queue)}, loss {seen:.4f}, {spent:.0f} s", flush=True)
    model.eval()


def score(model: nn.Module, rows: Rows) -> Floats:
    """Return the outputs for rows, which all go through once, those of like length together."""
    order = np.argsort([len(row) for row in rows], kind="stable")
    found = np.zeros((len(rows), model.out.out_features), np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            found[places] = model(*pad([rows[i] for i in places])).float().numpy()
    return found


def draw_batches(lengths: NDArray[np.int64], rng: np.random.Generator) -> Iterator[Batch]:
    """Draw batches of at most `BATCH_TOKENS` tokens, padding included."""
    order = rng.permutation(len(lengths))
    batches = []
    stretch = STRETCH * BATCH_TOKENS // int(lengths.mean())
    for start in range(0, len(order), stretch):
        near = order[start : start + stretch]
        near = near[np.argsort(lengths[near], kind="stable")]
        while len(near):
            fits = np.flatnonzero(lengths[near] * np.arange(1, len(near) + 1) <= BATCH_TOKENS)
            size = int(fits[-1]) + 1 if len(fits) else 1
            batches.append(near[:size])
            near = near[size:]
    return (batches[i] for i in rng.permutation(len(batches)))


def pad(rows: Rows) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows filled up to one length, and a mask of where something is."""
    longest = max(len(row) for row in rows)
    kind = np.int64 if rows[0].ndim == 1 else np.float32
    filled = np.zeros((len(rows), longest, *rows[0].shape[1:]), kind)
    mask = np.zeros((len(rows), longest), np.float32)
    for place, row in enumerate(rows):
        filled[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return torch.tensor(filled), torch.tensor(mask)
