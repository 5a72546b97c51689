"""Classify: what each record asks for, from the votes of the model and of the rules."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.second_rules import asked_after
from curator.diversity.task_rules import rule_votes
from curator.diversity.taxonomy import COARSE, COARSE_OF, DOMAINS, FINE, FORMS, MOST_DIFFICULT
from curator.models import Tier, own_classes, task_model

Floats = NDArray[np.float64]

TASK_SCHEMA = pl.Schema(
    {
        "task": pl.String,
        "fine": pl.String,
        "confidence": pl.Float64,
        "second": pl.String,
        "domain": pl.String,
        "form": pl.String,
        "difficulty": pl.Float64,
    }
)
"""What is said of each record."""
TWO_FROM = -1.5
"""Log-odds from which on two requests are likely; chosen on our own prompts, held out."""
DOUBT = 0.8
"""Chance of the likeliest coarse class, by rules and static model, below which the encoder is asked
where there is one; chosen on our own prompts, held out."""
_MEMBERS = np.arange(len(COARSE))[:, None] == np.array(COARSE_OF)[None]
_FINE_NAMES = pl.Series([name.split(".")[1] for name in FINE])


class Outputs(NamedTuple):
    """The model's outputs by what they speak of."""

    fine: Floats
    domain: Floats
    form: Floats
    difficulty: Floats
    two: Floats
    """Log-odds that two things are asked for."""


def classify(records: pl.DataFrame, tier: Tier) -> pl.DataFrame:
    """Say what records ask for, from `prompt`, `response` and `tools`; one row a record, in order.

    All is null where there is no prompt.
    """
    judged = _asked(records)
    if judged.is_empty():
        return pl.DataFrame({name: [None] * records.height for name in TASK_SCHEMA}, TASK_SCHEMA)
    return _in_order(_judge(judged, tier).hstack(judged.select("row")), records.height)


def own_tasks(records: pl.DataFrame, taxonomy: Path) -> pl.DataFrame:
    """Say which class of the user's own is nearest: `task` and `confidence`, one row a record.

    Both are null where there is no prompt; `task` too where no word of it is known.
    """
    judged = _asked(records)
    classes = own_classes(taxonomy)
    chances = classes.chances(judged["prompt"].to_list())
    best = chances.max(1, initial=0)
    task = _named(classes.names, np.where(best > 0, chances.argmax(1), -1))
    found = judged.select("row").with_columns(
        task.alias("task"), pl.Series("confidence", np.round(best, 6), pl.Float64)
    )
    return _in_order(found, records.height)


def _asked(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records that have a prompt, with the `row` of each."""
    asked = pl.col("prompt").fill_null("").str.strip_chars() != ""
    return records.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row")).filter(asked)


def _in_order(found: pl.DataFrame, height: int) -> pl.DataFrame:
    """Return what was found by row, null for the others."""
    rows = pl.DataFrame({"row": pl.int_range(height, dtype=pl.Int64, eager=True)})
    return rows.join(found, on="row", how="left", maintain_order="left").drop("row")


def _judge(judged: pl.DataFrame, tier: Tier) -> pl.DataFrame:
    model = task_model(tier)
    prompts = judged["prompt"].to_list()
    outputs = split(model.outputs(prompts))
    tools = judged["tools"].fill_null("").str.contains("[{]")
    votes = rule_votes(judged["prompt"], judged["response"], tools)
    fine = outputs.fine + votes
    asked = np.flatnonzero(doubtful(fine))
    fine[asked] = model.vote([prompts[at] for at in asked], outputs.fine[asked]) + votes[asked]
    chances = softmax(fine)
    coarse = chances @ _MEMBERS.T
    first = coarse.argmax(1)
    own = np.where(_MEMBERS[first], chances, -1).argmax(1)
    confidence = model.confidence(coarse[np.arange(len(first)), first])
    second = second_of(judged["prompt"], coarse, outputs.two)
    return pl.DataFrame(
        {
            "task": _named(COARSE, first),
            "fine": _FINE_NAMES.gather(own),
            "confidence": np.round(confidence, 6),
            "second": _named(COARSE, second),
            "domain": _named(DOMAINS, outputs.domain.argmax(1)),
            "form": _named(FORMS, outputs.form.argmax(1)),
            "difficulty": np.round(outputs.difficulty, 2),
        },
        TASK_SCHEMA,
    )


def doubtful(fine: Floats) -> NDArray[np.bool_]:
    """Tell which rows of log-odds leave the coarse class open."""
    found: NDArray[np.bool_] = (softmax(fine) @ _MEMBERS.T).max(1) < DOUBT
    return found


def split(outputs: Floats) -> Outputs:
    """Part the outputs of the model."""
    ends = np.cumsum([len(FINE), len(DOMAINS), len(FORMS)])
    fine, domain, form, rest = np.split(outputs, ends, axis=1)
    middle = (1 + MOST_DIFFICULT) / 2
    return Outputs(fine, domain, form, np.clip(middle + rest[:, 0], 1, MOST_DIFFICULT), rest[:, 1])


def softmax(logits: Floats) -> Floats:
    """Return probabilities for log-odds, row by row."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    found: Floats = powers / powers.sum(1, keepdims=True)
    return found


def second_of(prompts: pl.Series, coarse: Floats, two: Floats) -> NDArray[np.int64]:
    """Return the place of the class that is asked for too, -1 where nothing else is.

    The model must find two requests likely, and a rule must know the verb of the second.
    """
    found = np.full(len(two), -1)
    likely = np.flatnonzero(two > TWO_FROM)
    if len(likely):
        chances = np.where(asked_after(prompts.gather(likely)), coarse[likely], 0)
        chances[np.arange(len(likely)), coarse[likely].argmax(1)] = 0
        best = chances.argmax(1)
        found[likely] = np.where(chances.max(1) > 0, best, -1)
    return found


def _named(names: tuple[str, ...], places: NDArray[np.int64]) -> pl.Series:
    """Return the names at these places; null for -1."""
    found = pl.Series(names, dtype=pl.String).gather(np.maximum(places, 0))
    return found.zip_with(pl.Series(places >= 0), pl.Series([None] * len(places), dtype=pl.String))
