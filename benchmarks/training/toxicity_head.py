"""Tune the encoder's upper layers on what is toxic, and write what ships: the second of two steps.

Usage: python benchmarks/training/toxicity_head.py [DATA_FOLDER] --tuned FOLDER [--out FOLDER]

`--tuned` is the folder that `toxicity_encoder.py` has written. The lower layers are quantised and
kept; the upper ones learn from the Wikipedia test sets too, and from a share of all the rest. How
they do on the Wikipedia sets is judged before that, when nothing has been learnt from them. The
outputs are calibrated (Platt 1999) on texts that neither step has learnt from.
"""

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import torch
from encoder_fit import Encoder, Floats, Pace, fit, score
from encoder_heads import Head, Lower, States, export, read_states
from numpy.typing import NDArray
from safetensors.torch import load_file
from scipy.sparse import csr_matrix
from toxicity_encoder import LATE, LONGEST, OUTPUTS, WEIGHTS, read_all
from toxicity_fit import fit_linear
from toxicity_report import auroc
from toxicity_vectors import encoder_folder

from curator.models.encoder import Trunk
from curator.models.toxicity_static import WEIGHTS as SHIPPED

PACE = Pace(epochs=2, rate=5e-5)
REPLAYED, JUDGED = 0.1, 0.15
"""Which share of the first step's texts is learnt from again, and which share of the texts never
learnt from is used to calibrate."""


class Known(NamedTuple):
    """Texts, and what the trunk says of them."""

    texts: pl.DataFrame
    states: States


def main() -> None:
    """Quantise, tune, calibrate, judge, write."""
    asked = read_arguments(__doc__)
    tuned = load_tuned(asked.tuned)
    trunk = write_trunk(tuned, asked.out)
    known = choose(read_all(asked.data, PACE.seed), trunk, asked.tuned / "states.npz")
    head = Head(tuned, len(OUTPUTS))
    print(json.dumps(judge(known.texts, score(head, known.states)), indent=1), flush=True)
    train(head, known)
    logits = score(head, known.states)
    fresh = (known.texts["judged"] & (known.texts["set"] != LATE)).to_numpy()
    head.out.weight.data, head.out.bias.data = calibrate(head, known.texts, logits, fresh)
    states = torch.tensor(trunk.read("What is learnt here?", LONGEST))
    export(head, states, ("states", "outputs"), asked.out / "toxicity_head.onnx")
    judged = judge(known.texts.filter(fresh), logits[fresh])
    print(json.dumps(judged, indent=1))
    (asked.tuned / "judged.json").write_text(json.dumps(judged, indent=1))


def read_arguments(about: str) -> argparse.Namespace:
    """Read where the data is, where the first step's weights are, and where to write."""
    parser = argparse.ArgumentParser(description=about)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--tuned", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED.parent)
    return parser.parse_args()


def load_tuned(folder: Path) -> Encoder:
    """Read what the first step has written."""
    model = Encoder(len(OUTPUTS))
    model.load_state_dict(load_file(folder / WEIGHTS))
    model.eval()
    return model


def write_trunk(tuned: Encoder, out: Path) -> Trunk:
    """Write the lower layers and the word pieces."""
    out.mkdir(parents=True, exist_ok=True)
    model, pieces = out / "encoder_trunk.onnx", out / "encoder_pieces.txt"
    export(Lower(tuned), torch.tensor([[101, 2054, 2003, 102]]), ("tokens", "states"), model)
    shutil.copyfile(encoder_folder() / "vocab.txt", pieces)
    return Trunk.load(model, pieces)


def choose(texts: pl.DataFrame, trunk: Trunk, kept: Path) -> Known:
    """Choose what to learn from (`learn`) and what to judge on (`judged`); keep what is read."""
    late = pl.col("set") == LATE
    draw = pl.int_range(pl.len()).shuffle(seed=11) / pl.len()
    written = (pl.col("set") == "written") & (draw < 2 * REPLAYED)
    learn = (late | written | (pl.col("drawn") & (draw < REPLAYED))) & ~pl.col("held")
    judged = late | pl.col("held") | (~pl.col("drawn") & (draw < JUDGED))
    chosen = texts.with_columns(learn=learn, judged=judged).filter(
        pl.col("learn") | pl.col("judged")
    )
    print(
        f"{chosen['learn'].sum()} to learn from, {chosen['judged'].sum()} to judge on", flush=True
    )
    if not kept.exists():
        states = read_states(trunk, chosen["learnt"].to_list(), LONGEST)
        np.savez(kept, rows=np.concatenate(states), ends=np.cumsum([len(one) for one in states]))
    with np.load(kept) as read:
        return Known(chosen, np.split(read["rows"], read["ends"][:-1]))


def train(head: Head, known: Known) -> None:
    """Tune the head to what is to be learnt."""
    at = np.flatnonzero(known.texts["learn"].to_numpy())
    targets = known.texts.select(OUTPUTS).to_numpy()[at]
    weight = known.texts["weight"].to_numpy()[at]
    fit(head, [known.states[i] for i in at], targets, weight, PACE)


def calibrate(
    head: Head, texts: pl.DataFrame, logits: Floats, fresh: NDArray[np.bool_]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and shift the last layer, and the logits, to log-odds (Platt 1999)."""
    weights, biases = head.out.weight.data.clone(), head.out.bias.data.clone()
    for row, output in enumerate(OUTPUTS):
        target = texts[output].to_numpy()
        asked = ~np.isnan(target) & fresh
        readers = csr_matrix(logits[asked, row : row + 1])
        scale, shift = fit_linear(readers, target[asked], texts["weight"].to_numpy()[asked])
        print(f"{output}: scale {scale[0]:.3f}, shift {shift:.3f}")
        weights[row], biases[row] = weights[row] * scale[0], biases[row] * scale[0] + shift
        logits[:, row] = logits[:, row] * scale[0] + shift
    return weights, biases


def judge(texts: pl.DataFrame, logits: Floats) -> dict[str, object]:
    """Tell how well texts are told apart by heads that have not learnt from them."""
    rows = texts.with_columns(chance=pl.Series(1 / (1 + np.exp(-logits[:, 0])))).filter("judged")
    written = rows.filter(pl.col("set") == "written")
    by_part = written.group_by("part", maintain_order=True).agg(
        pl.col("label").first(),
        pl.col("chance").mean().round(3).alias("mean"),
        (pl.col("chance") > 0.5).mean().round(3).alias("above 0.5"),  # noqa: PLR2004
    )
    columns = ("label", "chance", "group")
    found: dict[str, object] = {
        name: auroc(*(part[column].to_numpy() for column in columns))
        for (name,), part in rows.group_by("set", maintain_order=True)
        if part["label"].n_unique() > 1
    }
    return {**found, "phenomena": {row.pop("part"): row for row in by_part.to_dicts()}}


if __name__ == "__main__":
    main()
