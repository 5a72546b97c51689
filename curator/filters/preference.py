"""Preference: a pair whose two sides cannot say which answer is the better one."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import re
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from curator.filters._refusal_words import HARMFUL, REFUSAL
from curator.filters.base import Action, Filter, Span, threshold
from curator.records import JOINER, normalise, to_turns

_DENSE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = rf"[{_DENSE}]|[^\s{_DENSE}]+"
_OPENING = 400
"""A refusal stands in the first code points, if it is one."""


class Preference(Filter):
    """Drop preference pairs that teach nothing or a falsehood, and flag the doubtful ones.

    Dropped is a pair whose sides say the same up to case and white space (thinking included), whose
    chosen side is empty, or whose rejected side answers another prompt. `structure.equal_sides`
    sees the first of these letter for letter, for recipes that do not list this filter; where both
    are listed, the one that comes first is the reason. Records without a rejected side are not
    judged. An empty rejected side is no fault by default: it is there to be bad, and it is.
    """

    filter: Literal["preference"] = "preference"
    judges_all: ClassVar[bool] = False
    actions: ClassVar[dict[str, Action]] = {
        "empty_rejected": "off",
        "near_equal": "flag",
        "chosen_longer": "flag",
        "chosen_shorter": "off",
        "chosen_refuses": "flag",
    }

    from_tokens: int = Field(20, ge=1)
    """A side of fewer tokens counts as this many in the ratio of lengths: beside "Paris", every
    sentence is long."""
    max_similarity: float = threshold(0.9, gt=0, le=1)
    """Sides at least as alike (Jaccard of runs of five words, as in `near_duplicate`) are
    `near_equal`: one word in a hundred differs. It may be the one that matters, so this flags."""
    max_length_ratio: float = threshold(5.0, ge=1)
    """So many times as long as the other may a side be. What a pair teaches beyond is length:
    Singhal et al. (2023) explain most of the gain from preferences by it, Dubois et al. (2024)
    correct a benchmark for it; neither gives a limit. `chosen_shorter` is off: of 22 such pairs in
    dpo_en_demo all read had a short right answer beside a rambling one."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        numbered = records.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"))
        pairs = numbered.filter(pl.col("rejected").is_not_null())
        found = _compare(_sides(pairs), self.from_tokens)
        every = numbered.select("record")
        return every.join(found, on="record", how="left", maintain_order="left").drop("record")

    def rules(self) -> dict[str, pl.Expr]:
        ratio = pl.col("length_ratio")
        return {
            "equal_sides": pl.col("equal_sides") > 0,
            "empty_chosen": pl.col("empty_chosen") > 0,
            "other_prompt": pl.col("other_prompts") > 0,
            "empty_rejected": pl.col("empty_rejected") > 0,
            "near_equal": pl.col("similarity") >= self.max_similarity,
            "chosen_longer": ratio > self.max_length_ratio,
            "chosen_shorter": ratio < 1 / self.max_length_ratio,
            "chosen_refuses": pl.col("refusing_chosen") > 0,
        }

    def spans(self, text: str) -> list[Span]:
        refused = re.search(REFUSAL, text[:_OPENING].lower().replace("’", "'"))
        return [Span(*refused.span(), "chosen_refuses")] if refused else []


def _sides(pairs: pl.DataFrame) -> pl.DataFrame:
    """List what both sides say, `chosen` and `rejected`, and as `<side>_whole` with thinking."""
    role = pl.element().struct.field("role")
    last_question = pl.col("messages").list.eval((role == "user").arg_true().max()).list.first()
    common = pl.col("layout").str.json_path_match("$.common").cast(pl.Int64, strict=False)
    start = pl.coalesce(common, last_question.cast(pl.Int64) + 1, 0)
    begins = pl.col("rejected").list.first().struct.field("role")
    numbered = pairs.select("record", pl.int_range(pl.len(), dtype=pl.Int64).alias("pair"))
    asked = pairs.select(
        pl.col("prompt").fill_null(""),
        (begins != "assistant").fill_null(False).cast(pl.Int32).alias("other_prompts"),  # noqa: FBT003
    )
    chosen = _side(pairs.select("messages", start.alias("start")), "chosen")
    theirs = pairs.select(pl.col("rejected").alias("messages"), pl.lit(0).alias("start"))
    sides = numbered.hstack(asked)
    for side in (chosen, _side(theirs, "rejected")):
        sides = sides.join(side, on="pair", how="left", maintain_order="left")
    return sides.with_columns(pl.exclude("record", "pair", "other_prompts").fill_null(""))


