"""Asked for: the verbs of the prompts with their objects, and how often words are new."""

from typing import NamedTuple

import polars as pl

from curator.diversity.distinct import ORDERS, WORDS, distinct, first_words
from curator.diversity.verbs import asked_of
from curator.run import Run

DRAWN = 20_000
"""Records that are read: those whose contents, which are hashes, come first."""
VERBS_SCHEMA = pl.Schema(
    {"verb": pl.String, "object": pl.String, "records": pl.Int64, "kept": pl.Int64}
)


class Verbs(NamedTuple):
    """What the prompts ask for: `verb, object, records, kept`, the commonest first.

    Of the `read` records, `unread` prompts have no verb that the rules could find; an object that
    is no noun is null.
    """

    pairs: pl.DataFrame
    read: int
    unread: int


class Novelty(NamedTuple):
    """Distinct-n of one view over equally many `words`: `order, all, kept`."""

    view: str
    words: int
    shares: pl.DataFrame


def drawn_of(run: Run, kept: pl.Series, most: int = DRAWN) -> pl.DataFrame:
    """Return `prompt, response, kept` of the drawn records, in the order of their contents."""
    rows = pl.concat([run.records().select("content"), kept.to_frame().lazy()], how="horizontal")
    drawn = rows.with_row_index("row").collect().sort("content", "row").head(most)
    texts = run.records().select("prompt", "response").with_row_index("row")
    there = texts.filter(pl.col("row").is_in(drawn["row"].implode())).collect(engine="streaming")
    return drawn.join(there, on="row", maintain_order="left").select("prompt", "response", "kept")


def verbs_of(drawn: pl.DataFrame) -> Verbs:
    """Read the verb and object of every drawn prompt."""
    asked = [asked_of(prompt) for prompt in drawn["prompt"].fill_null("")]
    told = pl.DataFrame(asked, {"verb": pl.String, "object": pl.String}, orient="row")
    pairs = (
        told.hstack([drawn["kept"]])
        .drop_nulls("verb")
        .group_by("verb", "object")
        .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64))
        .with_columns(pl.col("records").sum().over("verb").alias("whole"))
        .sort(-pl.col("whole"), "verb", -pl.col("records"), "object", nulls_last=True)
        .select(VERBS_SCHEMA.names())
    )
    return Verbs(pairs, drawn.height, told["verb"].null_count())


def novelty_of(drawn: pl.DataFrame) -> list[Novelty]:
    """Measure distinct-n of prompts and of answers, of all and of the kept, over as many words."""
    found = []
    for view in ("prompt", "response"):
        every = first_words(drawn[view].fill_null(""))
        kept = first_words(drawn.filter("kept")[view].fill_null(""))
        sizes = [sum(map(len, side)) for side in (every, kept)]
        words = min(WORDS, *(size for size in sizes if size)) if any(sizes) else 0
        if not words:
            continue
        rows = [
            (order, distinct(every, order, words), distinct(kept, order, words)) for order in ORDERS
        ]
        schema = {"order": pl.Int64, "all": pl.Float64, "kept": pl.Float64}
        found.append(Novelty(view, words, pl.DataFrame(rows, schema, orient="row")))
    return found
