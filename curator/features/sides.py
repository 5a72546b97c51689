"""Sides: what a record asks and what it answers, as duplicates compare them."""

import polars as pl

from curator.records import JOINER

SIDE_COLUMNS = ("prompt", "follow_up", "response", "rejected_text", "label", "setting")
"""The record columns that the sides are made of."""


def asked() -> pl.Expr:
    """Return everything a record asks: its prompt and what is said after the first answer.

    The view `prompt` ends at the first answer. Two conversations that part ways later ask different
    things, and are no duplicates, though they begin and answer alike.
    """
    return pl.concat_str("prompt", "follow_up", separator=JOINER, ignore_nulls=True).alias("prompt")


def answered() -> pl.Expr:
    """Return everything a record answers: its response, and the rejected one of a pair."""
    both = pl.concat_str("response", "rejected_text", separator=JOINER, ignore_nulls=True)
    return both.alias("response")


def comparable() -> pl.Expr:
    """Return what must be equal for two records to be duplicates at all.

    A good answer never falls for a bad one (`label`), a plain record never for a preference pair,
    and nothing for what was said under other instructions or with other tools.
    """
    judged = pl.struct("label", pl.col("rejected_text").is_not_null().alias("pair"), "setting")
    return judged.hash(seed=0).alias("comparable")
