"""Diverse in words: the same sentences and tables for the page and for Markdown."""

from collections.abc import Iterator

import polars as pl

from curator.report.coverage import Coverage
from curator.report.diverse import Diverse
from curator.report.figures import counted, number, percent
from curator.report.nearest_chart import nearest_chart
from curator.report.scatter import scatter
from curator.report.spread import Spread
from curator.report.sunburst import OBJECTS, VERBS, shown_pairs, sunburst
from curator.report.treemap import class_map, task_map

__all__ = ["class_map", "nearest_chart", "scatter", "sunburst", "task_map"]

COLUMNS: tuple[str, ...] = (
    "task",
    "#records",
    "#share",
    "#kept",
    "#share kept",
    "#asked",
    "#answered",
    "#multi-turn",
    "languages",
    "#Vendi",
    "#Vendi kept",
)
CLUSTERS = ("words", "#records", "#kept", "#nearest")
NEAR = 0.95
_SPOKEN = 0.01
"""A smaller share of a class is not named among its languages."""


def numbers(found: Diverse) -> Iterator[tuple[str, str, str]]:
    """Lay out each measure, of all records and of the kept."""
    for name, every, kept in found.numbers.iter_rows():
        yield name, _figure(every), _figure(kept)


def _figure(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:,.3f}" if value < 1 else f"{value:,.1f}"


def note(found: Diverse) -> str:
    """Say what the measures mean, and over how many records they are taken."""
    said = []
    if found.tasks.height:
        said.append(
            "The effective number is how many classes of one size would be as varied (the "
            "exponential of the entropy)."
        )
    if found.spread:
        said.append(
            "The Vendi score (Friedman and Dieng 2023) is how many wholly different records these "
            f"are worth by the embeddings of their {found.spread.cloud.view}s, over "
            f"{counted(found.spread.read, 'record')}."
        )
    words = " and ".join(f"{number(one.words)} words of {one.view}s" for one in found.novelty)
    if words:
        said.append(
            f"Distinct-n (Li et al. 2016) is the share of different runs of n words over {words}, "
            "as many of all records as of the kept, since it falls with length."
        )
    return " ".join(said)


def compared(found: Coverage) -> str:
    """Say what the kept records are held against, and how far they are from it."""
    said = f"Held against \u201c{found.name}\u201d"
    said += f": {found.source}." if found.source else "."
    if found.moved is not None:
        said += (
            f" {percent(found.moved)} of the kept records would have to ask for something else to "
            "be spread like it."
        )
    return said


def verbs(found: Diverse) -> str:
    """Say what the sunburst shows, and of how many prompts."""
    asked = found.verbs
    shown = shown_pairs(asked.pairs)
    share = int(shown["records"].sum()) / max(1, asked.read)
    drawn = " drawn from all" if asked.read < found.records else ""
    different = asked.pairs.drop_nulls("object").height
    return (
        f"The {min(VERBS, shown['verb'].n_unique())} commonest verbs with a noun, and of each the "
        f"{OBJECTS} commonest nouns: together {percent(share)} of "
        f"{counted(asked.read, 'prompt')}{drawn}. "
        f"There are {number(different)} pairs of a verb and an object; "
        f"{counted(asked.unread, 'prompt')} have no verb that the rules for English could find."
    )


def tasks(found: Diverse) -> Iterator[tuple[str, ...]]:
    """Lay out the coarse classes, the largest first."""
    scores = {}
    if found.spread:
        columns = found.spread.classes.select("class", "vendi", "vendi_kept")
        scores = {name: pair for name, *pair in columns.iter_rows()}
    yield from _rows(found.coarse, scores)


def fine(found: Diverse) -> Iterator[tuple[str, ...]]:
    """Lay out the fine classes; they have no Vendi scores."""
    for cells in _rows(found.tasks, {}):
        yield cells[:-2]


def _rows(rows: pl.DataFrame, scores: dict[str, list[float | None]]) -> Iterator[tuple[str, ...]]:
    whole, stay = max(1, int(rows["records"].sum())), max(1, int(rows["kept"].sum()))
    for row in rows.iter_rows(named=True):
        told = [one for one in row["languages"] or [] if one["share"] >= _SPOKEN]
        spoken = ", ".join(f"{one['language']}\u00a0{percent(one['share'])}" for one in told)
        every, kept = scores.get(row["task"], [None, None])
        yield (
            row["fine"].replace("_", " "),
            number(row["records"]),
            percent(row["records"] / whole),
            number(row["kept"]),
            percent(row["kept"] / stay),
            number(row["asked"]),
            number(row["answered"]),
            percent(row["several"]),
            spoken or "\u2013",
            _figure(every),
            _figure(kept),
        )


def clusters(found: Spread) -> Iterator[tuple[str, ...]]:
    """Lay out the clusters, the largest first."""
    for row in found.cloud.clusters.iter_rows(named=True):
        figures = (number(row["records"]), number(row["kept"]), _figure(row["nearest"]))
        yield (row["terms"] or f"cluster {row['cluster']}", *figures)


def cloud(found: Spread) -> str:
    """Say what the map shows."""
    shown = found.cloud
    unplaced = (
        f" {counted(shown.unplaced, 'record')} without a word that the embedder knows "
        f"{'is' if shown.unplaced == 1 else 'are'} not on it."
        if shown.unplaced
        else ""
    )
    return (
        f"{counted(shown.points.height, 'record')}, placed by the embedding of the {shown.view}: "
        "near ones ask for like things (as in LargeVis and UMAP). What is far apart is unlike, but "
        "how far means little. The words tell a cluster from the others; dropped records are grey."
        + unplaced
    )


def near(found: Spread) -> str:
    """Say how many records have a neighbour that says nearly the same."""
    close = found.nearest.filter(pl.col("low") >= NEAR)
    return (
        f"{percent(float(close['all'].sum()))} of all records have a neighbour with a cosine of "
        f"{NEAR} or more, and {percent(float(close['kept'].sum()))} of the kept among the kept. "
        "Bars are the kept, the line is all records."
    )
