"""Scripts: what share of a text's letters is written in which script."""

import polars as pl

SCRIPTS = {
    "latin": r"\p{Latin}",
    "cjk": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
    "hangul": r"\p{Hangul}",
    "cyrillic": r"\p{Cyrillic}",
    "arabic": r"\p{Arabic}",
    "hebrew": r"\p{Hebrew}",
    "devanagari": r"\p{Devanagari}",
    "thai": r"\p{Thai}",
}
"""Greek is not among them: it is the script of formulas. Japanese has kana and Han."""
_LEAST = 20
"""Fewer letters are no language."""
_USED = 0.02
"""A script with a smaller share of the letters is not in use."""
_MOSTLY = 0.5


def script_shares(texts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the share of each script in a column's letters, as `<column>_<script>`."""
    counts = texts.select(
        pl.col(column).str.count_matches(pattern).alias(f"{column}_{name}")
        for name, pattern in SCRIPTS.items()
    )
    total = pl.sum_horizontal(pl.all())
    return counts.select(pl.when(total > 0).then(pl.all() / total).otherwise(0.0))


def foreign_shares(texts: pl.DataFrame) -> pl.DataFrame:
    """Measure how much of `thought` is in scripts that neither `asked` nor `said` uses.

    `foreign_script` sums the scripts but Latin; `latin_script` is the share of Latin where the
    other two are mostly in another script. Null where the thought has too few letters.
    """
    columns = ("thought", "asked", "said")
    shares = pl.concat([script_shares(texts, column) for column in columns], how="horizontal")
    enough = texts["thought"].str.count_matches(r"\p{L}") >= _LEAST
    used = {name: pl.max_horizontal(f"asked_{name}", f"said_{name}") for name in SCRIPTS}
    foreign = [
        pl.when(used[name] < _USED).then(f"thought_{name}").otherwise(0.0)
        for name in SCRIPTS
        if name != "latin"
    ]
    elsewhere = pl.min_horizontal(1 - pl.col("asked_latin"), 1 - pl.col("said_latin")) > _MOSTLY
    latin = pl.when(elsewhere).then("thought_latin").otherwise(0.0)
    return shares.select(
        pl.when(enough).then(pl.sum_horizontal(foreign)).round(6).alias("foreign_script"),
        pl.when(enough).then(latin).round(6).alias("latin_script"),
    )
