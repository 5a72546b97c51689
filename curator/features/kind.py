"""Kind: what a text is, told from its lines and signs: prose, code, mathematics, table or tool."""

from typing import ClassVar, Literal

import polars as pl

from curator.features import _kind_signs as signs
from curator.features.base import Feature

KINDS = ("prose", "code", "mathematics", "table", "tool")
CODE_FROM = 0.4
TABLE_FROM = 0.4
"""Share of a text's bytes from which on it is code, or a table."""
WORDS_A_SIGN = 20
"""Mathematics has a sign of reckoning in so many words, or more signs."""


class Kind(Feature):
    """Name what most of a text is; null where it is empty.

    An answer that calls tools is `tool`. Else lines are counted, by their bytes: two fifths of
    cells and ruled lines make a `table`, two fifths of code make `code`; what is left is
    `mathematics` where it reckons again and again, and else `prose`.
    """

    tag: ClassVar[str] = "kind"
    reads_turns: ClassVar[bool] = True
    view: Literal["prompt", "response", "text"] = "response"
    """Which text is judged."""

    def compute(self, records: pl.DataFrame) -> pl.Series:
        calls = pl.element().struct.field("tool_calls").list.len() > 0
        judged = records.select(
            pl.col(self.view).alias("text"),
            pl.col("prompt").alias("asked"),
            pl.col("messages").list.eval(calls).list.any().alias("calls"),
        )
        if self.view == "prompt":
            judged = judged.with_columns(asked=pl.lit(""), calls=pl.lit(value=False))
        return kinds_of(judged).alias(self.tag)


def kinds_of(texts: pl.DataFrame) -> pl.Series:
    """Name the kind of each `text`, given what was `asked` and whether it `calls` tools."""
    shares = texts.hstack(_shares(texts["text"]))
    text = pl.col("text")
    linked = text.str.contains("://", literal=True)
    reckoned = pl.when(linked).then(text.str.replace_all(signs.ADDRESS, "")).otherwise(text)
    signs_in = reckoned.str.count_matches(signs.EQUATION)
    words = text.str.count_matches(r"\p{Han}{1,2}|[^\s\p{Han}]+")
    reckons = (signs_in > 0) & (signs_in * WORDS_A_SIGN >= words)
    return shares.select(
        pl.when(pl.col("bytes").fill_null(0) == 0)
        .then(None)
        .when(pl.col("calls").fill_null(value=False) | _calls())
        .then(pl.lit("tool"))
        .when(pl.col("table") >= TABLE_FROM)
        .then(pl.lit("table"))
        .when(pl.col("code") >= CODE_FROM)
        .then(pl.lit("code"))
        .when(reckons)
        .then(pl.lit("mathematics"))
        .otherwise(pl.lit("prose"))
        .alias("kind")
    ).to_series()


def _calls() -> pl.Expr:
    """Say whether a text writes out a call: by its marks, or to a function that was offered."""
    text, name = pl.col("text"), pl.col("text").str.extract(signs.CALL)
    offered = pl.col("asked").str.contains(pl.format("\n{}(", name), literal=True)
    called = offered & (pl.col("code") < CODE_FROM)
    return text.str.contains(signs.TOOL_MARKS) | called.fill_null(value=False)


def _shares(texts: pl.Series) -> pl.DataFrame:
    """Measure which share of each text's bytes stands in lines of code and of tables."""
    raw, line = pl.col("raw"), pl.col("line")
    lines = (
        pl.DataFrame({"record": pl.int_range(len(texts), eager=True), "raw": texts.str.split("\n")})
        .explode("raw")
        .with_columns(raw.str.strip_chars().alias("line"))
        .filter(line.str.len_bytes() > 0)
        .with_columns(
            line.str.len_bytes().cast(pl.Int64).alias("bytes"),
            line.str.count_matches("```", literal=True).alias("ticks"),
            line.str.contains(signs.TABLE_LINE).alias("table"),
            raw.str.contains(signs.NEUTRAL_LINE).alias("neutral"),
        )
    )
    size, table = pl.col("bytes"), pl.col("table")
    before = pl.col("ticks").cum_sum().over("record") - pl.col("ticks")
    fenced = (before % 2 + pl.col("ticks") % 2) > 0
    strong = fenced | (line.str.contains(signs.CODE_LINE) & ~pl.col("neutral"))
    counted = lines.with_columns(fenced.alias("fenced"), strong.alias("strong"))
    weak = line.str.contains(signs.WEAK_LINE) & pl.col("strong").any().over("record")
    counted = counted.with_columns((pl.col("strong") | (weak & ~pl.col("neutral"))).alias("code"))
    told = size.filter(~pl.col("neutral") | pl.col("fenced")).sum()
    shares = counted.group_by("record").agg(
        size.sum().alias("bytes"),
        (size.filter("code").sum() / told).fill_nan(0).alias("code"),
        pl.when(table.sum() > 1).then(size.filter("table").sum() / size.sum()).alias("table"),
    )
    every = pl.DataFrame({"record": pl.int_range(len(texts), eager=True)})
    return every.join(shares, on="record", how="left", maintain_order="left").drop("record")
