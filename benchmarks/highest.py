"""The records of a run that score highest by each rule, to be read and judged by eye.

    python benchmarks/highest.py RUN [--most 50] [--rule toxicity.response] > reading.md

RUN is a run directory. Of every rule with a measure the records furthest on its wrong side come
first, whether it fires or not; a line a record is left for the reader's own verdict. Personal
values are masked. What was read, and how much of it was right, belongs into docs/quality.md.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from curator.decide.rules import evaluate
from curator.errors import CuratorError
from curator.filters import Filter
from curator.report.cards import Card, cards_of
from curator.report.figures import number
from curator.report.judged import Held, judged_by
from curator.report.shown import Piece, harmless
from curator.run import Run

MOST = 50
"""Records a rule: as many as one can read in a sitting."""


class Listed(NamedTuple):
    """The records of one rule: `id, value, fires`, the furthest first; `fired` counts all."""

    reason: str
    measure: str
    held: Held
    fired: int
    rows: pl.DataFrame


def main() -> None:
    """Print the records of every rule, or of those that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--rule", action="append", default=[], help="such as toxicity.response")
    asked = parser.parse_args()
    try:
        run = Run.open(asked.run)
        found = [one for one in highest(run, asked.most) if _wanted(one.reason, asked.rule)]
        print("\n".join(lines(run, found)))
    except CuratorError as error:
        sys.exit(str(error))


def _wanted(reason: str, asked: list[str]) -> bool:
    return not asked or reason in asked


def highest(run: Run, most: int = MOST) -> Iterator[Listed]:
    """List for each rule over a number the `most` records that speak most for it, by measure."""
    entries: list[Filter] = list(run.recipe.filters)
    for entry in entries:
        judged = judged_by(entry)
        scores = run.scores().select("id", pl.selectors.starts_with(f"{entry.label}__")).collect()
        fired = evaluate(scores, entry) if judged else pl.DataFrame()
        for one in judged:
            if not scores[one.column].dtype.is_numeric():
                continue
            for held in one.rules:
                rows = _furthest(scores, one.column, fired[held.rule], held).head(most)
                yield Listed(held.reason, one.measure, held, int(fired[held.rule].sum()), rows)


def _furthest(scores: pl.DataFrame, column: str, fired: pl.Series, held: Held) -> pl.DataFrame:
    """Put what was judged in order: what fires first, then by the measure, ties by id.

    Where a least value is asked for, such as `min_words`, low is bad. What a rule without a
    threshold does not fire for, and a measure of 0, says nothing and is left out.
    """
    low = (held.setting or "").startswith("min")
    told = scores.select("id", pl.col(column).alias("value")).with_columns(fired.alias("fires"))
    return (
        told.drop_nulls("value")
        .filter(pl.col("fires") | ((pl.col("value") != 0) & (held.threshold is not None)))
        .sort("fires", "value", "id", descending=[True, not low, False])
    )


def lines(run: Run, found: list[Listed]) -> Iterator[str]:
    """Write the records as Markdown, a heading a rule."""
    pairs = [(key, one.reason) for one in found for key in one.rows["id"]]
    cards = cards_of(run, pairs)
    for one in found:
        if one.rows.is_empty():
            continue
        limit = "" if one.held.threshold is None else f" {number(one.held.threshold)}"
        yield f"\n## {one.reason}: {one.measure}, {one.held.setting or 'no threshold'}{limit}"
        yield f"\nFires for {one.fired:,} records; {one.rows.height:,} are shown.\n"
        for place, (key, value, fires) in enumerate(one.rows.iter_rows(), 1):
            yield from _told(place, number(value), cards[key, one.reason], fires=fires)


def _told(place: int, value: str, card: Card, *, fires: bool) -> Iterator[str]:
    yield f"{place}. [ ] **{value}**{'' if fires else ', does not fire'}, `{card.place}`, {card.id}"
    yield f"   - asked: {_code(card.prompt)}"
    yield f"   - said: {_code(card.response)}"


def _code(parts: list[Piece]) -> str:
    """Write a text on one line as code, so that nothing in it is markup or steers a terminal."""
    text = harmless(" ".join("".join(part.text for part in parts).split()))
    return f"`{text.replace('`', chr(0x2CB))}`" if text else "(empty)"


if __name__ == "__main__":
    main()
