"""Coverage: how the kept records are spread over a reference mix, and what is missing."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import polars as pl

from curator.diversity.taxonomy import COARSE
from curator.report.figures import counted, number, percent
from curator.report.kinds import SEVERAL
from curator.report.reference import OTHER, Reference

EXPECTED = 5.0
"""What the mix would have fewer of than this is not missed: none of it is found by chance once in
150 times (Poisson)."""
SCARCE = 4.0
"""So many times fewer than in the mix is scarce."""
MANY = 2.0
"""So many times the share of the mix, and a tenth of the records more, is too much."""
GAP = 0.1
ENOUGH = 100
"""Fewer records than this are not missed a second question."""
MOST = 6
"""Gaps of each kind that are named."""
_KINDS = ("crowded", "missing", "scarce", "crossing")
_WORDS = {"task": "", "domain": "about ", "language": "in ", "turns": "with "}


class Gap(NamedTuple):
    """One sentence of what is missing or too much; `size` is the share of records it is about."""

    kind: Literal["crowded", "missing", "scarce", "crossing"]
    text: str
    size: float


class Coverage(NamedTuple):
    """The kept records held against a mix.

    `shares` has `dimension, name, records, kept, share, kept_share, reference`; `moved` is the
    share of the kept records that would have to be of another class for their tasks to be as in the
    mix (total variation), and null where no tasks are told. `gaps` come by kind, the largest first.
    """

    name: str
    source: str
    moved: float | None
    shares: pl.DataFrame
    gaps: list[Gap]


def coverage_of(kinds: pl.DataFrame, reference: Reference) -> Coverage | None:
    """Hold records against a mix, as far as their kinds were told; nothing where none was."""
    classed = kinds.with_columns(task=_of(kinds["fine"], reference.shares("task")))
    told = [
        shares_of(classed, dimension, reference.shares(dimension))
        for dimension in ("task", "domain", "language", "turns")
        if reference.shares(dimension) and not classed[dimension].drop_nulls().is_empty()
    ]
    if not told:
        return None
    shares = pl.concat(told)
    tasks = shares.filter(dimension="task")
    moved = (
        float((tasks["kept_share"] - tasks["reference"]).abs().sum() / 2) if len(tasks) else None
    )
    gaps = [*gaps_of(shares), *crossings_of(classed.filter("kept"), reference)]
    ranked = sorted(gaps, key=lambda gap: (-gap.size, gap.text))
    named = [gap for kind in _KINDS for gap in [one for one in ranked if one.kind == kind][:MOST]]
    return Coverage(reference.name, reference.source, moved, shares, named)


def _of(fine: pl.Series, shares: Mapping[str, float]) -> pl.Series:
    """Name the class of the mix that a record is counted for: its fine one, its coarse one, other.

    Without a mix of tasks it is the fine class. Classes of the user's own taxonomy are in no mix.
    """
    if not shares:
        return fine
    coarse = fine.str.split(".").list.first()
    names = list(shares)
    of = (
        pl.when(pl.col("fine").is_in(names))
        .then("fine")
        .when(pl.col("coarse").is_in(names))
        .then("coarse")
        .when(pl.col("coarse").is_in(COARSE))
        .then(pl.lit(OTHER))
    )
    return pl.DataFrame({"fine": fine, "coarse": coarse}).select(of.alias("task")).to_series()


def shares_of(kinds: pl.DataFrame, dimension: str, shares: Mapping[str, float]) -> pl.DataFrame:
    """Count each class of a dimension beside its share in the mix (see `Coverage`)."""
    named = kinds.drop_nulls(dimension)
    counts = named.group_by(pl.col(dimension).alias("name")).agg(
        pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64)
    )
    mix = pl.DataFrame(
        {"name": list(shares), "reference": list(shares.values())},
        {"name": pl.String, "reference": pl.Float64},
    )
    both = mix.join(counts, on="name", how="full", coalesce=True).fill_null(0)
    total, kept = named.height, int(named["kept"].sum())
    return both.select(
        pl.lit(dimension).alias("dimension"),
        "name",
        "records",
        "kept",
        (pl.col("records") / max(1, total)).alias("share"),
        (pl.col("kept") / max(1, kept)).alias("kept_share"),
        "reference",
    ).sort("reference", "name", descending=[True, False])


def gaps_of(shares: pl.DataFrame) -> Iterator[Gap]:
    """Name what is missing, scarce or too much of each dimension."""
    for (dimension,), rows in shares.group_by(["dimension"], maintain_order=True):
        kept = int(rows["kept"].sum())
        expected = pl.col("reference") * kept
        missing = rows.filter(pl.col("kept") == 0, expected >= EXPECTED, pl.col("name") != OTHER)
        yield from _missing(str(dimension), missing)
        few = rows.filter(
            pl.col("kept") > 0, expected >= SCARCE * EXPECTED, pl.col("kept") < expected / SCARCE
        )
        yield from _scarce(str(dimension), few, kept)
        much = pl.col("kept_share") - pl.col("reference") >= GAP
        many = pl.col("kept_share") >= MANY * pl.col("reference")
        crowded = rows.filter(much, many, pl.col("kept") - expected >= EXPECTED)
        yield from (_crowded(str(dimension), row) for row in crowded.iter_rows(named=True))


def _missing(dimension: str, rows: pl.DataFrame) -> Iterator[Gap]:
    """Say what there is none of."""
    for of, some in _together(rows):
        share = sum(row["reference"] for row in some)
        names = _listed([row["short"] for row in some], "or")
        yield Gap(
            "missing",
            f"No {_WORDS[dimension]}{of}{names} ({percent(share)} of the reference).",
            share,
        )


def _scarce(dimension: str, rows: pl.DataFrame, kept: int) -> Iterator[Gap]:
    """Say what there is far less of than the reference has."""
    for of, some in _together(rows):
        names = _listed([f"{number(row['kept'])} {row['short']}" for row in some], "and")
        wanted = _listed([number(round(row["reference"] * kept)) for row in some], "and")
        text = f"Few {_WORDS[dimension]}{of}{names}, where the reference would have {wanted}."
        yield Gap("scarce", text, sum(row["reference"] - row["kept_share"] for row in some))


def _together(rows: pl.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Return classes with what is said before them; fine classes of one task come together."""
    parted = pl.col("name").str.splitn(".", 2)
    named = rows.with_columns(
        parted.struct.field("field_0").alias("of"),
        parted.struct.field("field_1").fill_null(pl.col("name")).alias("short"),
    )
    for (of,), some in named.group_by(["of"], maintain_order=True):
        told = some.to_dicts()
        yield ("" if told[0]["short"] == of else f"{of}: "), told


