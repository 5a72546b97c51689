"""Cards: records as a report shows them, cropped around what a reason speaks of."""

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from curator.report.shown import Piece, excerpt
from curator.report.spans import places_in
from curator.run import Run

PROMPT, RESPONSE = 220, 360
"""Code points that a card shows of either text."""
READ = 8_000
"""Code points of a text that are searched for something to highlight."""
EXAMPLES = 3
"""Records shown for each reason."""


class Card(NamedTuple):
    """One record, cropped; `place` is its source and row."""

    id: str
    place: str
    prompt: list[Piece]
    response: list[Piece]


Cards = dict[tuple[str, str], Card]
"""Cards by record id and the reason they are shown for."""


def examples_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """Choose a few records for each deciding reason: `id, reason`.

    The smallest ids, so the choice is as good as random and the same in every run.
    """
    return (
        decisions.lazy()
        .filter(~pl.col("kept"))
        .select("id", "reason")
        .filter(pl.col("id").rank("ordinal").over("reason") <= EXAMPLES)
        .sort("reason", "id")
        .collect()
    )


def cards_of(run: Run, wanted: Iterable[tuple[str, str]]) -> Cards:
    """Make a card for each wanted (id, reason); only these records' texts are read."""
    pairs = sorted(set(wanted))
    ids = pl.Series([pair[0] for pair in pairs], dtype=pl.String).unique()
    columns = ("id", "source", "row", "prompt", "response")
    found = run.records().select(columns).filter(pl.col("id").is_in(ids.implode())).collect()
    records = {row[0]: row for row in found.iter_rows()}
    filters = {entry.label: entry for entry in run.recipe.filters}
    cards: Cards = {}
    for key, reason in pairs:
        _, source, row, prompt, response = records[key]
        entry = filters.get(reason.rpartition(".")[0])
        asked, said = (
            excerpt(text, places_in([entry] if entry else [], part, text[:READ], reason), size)
            for part, text, size in (("prompt", prompt, PROMPT), ("response", response, RESPONSE))
        )
        cards[key, reason] = Card(key, f"{source}:{row}", asked, said)
    return cards
