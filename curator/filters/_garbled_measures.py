"""The measures of debris, turn by turn."""

import polars as pl

from curator.filters import _garbled_signs as signs

FEW_SIGNS = 3
"""Fewer broken signs than this are a lost emoji, and no reason to drop a text."""
FEW_WORDS = 5
"""Fewer odd words than this are names, units or file names."""
_WORD = r"\p{Han}{1,2}|[^\s\p{Han}]+"


def measure_debris(turns: pl.DataFrame, from_signs: int) -> pl.DataFrame:
    """Measure each turn: `text`, the record's `kind`, and what its prompt explains.

    `asked` says that the prompt asks for odd signs, `escaping` that it speaks of escapes. What is
    looked for in prose only is null elsewhere.
    """
    prose = pl.col("prose")
    counted = _parted(turns).with_columns(
        _broken(pl.col("text")),
        _count(_if_has(pl.col("unescaped"), r"\\"), signs.ESCAPE).alias("escapes"),
        _count(prose, signs.MASH).alias("mashed_words"),
        _count(prose, signs.ODD_WORD).alias("odd_words"),
        _length(prose, signs.SPACED, r"\p{L}").alias("spaced_letters"),
        _blobs(pl.col("unmade")),
    )
    from_here = pl.when(pl.col("signs") >= from_signs)
    return counted.select(
        "record",
        "turn",
        "broken_signs",
        "escapes",
        "mashed_words",
        "spaced_letters",
        "blob_signs",
        _share("broken_signs", "words", FEW_SIGNS).alias("broken_share"),
        _share("odd_words", "words", FEW_WORDS).alias("odd_share"),
        _share("spaced_letters", "letters").alias("spaced_share"),
        _share("blob_signs", "signs").alias("blob_share"),
        from_here.then(_count(prose, signs.SYMBOL) / pl.col("signs")).alias("symbol_share"),
        from_here.then(_count(prose, r"[0-9]") / pl.col("signs")).alias("digit_share"),
    )


def _parted(turns: pl.DataFrame) -> pl.DataFrame:
    """Add what each look reads: the text without fences and links, where it applies, and sizes."""
    text, plain = pl.col("text"), pl.col("plain")
    ticked = text.str.contains("`", literal=True) | text.str.contains("://", literal=True)
    bare = text.str.replace_all(signs.TICKED, "").str.replace_all(signs.LINK, "")
    is_prose = pl.col("kind") == "prose"
    is_made = pl.col("kind").is_in(["code", "table", "tool"])
    return turns.with_columns(
        pl.when(ticked).then(bare).otherwise(text).alias("plain")
    ).with_columns(
        pl.when(is_prose & ~pl.col("asked")).then(plain).alias("prose"),
        pl.when(~is_made & ~pl.col("asked")).then(plain).alias("unmade"),
        pl.when(is_prose & ~pl.col("escaping")).then(plain).alias("unescaped"),
        plain.str.len_chars().cast(pl.Int64).alias("signs"),
        _count(plain, r"\p{L}").alias("letters"),
        _count(plain, _WORD).alias("words"),
    )


def _count(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.count_matches(pattern).cast(pl.Int64)


def _share(part: str, of: str, few: int = 0) -> pl.Expr:
    """Divide, but count fewer than a few as none; null stays null."""
    counted = pl.when(pl.col(part) < few).then(0).otherwise(pl.col(part))
    return counted / pl.max_horizontal(pl.col(of), 1)


def _if_has(text: pl.Expr, pattern: str) -> pl.Expr:
    """Empty the texts without the pattern, so that a costly look skips them; null stays null."""
    return pl.when(text.str.contains(pattern)).then(text).when(text.is_not_null()).then(pl.lit(""))


def _broken(text: pl.Expr) -> pl.Expr:
    """Count the signs of a wrong decoding; plain ASCII has none."""
    foreign = text.str.len_bytes() > text.str.len_chars()
    odd = pl.when(foreign).then(text).when(text.is_not_null()).then(pl.lit(""))
    return (_count(odd, signs.MOJIBAKE) + _count(odd, signs.BROKEN)).alias("broken_signs")


def _length(text: pl.Expr, pattern: str, of: str) -> pl.Expr:
    """Count the signs of a kind in all matches of a pattern."""
    found = _if_has(text, pattern).str.extract_all(pattern).list.join(" ")
    return _count(found, of)


def _blobs(text: pl.Expr) -> pl.Expr:
    """Count the signs in runs of base64 or hexadecimal digits."""
    run = pl.element()
    mixed = run.str.contains("(?:[0-9].*){3}") & run.str.contains("[A-Za-z]")
    known = mixed & (run.str.contains("[a-z].*[A-Z]|[A-Z].*[a-z]") | run.str.contains(signs.HEX))
    runs = _if_has(text, signs.BLOB).str.extract_all(signs.BLOB)
    found = runs.list.eval(run.filter(known)).list.join("")
    return found.str.len_chars().cast(pl.Int64).alias("blob_signs")