def _crowded(dimension: str, row: dict[str, Any]) -> Gap:
    name = "tasks that the reference does not name" if row["name"] == OTHER else row["name"]
    text = (
        f"{percent(row['kept_share'])} of the records are {_WORDS[dimension]}{name} "
        f"({percent(row['reference'])} of the reference)."
    )
    return Gap("crowded", text, row["kept_share"] - row["reference"])


def crossings_of(kept: pl.DataFrame, reference: Reference) -> Iterator[Gap]:
    """Name the tasks of which none has several turns, or none is in a language, where some should.

    What should be is a task's size times the share in the mix, or among all kept records where the
    mix does not say.
    """
    if kept["task"].drop_nulls().is_empty():
        return
    turns = reference.shares("turns") or _shares(kept["turns"])
    if SEVERAL not in turns and kept.height >= ENOUGH:
        yield Gap("missing", "No record has more than one question: nothing is multi-turn.", GAP)
    if turns.get(SEVERAL):
        yield from _crossed(kept, "turns", SEVERAL, turns[SEVERAL])
    for language, share in (reference.shares("language") or _shares(kept["language"])).items():
        yield from _crossed(kept, "language", language, share)


def _shares(values: pl.Series) -> dict[str, float]:
    counts = values.drop_nulls().value_counts(normalize=True, name="share").sort(values.name)
    return dict(counts.iter_rows())


def _crossed(kept: pl.DataFrame, dimension: str, value: str, share: float) -> Iterator[Gap]:
    """Name the tasks that have none of a value, though so large a share should have it."""
    if not (kept[dimension] == value).any():
        return
    counts = (
        kept.drop_nulls(["fine", dimension])
        .group_by("fine")
        .agg(pl.len().alias("records"), (pl.col(dimension) == value).sum().alias("found"))
        .with_columns((pl.col("records") * share).alias("expected"))
        .filter(pl.col("found") == 0, pl.col("expected") >= EXPECTED)
        .sort("fine")
    )
    what = "multi-turn" if dimension == "turns" else f"{value}"
    for row in counts.iter_rows(named=True):
        name = f"multi-turn {row['fine']}" if what == "multi-turn" else f"{row['fine']} in {value}"
        yield Gap(
            "crossing",
            f"No {name}: of {counted(row['records'], 'such record')} "
            f"{number(round(row['expected']))} would be, were it like the rest.",
            row["expected"] / max(1, kept.height),
        )


def _listed(names: list[str], joint: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}"
