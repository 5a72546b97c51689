"""Script mix: letters of another script in an answer, where nobody asked for them."""

from typing import ClassVar, Literal

import polars as pl

from curator.filters import _script_mix_signs as scripts
from curator.filters._places import places
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_MEASURES = ("foreign_share", "leaks", "lookalikes", "lookalike_share", "unasked_script")

_NAMES = tuple(scripts.SCRIPTS)
_ASKED = "asked_"
_LONG, _LONG_LATIN = 10, 60
"""Letters from which on an answer in another script is no name or term."""


class ScriptMix(Filter):
    """Flag answers whose letters change script where nothing in the prompt explains it.

    A script is explained where the user or the system uses it, or speaks of a language, a
    translation, words, names or a country that writes so. Names and quotations in brackets or
    quotes, Greek letters of formulas, and Latin words in other scripts are no mix.
    """

    filter: Literal["script_mix"] = "script_mix"
    needs: ClassVar[tuple[str, ...]] = ("kind",)
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(
        ("foreign", "leak", "lookalike", "other_script"), "flag"
    )

    max_foreign_share: float = threshold(0.05, ge=0, lt=1)
    """Greatest share of letters in a script that is not the answer's own (open-instruct drops an
    English record with more than 5% of Chinese characters)."""
    max_leaks: int = threshold(0, ge=0)
    """More places than this where another script stands in the middle of a sentence."""
    max_lookalikes: int = threshold(0, ge=0)
    """More words than this with a letter that only looks like one of their script."""
    max_lookalike_share: float = threshold(0.05, gt=0, le=1)
    """Greatest share of such words; beyond it the text is `disguised`, and dropped."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = view_texts(records, "response")
        asked = records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "kind", "messages", "prompt"
        )
        wide = pl.col("text").str.len_bytes() > pl.col("text").str.len_chars()
        strange = pl.col("prompt").str.len_bytes() > pl.col("prompt").str.len_chars()
        looked = turns.join(asked, on="record", how="left", maintain_order="left").with_columns(
            (wide | strange).alias("looked")
        )
        measured = _measure(looked.filter("looked"))
        plain = looked.filter(~pl.col("looked")).select(
            "record", "turn", *(pl.lit(0).alias(name) for name in _MEASURES)
        )
        both = pl.concat([measured, plain], how="vertical_relaxed").sort("record", "turn")
        return worst_turns(both, records.height, dict.fromkeys(_MEASURES, "high"))

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "disguised": pl.col("lookalike_share") > self.max_lookalike_share,
            "foreign": pl.col("foreign_share") > self.max_foreign_share,
            "leak": pl.col("leaks") > self.max_leaks,
            "lookalike": pl.col("lookalikes") > self.max_lookalikes,
            "other_script": pl.col("unasked_script") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        return places(text, {"lookalike": scripts.LOOKALIKE, "leak": scripts.LEAK})


def _measure(turns: pl.DataFrame) -> pl.DataFrame:
    """Count each script's letters in the answer, and compare with what was asked."""
    turn = pl.element().struct
    said = turn.field("content").filter(turn.field("role") != "assistant")
    text, bare, asked = pl.col("text"), pl.col("bare"), pl.col("asked")
    counted = turns.with_columns(
        pl.col("messages").list.eval(said).list.join("\n").alias("asked"),
        text.str.replace_all(scripts.ASIDE, "").alias("bare"),
    )
    counted = counted.with_columns(
        asked.str.contains(scripts.ASKS_FOR_SCRIPT).alias("excused"),
        text.str.count_matches(scripts.LOOKALIKE).alias("lookalikes"),
        *_counts(bare, ""),
        *_counts(asked, _ASKED),
    ).with_columns(_most("").alias("main"), _most(_ASKED).alias("asked_main"))
    counted = counted.with_columns(_foreign().alias("foreign"))
    return counted.select(
        "record",
        "turn",
        _share("foreign", pl.sum_horizontal(_NAMES)).alias("foreign_share"),
        pl.when(pl.col("foreign") > 0)
        .then(bare.str.count_matches(scripts.LEAK))
        .otherwise(0)
        .alias("leaks"),
        "lookalikes",
        _share("lookalikes", text.str.count_matches(r"\S+")).alias("lookalike_share"),
        _unasked().cast(pl.Int64).alias("unasked_script"),
    )


def _counts(text: pl.Expr, prefix: str) -> list[pl.Expr]:
    return [
        text.str.count_matches(letter).alias(prefix + name)
        for name, letter in scripts.SCRIPTS.items()
    ]


def _most(prefix: str) -> pl.Expr:
    """Name the script that has most letters; none where there is no letter."""
    most = pl.max_horizontal(prefix + name for name in _NAMES)
    leads = ((pl.col(prefix + name) == most) & (most > 0) for name in _NAMES)
    return pl.coalesce(
        pl.when(lead).then(pl.lit(name)) for lead, name in zip(leads, _NAMES, strict=True)
    )


def _foreign() -> pl.Expr:
    """Count the letters of the commonest script that nothing explains.

    Latin letters are at home everywhere, and an answer wholly in another script is no mix.
    """
    unexplained = [
        pl.when(
            ((pl.col("main") != name) | (_own() > 0))
            & (pl.col(_ASKED + name) == 0)
            & ~pl.col("main").is_in(scripts.FAMILIES.get(name, ()))
        ).then(pl.col(name))
        for name in _NAMES[1:]
    ]
    return pl.when(~pl.col("excused")).then(pl.max_horizontal(unexplained)).fill_null(0)


def _own() -> pl.Expr:
    """Count the answer's letters in the script it was asked in; null where no letter was asked."""
    return pl.coalesce(pl.when(pl.col("asked_main") == name).then(pl.col(name)) for name in _NAMES)


def _unasked() -> pl.Expr:
    """Say whether an answer has no letter of the script it was asked in, unexplained."""
    unasked = pl.coalesce(
        pl.when(pl.col("main") == name).then(pl.col(_ASKED + name) == 0) for name in _NAMES
    )
    is_latin = pl.col("main") == "latin"
    told = pl.col("text").str.contains(scripts.SENTENCE) & (pl.col("kind") == "prose")
    latin = told & (pl.col("latin") >= _LONG_LATIN)
    excused = (
        pl.when(is_latin)
        .then(pl.col("asked").str.contains(scripts.ASKS_FOR_LATIN) | ~latin)
        .otherwise(pl.col("excused") | (pl.sum_horizontal(_NAMES) < _LONG))
    )
    return ((_own() == 0) & (unasked | is_latin) & ~excused).fill_null(value=False)


def _share(part: str, whole: pl.Expr) -> pl.Expr:
    return pl.col(part) / pl.max_horizontal(whole, 1)
