"""Toxic turns: which turns of a record are judged for toxicity, by which model, and the worst."""

from collections.abc import Sequence

import polars as pl
import xxhash

from curator.filters.turns import worst_turns
from curator.models import Judge, chosen, languages_of, read_name, toxicity_judge
from curator.records import to_turns

ASKED, SAID = "prompt", "response"
_SIDES = {"user": ASKED, "assistant": SAID}
_UNSURE = 0.6
"""Confidence from which on a turn is left alone for its language (see the filter `language`)."""
_HALF = 0.5
"""A category is named as the worst if it is at least this share of the toxicity as a whole."""


def judged_turns(records: pl.DataFrame, known: frozenset[str] | None) -> pl.DataFrame:
    """List the turns to score: `record`, `turn`, `side`, `content`, `cheap`.

    They are those of people and assistants, not marked as bad, in a language that is known, or too
    short to tell; `cheap` says whether the bundled model knows the language too.
    """
    languages = records.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("record"),
        pl.int_ranges(0, pl.col("messages").list.len()).alias("turn"),
        pl.col("language").alias("spoken"),
        pl.col("label").fill_null(value=True),
    ).explode("turn", "spoken")
    return (
        to_turns(records)
        .join(languages, on=["record", "turn"], how="left", maintain_order="left")
        .filter(pl.col("role").is_in(list(_SIDES)))
        .filter(_is_known(known))
        .filter(pl.col("label") | (pl.col("role") == "user"))
        .select(
            "record",
            "turn",
            pl.col("role").replace(_SIDES).alias("side"),
            pl.col("content").fill_null(""),
            _is_known(languages_of(read_name("bundled"))).alias("cheap"),
        )
    )


def _is_known(languages: frozenset[str] | None) -> pl.Expr:
    """Say whether a turn is not surely in another language than these; with none given, it is."""
    if languages is None:
        return pl.lit(value=True)
    spoken = pl.col("spoken").struct
    foreign = ~spoken.field("language").is_in(sorted(languages))
    return ~(foreign & (spoken.field("confidence") >= _UNSURE)).fill_null(value=False)


def scored_by(judge: Judge, turns: pl.DataFrame) -> pl.DataFrame:
    """Add a column for each output of a model."""
    chances = judge.score(turns["content"].to_list())
    return turns.with_columns(
        pl.Series(name, chances[:, place].astype(float)).fill_nan(None).round(6)
        for place, name in enumerate(judge.outputs)
    )


def scored_in_cascade(
    judge: Judge, turns: pl.DataFrame, below: float, share: float
) -> pl.DataFrame:
    """Score with the bundled model, and with the costly one what that does not clear.

    All turns of a side are cleared together: if each scores below the threshold. They keep the
    bundled score, and their other categories are null. `cleared` says so; `audited` that the costly
    model was asked all the same. A turn in a language that the bundled model does not know is
    never cleared.
    """
    cheap = toxicity_judge(read_name("bundled"), {})
    known = turns.filter("cheap")
    first = known.select("record", "turn").with_columns(
        pl.Series("first", cheap.score(known["content"].to_list())[:, 0].astype(float)).round(6)
    )
    joined = turns.join(first, on=["record", "turn"], how="left", maintain_order="left")
    clean = (pl.col("first") < below).fill_null(value=False).all()
    cleared = joined.with_columns(clean.over("record", "side").alias("cleared"))
    marked = cleared.join(
        _audited(cleared.filter("cleared"), share),
        on=["record", "side"],
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("audited").fill_null(value=False))
    shown = ~pl.col("cleared") | pl.col("audited")
    costly = scored_by(judge, marked.filter(shown))
    saved = marked.filter(~shown).with_columns(pl.col("first").alias("toxicity"))
    return pl.concat([costly, saved], how="diagonal").sort("record", "turn")


def _audited(cleared: pl.DataFrame, share: float) -> pl.DataFrame:
    """Choose which cleared sides are shown to the costly model too, by the hash of their text."""
    sides = cleared.group_by("record", "side", maintain_order=True).agg("content")
    joined = sides["content"].list.join("\x1e").to_list()
    hashes = [xxhash.xxh3_64_intdigest(text.encode(), seed=1) for text in joined]
    return sides.select("record", "side", pl.Series("audited", chosen(hashes, share)))


def side_of(scored: pl.DataFrame, side: str, height: int, outputs: Sequence[str]) -> pl.DataFrame:
    """Return the worst turn of each record for every category, and which category is the worst."""
    names = {output: f"{side}_{output}" for output in outputs}
    own = scored.filter(pl.col("side") == side)
    worst = worst_turns(
        own.select("record", "turn", *(pl.col(one).alias(name) for one, name in names.items())),
        height,
        dict.fromkeys(names.values(), "high"),
    ).with_columns(_worst(names).alias(f"{side}_worst"))
    if "cleared" not in scored.columns:
        return worst
    marks = own.group_by("record").agg(pl.col("cleared", "audited").first())
    marks = marks.rename({one: f"{side}_{one}" for one in ("cleared", "audited")})
    rows = pl.DataFrame({"record": pl.int_range(height, dtype=pl.Int64, eager=True)})
    found = rows.join(marks, on="record", how="left", maintain_order="left").drop("record")
    return pl.concat([worst, found], how="horizontal")


def _worst(names: dict[str, str]) -> pl.Expr:
    """Name the category that the toxicity is of, where one is at least half as great."""
    whole = pl.col(names["toxicity"])
    categories = [one for one in names if one != "toxicity"]
    greatest = pl.max_horizontal([pl.col(names[one]) for one in categories])
    found = pl.coalesce(
        *(pl.when(pl.col(names[one]) == greatest).then(pl.lit(one)) for one in categories),
        pl.lit("toxicity"),
    )
    plain = pl.when(whole.is_not_null()).then(pl.lit("toxicity"))
    return pl.when(greatest >= _HALF * whole).then(found).otherwise(plain)
