"""Classify: what each record asks for, from the votes of the model and of the rules."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

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
SECOND_FROM = 1.0
"""How readily a second class is named; chosen on our own prompts, held out."""
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
    known = pl.Series(best > 0)
    task = _named(classes.names, chances.argmax(1))
    found = judged.select("row").with_columns(
        task.zip_with(known, pl.Series([None] * len(task), dtype=pl.String)).alias("task"),
        pl.Series("confidence", np.round(best, 6), pl.Float64),
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
    outputs = split(model.outputs(judged["prompt"].to_list()))
    tools = judged["tools"].fill_null("").str.contains("[{]")
    fine = outputs.fine + rule_votes(judged["prompt"], judged["response"], tools)
    chances = softmax(fine)
    coarse = chances @ _MEMBERS.T
    first, second = best_two(coarse)
    own = np.where(_MEMBERS[first], chances, -1).argmax(1)
    confidence = model.confidence(coarse[np.arange(len(first)), first])
    both = two_asked(outputs.two, coarse[np.arange(len(second)), second])
    return pl.DataFrame(
        {
            "task": _named(COARSE, first),
            "fine": _FINE_NAMES.gather(own),
            "confidence": np.round(confidence, 6),
            "second": _named(COARSE, second).zip_with(
                pl.Series(both), pl.Series([None] * len(both), dtype=pl.String)
            ),
            "domain": _named(DOMAINS, outputs.domain.argmax(1)),
            "form": _named(FORMS, outputs.form.argmax(1)),
            "difficulty": np.round(outputs.difficulty, 2),
        },
        TASK_SCHEMA,
    )


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


def best_two(chances: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the likeliest and of the second likeliest of each row."""
    order = np.argsort(-chances, axis=1, kind="stable")
    return order[:, 0], order[:, 1]


def two_asked(two: Floats, chance: Floats) -> NDArray[np.bool_]:
    """Say where a second class is asked for too: the model says so, and the class is likely."""
    odds = two + np.log(np.maximum(chance, 1e-9)) + SECOND_FROM
    return odds > 0


def _named(names: tuple[str, ...], places: NDArray[np.int64]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(places)
