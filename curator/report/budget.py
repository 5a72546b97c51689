"""Budget: how many tokens a run leaves to train on, and how many records fit a context window."""

from typing import NamedTuple

import polars as pl

from curator.features import answered_tokens, asked_tokens

WINDOWS = (1_024, 2_048, 4_096, 8_192, 16_384, 32_768)
"""Context windows, in tokens, that people fine-tune with."""
SHARES = (0.5, 0.9, 0.99, 1.0)
"""The shares of records whose longest is told."""


class Budget(NamedTuple):
    """Estimated tokens of the kept records, chat template left out.

    `answers` are those a trainer learns from. `lengths` has `share, tokens`: that share of the
    records has at most so many. `windows` has `window, longer, beyond`: records that are longer
    than a context window, and the tokens of theirs that lie beyond it.
    """

    read: int
    tokens: int
    answers: int
    lengths: pl.DataFrame
    windows: pl.DataFrame


def sizes_of(records: pl.LazyFrame) -> pl.DataFrame:
    """Return `source, tokens, answers` of every record, in run order: all turns, and the answers.

    Streams: of the texts only their counts are kept. Thinking counts as part of the answers.
    """
    asked, answers = asked_tokens().alias("asked"), answered_tokens().alias("answers")
    counted = records.select("source", asked, answers)
    both = pl.col("asked") + pl.col("answers")
    return counted.select("source", both.alias("tokens"), "answers").collect(engine="streaming")


def budget_of(sizes: pl.DataFrame, kept: pl.Series) -> Budget:
    """Sum up the sizes of the kept records; `kept` has one value a record, in the same order."""
    tokens = sizes["tokens"].filter(kept)
    at_most = [tokens.quantile(share, "nearest") for share in SHARES]
    beyond = [(tokens - window).filter(tokens > window) for window in WINDOWS]
    return Budget(
        read=int(sizes["tokens"].sum()),
        tokens=int(tokens.sum()),
        answers=int(sizes["answers"].filter(kept).sum()),
        lengths=pl.DataFrame(
            {"share": SHARES, "tokens": [int(most or 0) for most in at_most]},
            schema_overrides={"tokens": pl.Int64},
        ),
        windows=pl.DataFrame(
            {
                "window": WINDOWS,
                "longer": [len(rest) for rest in beyond],
                "beyond": [int(rest.sum()) for rest in beyond],
            }
        ),
    )
