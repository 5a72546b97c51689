"""Marks: yes or no for every answer and measure, and the shares and changes they come to."""

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from curator.report.significance import adjusted
from curator.report.wilson import wilson
from curator.tune.evaluate.constraints import followed
from curator.tune.evaluate.faults import degenerate, unkind
from curator.tune.evaluate.intervals import Z, mcnemar, paired_share
from curator.tune.evaluate.losses import EVERYTHING
from curator.tune.evaluate.replies import Reply

LOOSE = "instructions, read loosely"
_LEVEL = 0.05
MARKS = pl.Schema(
    {
        "part": pl.String,
        "measure": pl.String,
        "prompt": pl.String,
        "place": pl.Int64,
        "hit": pl.Boolean,
    }
)
"""One row an answer and measure, and of constraints one a constraint, `place` being which of the
prompt's. The measure `all` has one row a prompt: every constraint is followed, or any fault is
there. What cannot be judged is null."""
SHARES = pl.Schema(
    {
        "part": pl.String,
        "measure": pl.String,
        "found": pl.Int64,
        "total": pl.Int64,
        "share": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
)
CHANGES = pl.Schema(
    {
        "part": pl.String,
        "measure": pl.String,
        "total": pl.Int64,
        "gained": pl.Int64,
        "lost": pl.Int64,
        "change": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "p": pl.Float64,
        "certain": pl.Boolean,
    }
)
Mark = tuple[str, str, str, int, bool | None]


def marks_of(replies: Sequence[Reply], special: Collection[str]) -> pl.DataFrame:
    """Mark every answer; `special` are the tokenizer's own marks."""
    asked, neutral, groups, own = (
        [one for one in replies if one.prompt.part == part]
        for part in ("instructions", "neutral", "groups", "own")
    )
    rows = [
        *_following(asked, "instructions", EVERYTHING, loose=False),
        *_following(asked, LOOSE, EVERYTHING, loose=True),
        *_faults(neutral, "neutral", EVERYTHING, degenerate(neutral, special)),
        *_faults(groups, "groups", EVERYTHING, unkind(groups)),
        *_faults(own, "own", "any fault", degenerate(own, special)),
        *_following(own, "own", "every constraint", loose=False),
    ]
    return pl.DataFrame(rows, MARKS, orient="row")


def shares_of(marks: pl.DataFrame) -> pl.DataFrame:
    """Return the share of every measure of what was judged, with its Wilson interval."""
    counts = (
        marks.drop_nulls("hit")
        .group_by("part", "measure", maintain_order=True)
        .agg(
            pl.col("hit").sum().cast(pl.Int64).alias("found"),
            pl.len().cast(pl.Int64).alias("total"),
        )
    )
    low, high = wilson(pl.col("found"), pl.col("total"), Z)
    share = pl.col("found") / pl.col("total")
    return counts.with_columns(share=share, low=low, high=high).select(SHARES.names())


def changes_of(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return by how much each share changed, over the prompts that both models were asked.

    A change of all is certain where its interval leaves out 0 and McNemar's exact test is below
    0.05; the measures of one part are many, and their tests are adjusted for that.
    """
    places = ["part", "measure", "prompt", "place"]
    both = before.drop_nulls("hit").join(
        after.drop_nulls("hit"), on=places, how="inner", maintain_order="left"
    )
    was, now = pl.col("hit"), pl.col("hit_right")
    counts = both.group_by("part", "measure", maintain_order=True).agg(
        pl.len().alias("total"),
        (now & ~was).sum().alias("gained"),
        (was & ~now).sum().alias("lost"),
    )
    rows = [(*row, *_change(*row[2:]), None) for row in counts.iter_rows()]
    found = pl.DataFrame(rows, CHANGES, orient="row")
    tests = [_tests(part) for part in found.partition_by("part", maintain_order=True)]
    return pl.concat(tests) if tests else found


def _change(total: int, gained: int, lost: int) -> tuple[float | None, ...]:
    ends = paired_share(gained, lost, total)
    return (gained - lost) / total, *ends, mcnemar(gained, lost)


def _tests(part: pl.DataFrame) -> pl.DataFrame:
    """Say which changes of a part are certain; p is adjusted but for that of all."""
    whole = pl.col("measure") == EVERYTHING
    one, many = part.filter(whole), part.filter(~whole)
    both = pl.concat([one, many.with_columns(adjusted(many["p"]).alias("p"))])
    outside = (pl.col("low") > 0) | (pl.col("high") < 0)
    return both.with_columns(certain=outside & (pl.col("p") < _LEVEL))


def _following(replies: Sequence[Reply], part: str, whole: str, *, loose: bool) -> Iterator[Mark]:
    """Mark which constraints are followed; of one type asked twice in a prompt, each by itself."""
    for one in replies:
        asked = one.prompt.constraints
        kept = followed(one.text, asked, loose=loose)
        if asked:
            yield part, whole, one.prompt.id, 0, all(kept)
        for place, (constraint, hit) in enumerate(zip(asked, kept, strict=True)):
            yield part, constraint["type"], one.prompt.id, place, hit


def _faults(replies: Sequence[Reply], part: str, whole: str, found: pl.DataFrame) -> Iterator[Mark]:
    """Mark which faults answers have, and which have any."""
    for one, faults in zip(replies, found.iter_rows(named=True), strict=True):
        judged = [hit for hit in faults.values() if hit is not None]
        yield part, whole, one.prompt.id, 0, any(judged) if judged else None
        for name, hit in faults.items():
            yield part, name, one.prompt.id, 0, hit


def held_by(marks: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return the measures that hold of each answer, by part and prompt."""
    whole = pl.col("measure").is_in([EVERYTHING, "any fault", "every constraint"])
    held = marks.filter(pl.col("hit"), ~whole, pl.col("part") != LOOSE)
    found = held.group_by("part", "prompt", maintain_order=True).agg("measure")
    return {(part, prompt): measures for part, prompt, measures in found.iter_rows()}
