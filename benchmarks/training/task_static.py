"""Train the static task model that ships inside, and say how well it does on what it has not seen.

Usage: python benchmarks/training/task_static.py [DATA_FOLDER] --kept FOLDER [--out FOLDER]
           [--seed 7] [--judge-only]

The second of two steps: `--kept` is where `task_head.py` has left what the encoder's head says.
Needs torch. Learns from our own prompts and the sets of `task_sets.py`, and of a pool of others
what the head thinks of them. A first model learns without a fourth of the groups, taught by a head
that had not seen them either: it is judged, and the confidence calibrated, on these. The model that
ships learns from all.
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
from task_fit import Seen, Targets, Voters, fit, outputs_of, targets_of
from task_fit import taught as taught_targets
from task_head import chosen, held_out
from task_pool import read_pool
from task_sets import T0_ROWS, read_all

from curator.diversity.classify import doubtful, softmax
from curator.diversity.task_rules import rule_votes
from curator.diversity.taxonomy import FINE
from curator.models import embedder
from curator.models.task_encoder import blend
from curator.models.task_parts import asked_parts
from curator.models.task_static import meaning_of
from curator.models.task_text import Features, cue_table, read_features, read_tokens
from curator.models.tensors import Array, write_tensors

Floats = NDArray[np.float64]
EPOCHS = 10
WEIGHTS = {"written": 2.0, "frames": 1.0, "t0": 12 / T0_ROWS, "gsm8k": 0.3, "toolformer": 0.3}
"""What a row of a set counts for: ours are few and varied, those of t0 many and alike."""
POOL_WEIGHT = 0.5
"""What a row of the pool counts for."""
CUE_COUNT = 8
"""In how many prompts and templates a word stands that may be a cue."""
SHIPPED = Path(__file__).parents[2] / "curator" / "models" / "weights"


class Known(NamedTuple):
    """The rows, what the model reads of them, and what it is to learn."""

    rows: pl.DataFrame
    seen: Seen
    wanted: Targets
    cues: NDArray[np.uint64]


class Pool(NamedTuple):
    """Prompts that nobody has labelled, and what the model reads of them."""

    rows: pl.DataFrame
    seen: Seen


def main() -> None:
    """Train, calibrate, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--judge-only", action="store_true", help="write no model")
    asked = parser.parse_args()
    known = read_known(asked.data)
    texts = read_pool(asked.data)
    pool = Pool(texts, see(texts["text"].to_list(), known.cues))
    calibrations = judge(known, pool, asked.kept, asked.seed)
    if asked.judge_only:
        return
    everything = np.ones(known.rows.height, bool), np.ones(texts.height, bool)
    model = fit_taught(known, pool, everything, taught(asked.kept, "pool"), asked.seed)
    tensors = pack(model, known.cues, calibrations)
    write_tensors(asked.out / "task_static.safetensors", tensors, {"name": "task_static"})


def taught(kept: Path, name: str) -> Floats:
    """Read what `task_head.py` has left under a name."""
    with np.load(kept / "task_taught.npz") as left:
        found: Floats = left[name].astype(np.float64)
    return found


def judge(known: Known, pool: Pool, left: Path, seed: int) -> list[tuple[float, float]]:
    """Report how either tier does on held-out groups, and return the calibration of each."""
    held = held_out(known.rows)
    learnt = ~held, ~held_out(pool.rows)
    model = fit_taught(known, pool, learnt, taught(left, "pool_held"), seed)
    read = chosen(known.rows.with_row_index())["index"].to_numpy()
    kept = held[read]
    places = read[kept].astype(np.int64)
    outputs = outputs_of(model, part_of(known.seen, places)).astype(np.float64)
    votes = known.seen.votes[places]
    both, fine = outputs.copy(), outputs[:, : len(FINE)]
    asked = doubtful(fine)
    both[asked, : len(FINE)] = (blend(fine - votes, taught(left, "held")[kept]) + votes)[asked]
    print(f"the encoder is asked about {asked.mean():.3f}")
    found = []
    for name, one in (("bundled", outputs), ("encoder", both)):
        rows = known.rows[places]
        found.append(calibrate(rows, one))
        print(name, report(rows, one, found[-1]), sep="\n", flush=True)
    return found


def fit_taught(
    known: Known,
    pool: Pool,
    learnt: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    said: Floats,
    seed: int,
) -> Voters:
    """Learn from some of the known rows, and from what a head said of some of the pool."""
    own, more = (np.flatnonzero(one) for one in learnt)
    seen = part_of(known.seen, own), part_of(pool.seen, more)
    chances = softmax(said[more] + pool.seen.votes[more])
    wanted = known.wanted.at(own), taught_targets(chances, POOL_WEIGHT)
    joined = Targets(*(torch.cat(pair) for pair in zip(*wanted, strict=True)))
    return fit(joined_seen(*seen), joined, EPOCHS, seed)


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


def part_of(seen: Seen, places: NDArray[np.int64]) -> Seen:
    """Return what is seen of some rows."""
    ends = seen.hashed.ends
    parts = [seen.hashed.hashed[(ends[i - 1] if i else 0) : ends[i]] for i in places]
    sizes = np.cumsum([len(part) for part in parts])
    hashed = Features(np.concatenate(parts), sizes, seen.hashed.signs[places])
    return Seen(hashed, seen.meaning[places], seen.votes[places])


def joined_seen(first: Seen, second: Seen) -> Seen:
    """Put what is seen of some rows behind what is seen of others."""
    hashed = Features(
        np.concatenate([first.hashed.hashed, second.hashed.hashed]),
        np.concatenate([first.hashed.ends, second.hashed.ends + len(first.hashed.hashed)]),
        np.concatenate([first.hashed.signs, second.hashed.signs]),
    )
    rest = (np.concatenate(pair) for pair in zip(first[1:], second[1:], strict=True))
    return Seen(hashed, *rest)


def pack(
    model: Voters, cues: NDArray[np.uint64], calibrations: list[tuple[float, float]]
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
        "calibration": np.array(calibrations, np.float32),
    }


if __name__ == "__main__":
    main()
