"""Traits: what kind of record each one is, so that filters can be compared across kinds."""

import polars as pl

from curator.groups import AXES
from curator.report.wording import HEAD, script_of, words_in

LENGTHS = (0, 4, 19, 49, 199, 999)
TURNS = (1, 2, 4, 8)
"""The last number of each band; one more band holds what is beyond."""
TRAITS = {
    "length": "Response words",
    "source": "Source",
    "shape": "Shape",
    "script": "Script",
    "turns": "Turns",
    "language": "Language",
    "dialect": "Dialect",
    **{axis: f"Mentioned {axis}" for axis in AXES},
}
"""The columns that group records, and what people call them; the language and the mentioned are
there only where a filter of the recipe scored them."""
FEWEST = 20
"""A smaller group raises no warning."""
LEAST_DROPPED = 5
"""Fewer dropped records of a group raise no warning: score intervals are too narrow for them
(Brown, Cai and DasGupta 2001, Statistical Science 16:101)."""
SEVERAL = "several"
"""The group of records that mention more than one of an axis. It raises no warning: it is no group
of people, and the longer a text, the more it mentions."""
NOT_JUDGED = "(not judged)"
"""The group of records that a filter could not tell apart; it is compared with nobody."""
MOST_GROUPS = 12
"""Sources beyond this many are put together as `(other)`."""


def bands(limits: tuple[int, ...]) -> list[str]:
    """Name the bands between limits, such as 0, 1-4, 5-19, 20+."""
    starts = [limits[0], *(limit + 1 for limit in limits[:-1])]
    names = [
        f"{limit:,}" if start == limit else f"{start:,}\u2013{limit:,}"
        for start, limit in zip(starts, limits, strict=True)
    ]
    return [*names, f"{limits[-1] + 1:,}+"]


GROUP_ORDER = {"length": bands(LENGTHS), "turns": bands(TURNS)}
"""The order of groups that have one; the others go by size."""


def traits_of(records: pl.LazyFrame) -> pl.DataFrame:
    """Return for each record `id, words` (of its text) and one column per trait.

    Streams: of every text only its counts and its first code points are kept.
    """
    head = pl.concat_str(
        pl.col("prompt", "response").fill_null("").str.slice(0, HEAD // 2), separator=" "
    )
    counted = records.select(
        "id",
        "source",
        "shape",
        pl.col("messages").list.len().cast(pl.Int64).alias("turns"),
        words_in(pl.col("text")).alias("words"),
        words_in(pl.col("response")).alias("said"),
        head.map_batches(script_of, return_dtype=pl.String, is_elementwise=True).alias("script"),
    ).collect(engine="streaming")
    return counted.select(
        "id",
        "words",
        _band("said", LENGTHS).alias("length"),
        _largest(counted["source"]),
        "shape",
        "script",
        _band("turns", TURNS),
    )


def _band(column: str, limits: tuple[int, ...]) -> pl.Expr:
    """Name the first band whose last number is not below the value."""
    *names, beyond = bands(limits)
    named = [
        pl.when(pl.col(column) <= limit).then(pl.lit(name))
        for limit, name in zip(limits, names, strict=True)
    ]
    return pl.coalesce(*named, pl.lit(beyond)).alias(column)


def _largest(names: pl.Series) -> pl.Series:
    counts = names.value_counts().sort("count", names.name, descending=[True, False])
    if counts.height <= MOST_GROUPS:
        return names
    top = counts[names.name].head(MOST_GROUPS - 1)
    return (
        names.to_frame()
        .select(
            pl.when(pl.col(names.name).is_in(top.implode()))
            .then(names.name)
            .otherwise(pl.lit("(other)"))
            .alias(names.name)
        )
        .to_series()
    )
