"""Corpus: what shows only when all records are seen together, ready to be read."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from curator.decide.rules import evaluate
from curator.filters import Filter
from curator.filters.conflict import Conflict
from curator.filters.leading_text import LeadingText
from curator.filters.poisoning import Poisoning
from curator.report.shown import Piece, Place, excerpt, pieces
from curator.run import Run

MOST = 50
"""How many conflicts, openings and triggers are listed; all are counted."""
_SIZE = 240


class Disagreement(NamedTuple):
    """One question with two answers."""

    places: tuple[str, str]
    prompt: list[Piece]
    answers: tuple[list[Piece], list[Piece]]


class Opening(NamedTuple):
    """A text that many prompts or answers begin with; `sources` are counts by file."""

    view: str
    text: list[Piece]
    records: int
    share: float
    characters: int
    sources: list[tuple[str, int]]


class Trigger(NamedTuple):
    """Words that are tied to one kind of answer, with one record that has them."""

    text: list[Piece]
    records: int
    answers: str
    association: float
    significance: float
    place: str
    prompt: list[Piece]
    response: list[Piece]


class Found(NamedTuple):
    """What was found: how many in all, and the first of them."""

    conflicts: int
    disagreements: list[Disagreement]
    openings: list[Opening]
    triggers: list[Trigger]


def corpus_of(run: Run) -> Found:
    """Gather what the filters that see all records flag or drop."""
    disagreements: dict[tuple[str, str], Disagreement] = {}
    conflicts: set[str] = set()
    openings: list[Opening] = []
    triggers: list[Trigger] = []
    for entry in run.recipe.filters:
        if isinstance(entry, Conflict):
            flagged = _fired(run, entry, "other_answer")
            conflicts |= set(flagged["id"])
            disagreements |= _disagreements(run, flagged)
        elif isinstance(entry, LeadingText):
            for view in ("prompt", "response"):
                openings += _openings(run, _fired(run, entry, view), view)
        elif isinstance(entry, Poisoning):
            triggers += _triggers(run, _fired(run, entry, "trigger"))
    return Found(
        len(conflicts), list(disagreements.values())[:MOST], openings[:MOST], triggers[:MOST]
    )


def _fired(run: Run, entry: Filter, rule: str) -> pl.DataFrame:
    """Return `id` and the measures of the records that a rule fires for, unless it is off."""
    prefix = f"{entry.label}__"
    scores = run.scores().select("id", pl.selectors.starts_with(prefix)).collect()
    fires = evaluate(scores, entry)[rule] & (entry.action(rule) != "off")
    return scores.filter(fires).rename(lambda name: name.removeprefix(prefix))


def _texts(run: Run, ids: pl.Series, *columns: str) -> pl.LazyFrame:
    wanted = run.records().filter(pl.col("id").is_in(ids.unique().implode()))
    return wanted.select("id", "source", "row", *columns)


def _disagreements(run: Run, flagged: pl.DataFrame) -> dict[tuple[str, str], Disagreement]:
    """Show each pair of records once, in the order of their ids."""
    pairs = {(min(pair), max(pair)) for pair in flagged.select("id", "other").iter_rows()}
    chosen = sorted(pairs)[:MOST]
    ids = pl.Series([key for pair in chosen for key in pair], dtype=pl.String)
    rows = _by_id(_texts(run, ids, "prompt", "follow_up", "response").collect())
    return {
        pair: Disagreement(
            (_place(rows[pair[0]]), _place(rows[pair[1]])),
            excerpt(_asked(rows[pair[0]]), size=_SIZE),
            (_answer(rows[pair[0]]), _answer(rows[pair[1]])),
        )
        for pair in chosen
    }


def _openings(run: Run, flagged: pl.DataFrame, view: str) -> list[Opening]:
    """Show each opening with its sources, the commonest first."""
    sizes = flagged.select("id", pl.col(f"{view}_share", f"{view}_characters"))
    counts = (
        _texts(run, flagged["id"], view)
        .join(sizes.lazy(), on="id")
        .group_by(
            pl.col(view).str.head(pl.col(f"{view}_characters")).alias("opening"),
            pl.col(f"{view}_share").alias("share"),
            "source",
        )
        .len()
        .sort("len", "source", descending=[True, False])
        .group_by("opening", "share")
        .agg("source", "len", pl.col("len").sum().alias("records"))
        .sort("records", "opening", descending=[True, False])
        .head(MOST)
        .collect()
    )
    return [
        Opening(
            view,
            excerpt(row["opening"]),
            row["records"],
            row["share"],
            len(row["opening"]),
            list(zip(row["source"], row["len"], strict=True)),
        )
        for row in counts.iter_rows(named=True)
    ]


def _triggers(run: Run, flagged: pl.DataFrame) -> list[Trigger]:
    """Show each trigger with the record of the smallest id, the surest first."""
    tie = ["significance", "association", "answer_kind", "trigger_records"]
    first = flagged.sort("id").unique(tie, keep="first", maintain_order=True)
    chosen = first.sort("significance", "id", descending=[True, False]).head(MOST)
    rows = _by_id(_texts(run, chosen["id"], "prompt", "follow_up", "response").collect())
    return [_trigger(rows[found["id"]], found) for found in chosen.iter_rows(named=True)]


def _trigger(row: dict[str, Any], found: dict[str, Any]) -> Trigger:
    start = found["trigger_start"]
    place = Place(start, start + found["trigger_length"])
    asked = _asked(row)
    return Trigger(
        [piece._replace(marked=False) for piece in pieces(asked, [place]) if piece.marked],
        found["trigger_records"],
        found["answer_kind"],
        found["association"],
        found["significance"],
        _place(row),
        excerpt(asked, [place], _SIZE),
        _answer(row),
    )


def _by_id(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows.iter_rows(named=True)}


def _place(row: dict[str, Any]) -> str:
    return f"{row['source']}:{row['row']}"


def _asked(row: dict[str, Any]) -> str:
    """Return all that is asked, as the filters read it."""
    return "\n\n".join(text for text in (row["prompt"], row["follow_up"]) if text is not None)


def _answer(row: dict[str, Any]) -> list[Piece]:
    return excerpt(row["response"], size=_SIZE)


def said(parts: Iterable[Piece]) -> str:
    """Return the text of some pieces on one line."""
    return " ".join("".join(piece.text for piece in parts).split())
