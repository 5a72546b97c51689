"""Wording: how many words a text has, and in which script it is written."""

import polars as pl

HEAD = 400
"""Code points from the start of a text that are looked at to tell its script."""
DOMINANT = 0.8
"""The share of the letters from which on a text is in one script, and not mixed."""

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_SCRIPTS = {
    name: rf"\p{{{name}}}"
    for name in (
        "Latin",
        "Han",
        "Hangul",
        "Cyrillic",
        "Arabic",
        "Hebrew",
        "Greek",
        "Devanagari",
        "Bengali",
        "Tamil",
        "Thai",
    )
} | {"Japanese": r"[\p{Han}\p{Hiragana}\p{Katakana}]"}


def words_in(text: pl.Expr) -> pl.Expr:
    """Count runs of non-space characters; each Han, kana, Thai, … character is one by itself."""
    return text.fill_null("").str.count_matches(rf"[{_ALONE}]|[^\s{_ALONE}]+").cast(pl.Int64)


def script_of(texts: pl.Series) -> pl.Series:
    """Name the script of a text: that of most of its letters, else `other`, `mixed` or `none`.

    A text with kana is Japanese, and its Han letters count as Japanese too.
    """
    heads = texts.fill_null("").str.slice(0, HEAD)
    rows = (heads.str.len_bytes() != heads.str.len_chars()).arg_true()
    plain = heads.str.contains("[A-Za-z]").replace_strict(
        {True: "Latin", False: "none"}, return_dtype=pl.String
    )
    return plain.scatter(rows, _script_of_any(heads.gather(rows))).alias(texts.name)


def _script_of_any(heads: pl.Series) -> pl.Series:
    head = pl.col("head")
    counts = {name: head.str.count_matches(letter) for name, letter in _SCRIPTS.items()}
    counts["Japanese"] *= head.str.contains(r"\p{Hiragana}|\p{Katakana}")
    counts["letters"] = head.str.count_matches(r"\p{L}|\p{M}")
    counted = heads.alias("head").to_frame().select(**counts)
    most, letters = pl.max_horizontal(*_SCRIPTS), pl.col("letters")
    by_rank = sorted(_SCRIPTS, key="Japanese".__ne__)
    leading = pl.coalesce([pl.when(pl.col(name) == most).then(pl.lit(name)) for name in by_rank])
    return counted.select(
        pl.when(letters == 0)
        .then(pl.lit("none"))
        .when(most >= DOMINANT * letters)
        .then(leading)
        .when(pl.sum_horizontal(set(_SCRIPTS) - {"Japanese"}) < letters / 2)
        .then(pl.lit("other"))
        .otherwise(pl.lit("mixed"))
    ).to_series()
