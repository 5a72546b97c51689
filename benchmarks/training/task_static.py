"""Train the static task model that ships inside, and say how well it does on what it has not seen.

Usage: python benchmarks/training/task_static.py [DATA_FOLDER] [--out FOLDER] [--seed 7]
           [--judge-only]

Needs torch. Learns from our own prompts and the sets of `task_sets.py`. Five folds, split by
template and by prompt, give every row outputs by a model that has not seen it; these calibrate the
confidence and are judged. The model itself then learns from all.
"""

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from task_calibrate import calibrate, report
from task_fit import OUTPUTS, Seen, Targets, Voters, fit, outputs_of, targets_of
from task_sets import T0_ROWS, read_all

from curator.diversity.task_rules import rule_votes
from curator.models import embedder
from curator.models.task_parts import asked_parts
from curator.models.task_static import meaning_of
from curator.models.task_text import Features, cue_table, read_features, read_tokens
from curator.models.tensors import Array, write_tensors

FOLDS = 5
EPOCHS = 10
WEIGHTS = {"written": 2.0, "frames": 1.0, "t0": 12 / T0_ROWS, "gsm8k": 0.3, "toolformer": 0.3}
"""What a row of a set counts for: ours are few and varied, those of t0 many and alike."""
CUE_COUNT = 8
"""In how many prompts and templates a word stands that may be a cue."""
SHIPPED = Path(__file__).parents[2] / "curator" / "models" / "weights"


class Known(NamedTuple):
    """The rows, what the model reads of them, and what it is to learn."""

    rows: pl.DataFrame
    seen: Seen
    wanted: Targets
    cues: NDArray[np.uint64]


def main() -> None:
    """Train, calibrate, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--judge-only", action="store_true", help="write no model")
    asked = parser.parse_args()
    known = read_known(asked.data)
    crossed = cross_validate(known, asked.seed)
    calibration = calibrate(known.rows, crossed)
    print(report(known.rows, crossed, calibration))
    if asked.judge_only:
        return
    model = fit(known.seen, known.wanted, EPOCHS, asked.seed)
    tensors = pack(model, known.cues, calibration)
    write_tensors(asked.out / "task_static.safetensors", tensors, {"name": "task_static"})


def read_known(data: Path) -> Known:
    """Read everything that is learnt from."""
    rows = read_all(data).with_columns(
        pl.col("set").replace_strict(WEIGHTS, return_dtype=pl.Float64).alias("weight")
    )
    cues = list_cues(rows)
    return Known(rows, see(rows["text"].to_list(), cues), targets_of(rows), cues)


def list_cues(rows: pl.DataFrame) -> NDArray[np.uint64]:
    """List the words that stand in what is asked often enough to say something of it."""
    templates = rows.filter(pl.col("set") == "t0").unique("group", maintain_order=True)
    texts = [*rows.filter(pl.col("set") == "written")["text"], *templates["text"]]
    counted: Counter[int] = Counter()
    for text in texts:
        counted.update({*read_tokens(asked_parts(text))[0].tolist()})
    signs = 128
    return np.array(
        sorted(k for k, n in counted.items() if n >= CUE_COUNT and k >= signs), np.uint64
    )


def see(texts: list[str], cues: NDArray[np.uint64]) -> Seen:
    """Read prompts as the model does."""
    meaning = meaning_of(texts, embedder("bundled").embed)
    nothing = pl.Series([""] * len(texts)), pl.Series([False] * len(texts))
    votes = rule_votes(pl.Series(texts), *nothing)
    hashed = read_features(texts, cue_table(cues))
    return Seen(hashed, meaning.astype(np.float32), votes.astype(np.float32))


def cross_validate(known: Known, seed: int) -> NDArray[np.float32]:
    """Return outputs for all rows by models that have not seen their group."""
    folds = (known.rows["group"].hash(seed) % FOLDS).to_numpy()
    found = np.zeros((known.rows.height, OUTPUTS), np.float32)
    for fold in range(FOLDS):
        own, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = fit(part_of(known.seen, own), known.wanted.at(own), EPOCHS, seed)
        found[held] = outputs_of(model, part_of(known.seen, held))
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    return found


def part_of(seen: Seen, places: NDArray[np.int64]) -> Seen:
    """Return what is seen of some rows."""
    ends = seen.hashed.ends
    parts = [seen.hashed.hashed[(ends[i - 1] if i else 0) : ends[i]] for i in places]
    sizes = np.cumsum([len(part) for part in parts])
    hashed = Features(np.concatenate(parts), sizes, seen.hashed.signs[places])
    return Seen(hashed, seen.meaning[places], seen.votes[places])


def pack(
    model: Voters, cues: NDArray[np.uint64], calibration: tuple[float, float]
) -> dict[str, Array]:
    """Make small tensors of a model."""
    words = model.words.weight.detach().numpy()
    scale = np.abs(words).max(0) / 127
    with torch.no_grad():
        dense = {
            "signs": model.signs.weight.T,
            "hidden": model.hidden.weight.T,
            "hidden_bias": model.hidden.bias,
            "out": model.out.weight.T,
            "bias": model.out.bias + model.signs.bias,
        }
        halves = {name: one.numpy().astype(np.float16) for name, one in dense.items()}
    return halves | {
        "words": np.rint(words / scale).astype(np.int8),
        "words_scale": scale.astype(np.float32),
        "cues": cues,
        "calibration": np.array(calibration, np.float32),
    }


if __name__ == "__main__":
    main()
