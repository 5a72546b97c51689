"""Train the encoder's vote on tasks, and say how well both vote together on what is not seen.

Usage: python benchmarks/training/task_encoder.py [DATA_FOLDER] [--out FOLDER] [--seed 7]
           [--judge-only]

Needs torch. Learns from what `task_static.py` learns from, fewer rows of each template. The trunk
stays as it is; five folds as there, in which both models learn anew, choose nothing but calibrate
the confidence.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from task_calibrate import calibrate, report
from task_fit import OUTPUTS, Targets, loss_of, targets_of
from task_sets import T0_ROWS
from task_static import FOLDS, SHIPPED, Known, cross_validate, read_known
from torch import nn

from curator.diversity.taxonomy import FINE
from curator.models.encoder import bundled_trunk
from curator.models.task_encoder import SHARE, pooled
from curator.models.tensors import write_tensors

Array = NDArray[np.float32]
HIDDEN = 384
EPOCHS, BATCH, RATE = 16, 256, 1.5e-3
WEIGHTS = {"written": 2.0, "frames": 1.0, "t0": 1.0, "gsm8k": 0.5, "toolformer": 0.5}
"""What a row of a set counts for."""
EVERY = {"t0": T0_ROWS // 12, "gsm8k": 4, "toolformer": 6}
"""Of these sets every so manyth row is learnt from: reading costs, and they are much alike."""


def main() -> None:
    """Read, train, calibrate, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--judge-only", action="store_true", help="write no model")
    asked = parser.parse_args()
    known = read_known(asked.data)
    kept = chosen(known.rows)
    states = read_states(known.rows["text"].gather(kept).to_list())
    centre, spread = states.mean(0), states.std(0) + 1e-3
    seen = ((states - centre) / spread).astype(np.float32)
    rows = known.rows[kept].with_columns(
        pl.col("set").replace_strict(WEIGHTS, return_dtype=pl.Float64).alias("weight")
    )
    votes = known.seen.votes[kept]
    calibration = judge(known, rows, (kept, seen, votes), asked.seed)
    if asked.judge_only:
        return
    model = fit(seen, votes, targets_of(rows), asked.seed)
    tensors = {
        "mean": centre.astype(np.float32),
        "spread": spread.astype(np.float32),
        **{name: one.astype(np.float16) for name, one in layers(model).items()},
        "calibration": np.array(calibration, np.float32),
    }
    write_tensors(asked.out / "task_encoder.safetensors", tensors, {"name": "task_encoder"})


def chosen(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Choose which rows are read."""
    every = pl.col("set").replace_strict(EVERY, default=1, return_dtype=pl.Int64)
    place = pl.int_range(pl.len()).over("set")
    return np.flatnonzero(rows.select(place % every == 0).to_series().to_numpy())


def read_states(texts: list[str]) -> Array:
    """Return what the trunk makes of each prompt."""
    trunk = bundled_trunk()
    return np.stack([pooled(trunk, text) for text in texts])


def judge(
    known: Known,
    rows: pl.DataFrame,
    read: tuple[NDArray[np.int64], Array, Array],
    seed: int,
) -> tuple[float, float]:
    """Report both models together on held-out groups, and return the calibration."""
    kept, seen, votes = read
    static = cross_validate(known, seed)[kept]
    wanted = targets_of(rows)
    folds = (rows["group"].hash(seed) % FOLDS).to_numpy()
    found = np.zeros((rows.height, len(FINE)), np.float32)
    for fold in range(FOLDS):
        own, held = np.flatnonzero(folds != fold), folds == fold
        model = fit(seen[own], votes[own], wanted.at(own), seed)
        with torch.inference_mode():
            found[held] = model(torch.tensor(seen[held])).numpy() + votes[held]
    both = static.copy()
    both[:, : len(FINE)] = (1 - SHARE) * static[:, : len(FINE)] + SHARE * found
    calibration = calibrate(rows, both)
    print(report(rows, both, calibration))
    return calibration


def fit(seen: Array, votes: Array, wanted: Targets, seed: int) -> nn.Sequential:
    """Learn what the rules do not know."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Dropout(0.2),
        nn.Linear(seen.shape[1], HIDDEN),
        nn.ReLU(),
        nn.Dropout(0.4),
        nn.Linear(HIDDEN, len(FINE)),
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05)
    chance = wanted.weight.numpy().astype(np.float64)
    chance /= chance.sum()
    steps = EPOCHS * len(seen) // BATCH
    unasked = wanted._replace(
        domain=torch.full_like(wanted.domain, -1),
        form=torch.full_like(wanted.form, -1),
        difficulty=torch.full_like(wanted.difficulty, float("nan")),
    )
    for step in range(steps):
        places = rng.choice(len(seen), BATCH, p=chance)
        heard = torch.rand(BATCH, 1) > 0.15  # noqa: PLR2004 (as in task_fit)
        fine = model(torch.tensor(seen[places])) + torch.tensor(votes[places]) * heard
        outputs = nn.functional.pad(fine, (0, OUTPUTS - len(FINE)))
        optimizer.param_groups[0]["lr"] = RATE * min(1, (step + 1) / 50) * (1 - step / steps)
        loss = loss_of(outputs, unasked.at(places))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def layers(model: nn.Sequential) -> dict[str, Array]:
    """Return the weights by name."""
    with torch.no_grad():
        return {
            "hidden": model[1].weight.T.numpy(),
            "hidden_bias": model[1].bias.numpy(),
            "out": model[4].weight.T.numpy(),
            "bias": model[4].bias.numpy(),
        }


if __name__ == "__main__":
    main()
