"""Languages: how often the language of a sentence is right, beside the model's first guess."""

import gzip
import json
import time
from pathlib import Path

import numpy as np
import polars as pl

from curator.features import Language as LanguageOfTurns
from curator.filters.language import Language
from curator.models import Guess, kin, language_model
from labelled.bootstrap import DRAWS, Estimate, Rate, estimates
from labelled.entry import Entry
from labelled.judge import records_of

STRANGE = {"lg", "mi", "sn", "so", "st", "tn", "ts", "xh", "zu"}
"""Languages without a label in the model; it has one for Somali, and never gives it."""
SENTENCES = "language/sentences_75_languages.jsonl.gz"
TASKS = "instructions/t0_55k.jsonl.gz"


def languages(folder: Path, draws: int = DRAWS) -> dict[str, dict[str, Estimate]]:
    """Return by judge how often the language is right; relatives count as one (`kin`)."""
    with gzip.open(folder / SENTENCES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    model, texts = language_model(), [row["text"] for row in rows]
    judges = {
        "lid.176.ftz, its first guess": [model.first_guess(text) for text in texts],
        "with scripts and function words": model.identify(texts),
    }
    spoken = [row["lang"] for row in rows]
    return {name: _told(spoken, guesses, draws) for name, guesses in judges.items()}


def _told(spoken: list[str], guesses: list[Guess], draws: int) -> dict[str, Estimate]:
    least = Language().min_confidence
    known = np.array([language not in STRANGE for language in spoken])
    sure = np.array([guess.confidence >= least for guess in guesses])
    pairs = zip(spoken, guesses, strict=True)
    right = np.array([kin(guess.language) == kin(language) for language, guess in pairs])
    measures = {
        "right": Rate(right, known),
        f"sure, from {least} on": Rate(sure, known),
        "right where sure": Rate(right, known & sure),
        "uncertain where unknown": Rate(~sure, ~known),
    }
    return estimates(measures, np.arange(len(spoken)), draws)


def language_cost(folder: Path) -> float:
    """Return how many records a CPU second judges, prompts and answers; the median of three."""
    rows = pl.read_ndjson(folder / TASKS).head(20_000)
    entry = Entry(name="t0", filter=Language(), paths=(TASKS,))
    frame = records_of(entry, rows["completion"].to_list(), rows["prompt"].to_list())
    feature, spent = LanguageOfTurns(), []
    for _ in range(3):
        began = time.process_time()
        feature.compute(frame)
        spent.append(time.process_time() - began)
    return frame.height / sorted(spent)[1]
