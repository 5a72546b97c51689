"""Remarks: what a reader has to know before believing a number."""

from collections.abc import Iterator

import polars as pl

from curator.tune.evaluate.evaluation import Asked
from curator.tune.evaluate.exam import Taken


def remarks_on(asked: Asked, after: Taken) -> Iterator[str]:
    """Say what holds of one model by itself."""
    if asked.run is None:
        yield "No run was named, so that no held-out record was read: name one with --run."
    elif not after.losses.height:
        yield f"The side {asked.side} of the run has no record that could be read."
    if asked.quick:
        yield (
            f"This was a quick look: few prompts, answers of at most {asked.most_tokens} tokens. "
            f"Intervals are wide, and long answers count as not ended."
        )
    yield from _silent(after)


def remarks_on_both(after: Taken, before: Taken, *, losses_compared: bool) -> Iterator[str]:
    """Say what else holds of the comparison of two."""
    yield from _silent(before)
    if before.lent:
        yield (
            f"{before.model} has no chat template and was asked in that of {after.model}, which it "
            f"has never seen: part of any difference is that."
        )
    if after.losses.height and not losses_compared:
        yield (
            "The two models cut the held-out answers into other tokens, so that nats a token are "
            "two units: the losses are not compared."
        )


def _silent(taken: Taken) -> Iterator[str]:
    if not taken.marks.filter(pl.col("part") == "groups")["hit"].count():
        yield f"No answer of {taken.model} about groups says anything that could be judged."
