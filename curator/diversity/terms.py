"""Terms: the words that tell one group of texts from all the others."""

import polars as pl

from curator.diversity._small_words import BREAKS, DETERMINERS, LINKS, PREPOSITIONS, PRONOUNS, WH
from curator.models.function_words import function_words

HEAD = 600
"""Characters of a text that are read: what it is about stands there."""
PRIOR = 500.0
"""Weight of the prior: so many words, spread like those of all groups, are added to each."""
LEAST = 3
"""What fewer texts of a group say is no term of it."""
_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}]{2}|\p{L}[\p{L}\p{M}'\x{2019}+#-]{2,}"
_IDLE = BREAKS | DETERMINERS | LINKS | PREPOSITIONS | PRONOUNS | WH
_FORMAL = {"following", "given", "sentence", "input", "output", "noinput", "example", "answer"}


def terms_of(texts: pl.Series, groups: pl.Series, most: int = 3) -> pl.DataFrame:
    """Return the terms of each group, `group, terms`, the most telling first.

    A word counts once a text. Its log-odds in a group against the others have an informative
    Dirichlet prior, which draws rare words to what holds of all (Monroe, Colaresi and Quinn 2008,
    Political Analysis 16:372), and words are in the order of their z. Groups of a null are none; a
    group without terms has an empty list.
    """
    told = pl.DataFrame({"group": groups, "text": texts}).drop_nulls("group").with_row_index("row")
    words = (
        told.select(
            "row",
            "group",
            pl.col("text").fill_null("").str.head(HEAD).str.to_lowercase().str.extract_all(_WORD),
        )
        .explode("text")
        .rename({"text": "word"})
        .drop_nulls("word")
        .unique(["row", "word"])
        .filter(~pl.col("word").is_in(_stop_words()))
    )
    chosen = (
        _telling(words)
        .with_columns(pl.col("word").str.strip_suffix("s").alias("stem"))
        .sort("group", -pl.col("z").round(6), "word")
        .unique(["group", "stem"], keep="first", maintain_order=True)
        .group_by("group", maintain_order=True)
        .agg(pl.col("word").head(most).alias("terms"))
    )
    every = told.select("group").unique().sort("group")
    return every.join(chosen, on="group", how="left", maintain_order="left").with_columns(
        pl.col("terms").fill_null([])
    )


def _stop_words() -> list[str]:
    return sorted(_IDLE | _FORMAL | set(function_words()))


def _telling(words: pl.DataFrame) -> pl.DataFrame:
    """Return `group, word, z` of what a group says more often than the others."""
    counted = words.group_by("group", "word").agg(pl.len().alias("found"))
    counted = counted.with_columns(
        pl.col("found").sum().over("group").alias("trials"),
        pl.col("found").sum().over("word").alias("all_found"),
        pl.col("found").sum().alias("all_trials"),
    )
    found, trials = pl.col("found"), pl.col("trials")
    others, other_trials = pl.col("all_found") - found, pl.col("all_trials") - trials
    prior = PRIOR * pl.col("all_found") / pl.col("all_trials")
    yes, no = found + prior, trials - found + PRIOR - prior
    other_yes, other_no = others + prior, other_trials - others + PRIOR - prior
    ratio = (yes / no).log() - (other_yes / other_no).log()
    z = ratio / (1 / yes + 1 / other_yes).sqrt()
    return counted.select("group", "word", "found", z.alias("z")).filter(
        found >= LEAST, pl.col("z") > 0
    )
