"""Sides: what a record asks and what it answers, as duplicates compare them."""

import polars as pl

from curator.records import JOINER


def asked() -> pl.Expr:
    """Return everything a record asks: its prompt and what is said after the first answer.

    The view `prompt` ends at the first answer. Two conversations that part ways later ask different
    things, and are no duplicates, though they begin and answer alike.
    """
    return pl.concat_str("prompt", "follow_up", separator=JOINER, ignore_nulls=True).alias("prompt")