def _side(turns: pl.DataFrame, name: str) -> pl.DataFrame:
    """Join what the assistant says from a turn on, without and with its thinking."""
    starts = turns.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "start")
    whole = pl.concat_str(pl.col("reasoning").fill_null(""), "text", separator=JOINER)
    return (
        to_turns(turns)
        .join(starts, on="record", how="left", maintain_order="left")
        .filter((pl.col("role") == "assistant") & (pl.col("turn") >= pl.col("start")))
        .group_by(pl.col("record").alias("pair"), maintain_order=True)
        .agg(
            pl.col("text").str.join(JOINER).alias(name),
            whole.str.join(JOINER).alias(f"{name}_whole"),
        )
    )


def _compare(sides: pl.DataFrame, least: int) -> pl.DataFrame:
    chosen, rejected = pl.col("chosen"), pl.col("rejected")
    is_told = chosen.str.contains(r"\S"), rejected.str.contains(r"\S")
    both = is_told[0] & is_told[1]
    same = pl.col("equal_sides") > 0
    alike = _alike(sides)
    return sides.with_columns(alike, _equal(sides, alike)).select(
        "record",
        (both & same).cast(pl.Int32).alias("equal_sides"),
        (~is_told[0]).cast(pl.Int32).alias("empty_chosen"),
        (~is_told[1]).cast(pl.Int32).alias("empty_rejected"),
        "other_prompts",
        pl.when(both & ~same).then("similarity").alias("similarity"),
        pl.when(both)
        .then(_tokens(chosen, least) / _tokens(rejected, least))
        .round(6)
        .alias("length_ratio"),
        _refusing(sides).alias("refusing_chosen"),
    )


def _tokens(text: pl.Expr, least: int) -> pl.Expr:
    """Count tokens, few as `least`; the plain count is far quicker where no script is dense."""
    dense = text.str.len_bytes() > text.str.len_chars()
    counted = pl.when(dense).then(text).str.count_matches(_TOKEN)
    return pl.coalesce(counted, text.str.count_matches(r"\S+")).clip(least)


def _alike(sides: pl.DataFrame) -> pl.Series:
    """Compare the sides, thinking included, by their runs of five words (Jaccard)."""
    import numpy as np

    from curator.dedup import hash_shingles
    from curator.dedup.sets import distinct, lower_similarities

    texts = pl.concat([sides["chosen_whole"], sides["rejected_whole"]])
    sets = distinct(hash_shingles(texts))
    rows = np.arange(sides.height, dtype=np.int64)
    found = np.ones(sides.height)
    pairs = np.stack([rows, rows + sides.height], axis=1)
    lower_similarities(sets.hashes, sets.offsets, pairs, 0.0, found)
    return pl.Series("similarity", found, dtype=pl.Float64).round(6)


def _equal(sides: pl.DataFrame, alike: pl.Series) -> pl.Series:
    """Say which sides are equal, thinking included, up to case and white space."""
    wholes = sides.select("chosen_whole", "rejected_whole", near=alike == 1).iter_rows()
    found = [near and normalise(one) == normalise(other) for one, other, near in wholes]
    return pl.Series("equal_sides", found, dtype=pl.Int32)


def _refusing(sides: pl.DataFrame) -> pl.Series:
    """Say which pairs choose a refusal of something harmless, and reject an answer."""
    opens = _folded(pl.col("chosen").str.slice(0, _OPENING)).str.contains(REFUSAL)
    answers = ~_folded(pl.col("rejected").str.slice(0, _OPENING)).str.contains(REFUSAL)
    harmful = _folded(pl.col("prompt")).str.contains(HARMFUL)
    told = pl.col("rejected").str.contains(r"\S")
    refusing = sides.filter(opens).filter(answers & ~harmful & told)["record"]
    return sides["record"].is_in(refusing.implode()).cast(pl.Int32)


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all("’", "'", literal=True)
