"""The four steps: rules fire, verdicts override, duplicates settle, a budget selects."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from polars._typing import PolarsDataType

from curator.decide.docket import Docket, prepare
from curator.decide.pool import Pool
from curator.decide.rules import WORD, Masks, Rule, fire, rules_of
from curator.decide.selection import select
from curator.decide.verdicts import distinct_rows, rows_with
from curator.filters import DuplicateFilter
from curator.recipe import Recipe

if TYPE_CHECKING:
    from curator.dedup import Settlement

_COLUMNS: dict[str, PolarsDataType] = {
    "id": pl.String,
    "kept": pl.Boolean,
    "reason": pl.String,
    "reasons": pl.List(pl.String),
    "flags": pl.List(pl.String),
    "value": pl.Float64,
    "threshold": pl.Float64,
    "turn": pl.Int64,
    "witness": pl.String,
    "similarity": pl.Float64,
}
DECISION_SCHEMA = pl.Schema(_COLUMNS)
"""One row a record, in run order. `reason` is the first that dropped the record, in the funnel's
order, with the `value` it judged, its `threshold` and the `turn` (place in messages, from 0);
`reasons` are all that would have dropped it; `witness` is the kept record a duplicate was dropped
for (or flagged with), `similarity` theirs."""


class Settled(NamedTuple):
    """Decisions, and how the budget was spent where there is one (see `SELECTION_SCHEMA`)."""

    decisions: pl.DataFrame
    selection: pl.DataFrame | None


def decide(
    scores: pl.DataFrame,
    pairs: Mapping[str, pl.DataFrame],
    verdicts: pl.DataFrame,
    recipe: Recipe,
    pool: Pool | None = None,
) -> pl.DataFrame:
    """Decide on every record; a pure function of what was measured and what people said."""
    return settle_docket(prepare(scores, pairs, recipe.prefer, pool), verdicts, recipe)


def settle_docket(docket: Docket, verdicts: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """Decide on a prepared docket; this is what every slider calls."""
    return settle_all(docket, verdicts, recipe).decisions


def settle_all(docket: Docket, verdicts: pl.DataFrame, recipe: Recipe) -> Settled:
    """Decide on a prepared docket, and say how the budget was spent."""
    rules = rules_of(recipe.filters)
    drops, flags = fire(docket.scores, recipe.filters, rules)
    content = docket.scores["content"]
    protected = rows_with(content, verdicts, "keep")
    drops.mark(0, rows_with(content, verdicts, "drop"))
    flags.mark(1, protected)
    rank = _people_first(docket.rank, protected)
    alive = ~drops.any() | protected
    duplicates = [entry for entry in recipe.filters if isinstance(entry, DuplicateFilter)]
    found = None
    if duplicates:
        found = _settle(docket, duplicates, np.where(alive, rank, -1), protected, verdicts)
        _mark_duplicates(found, rules, drops, flags)
    kept = ~drops.any() | protected
    if recipe.select is None:
        return Settled(_write_out(docket.scores, rules, (drops, flags), kept, found), None)
    standing, selection = select(docket, recipe, rank, (kept, protected))
    unchosen = np.zeros(len(rank), np.bool_)
    unchosen[standing[~selection["chosen"].to_numpy()]] = True
    drops.mark(len(rules) - 1, unchosen)
    decisions = _write_out(docket.scores, rules, (drops, flags), kept & ~unchosen, found)
    return Settled(_with_numbers(decisions, standing, selection), selection)


def _people_first(rank: np.ndarray, protected: np.ndarray) -> np.ndarray:
    """Move the records with a keep verdict to the front of the survivor order."""
    if not protected.any():
        return rank
    order = np.empty_like(rank)
    order[rank] = np.arange(len(rank))
    first = protected[order]
    order = np.concatenate([order[first], order[~first]])
    moved = np.empty_like(rank)
    moved[order] = np.arange(len(rank))
    return moved


def _settle(
    docket: Docket,
    duplicates: Sequence[DuplicateFilter],
    rank: np.ndarray,
    protected: np.ndarray,
    verdicts: pl.DataFrame,
) -> "Settlement":
    from curator.dedup import settle

    active = [entry for entry in duplicates if entry.action("duplicate") != "off"]
    return settle(
        rank,
        protected,
        [docket.layers[entry.label] for entry in active],
        [entry.min_similarity for entry in active],
        [entry.action("duplicate") == "drop" for entry in active],
        distinct_rows(docket.scores["content"], verdicts),
    )


def _mark_duplicates(
    found: "Settlement", rules: Sequence[Rule], drops: Masks, flags: Masks
) -> None:
    active = [bit for bit, rule in enumerate(rules) if _settles(rule) and rule.action != "off"]
    for layer, bit in enumerate(active):
        fired = (found.fired >> np.uint64(layer)) & np.uint64(1) == 1
        (drops if rules[bit].action == "drop" else flags).mark(bit, fired)


def _with_numbers(
    decisions: pl.DataFrame, standing: np.ndarray, selection: pl.DataFrame
) -> pl.DataFrame:
    """Say of every record that was not chosen which number decided."""
    left = ~selection["chosen"]
    rows, numbers = standing[left.to_numpy()], selection.filter(left)
    return decisions.with_columns(
        decisions[name].scatter(rows, numbers[name]) for name in ("value", "threshold")
    )


def _write_out(
    scores: pl.DataFrame,
    rules: Sequence[Rule],
    masks: tuple[Masks, Masks],
    kept: np.ndarray,
    found: "Settlement | None",
) -> pl.DataFrame:
    """Turn masks into names, and look up what the deciding rule saw."""
    drops, flags = masks
    names = _names(drops, flags, [rule.reason for rule in rules])
    first = np.where(kept, -1, names["first"].to_numpy())
    value, threshold, turn = _seen(scores, rules, first)
    witness = similarity = None
    if found is not None:
        rows = pl.Series(found.witness)
        witness = scores["id"].gather(rows.replace(-1, None))
        similarity = pl.Series(found.similarity).round(6).fill_nan(None)
        first_is_duplicate = np.isin(first, [i for i, r in enumerate(rules) if _settles(r)])
        value = np.where(first_is_duplicate, found.similarity, value)
    return pl.DataFrame(
        {
            "id": scores["id"],
            "kept": kept,
            "reason": pl.Series([rule.reason for rule in rules], dtype=pl.String).gather(
                pl.Series(first).replace(-1, None)
            ),
            "reasons": names["reasons"],
            "flags": names["flags"],
            "value": pl.Series(value).round(6).fill_nan(None),
            "threshold": pl.Series(threshold).fill_nan(None),
            "turn": turn,
            "witness": witness,
            "similarity": similarity,
        },
        schema=DECISION_SCHEMA,
    )


def _settles(rule: Rule) -> bool:
    return rule.measure is None and rule.threshold is not None


def _names(drops: Masks, flags: Masks, reasons: list[str]) -> pl.DataFrame:
    """Name the rules of every record: lists are made for the distinct masks only."""
    words = {f"d{i}": word for i, word in enumerate(drops.words)}
    words |= {f"f{i}": word for i, word in enumerate(flags.words)}
    masks = pl.DataFrame(words)
    distinct = masks.unique(maintain_order=True)
    rows = distinct.rows(named=True)
    dropped = [_bits([row[f"d{i}"] for i in range(len(drops.words))]) for row in rows]
    flagged = [_bits([row[f"f{i}"] for i in range(len(flags.words))]) for row in rows]
    named = distinct.with_columns(
        pl.Series("first", [bits[0] if bits else -1 for bits in dropped], dtype=pl.Int64),
        pl.Series(
            "reasons", [[reasons[b] for b in bits] for bits in dropped], dtype=pl.List(pl.String)
        ),
        pl.Series(
            "flags", [[reasons[b] for b in bits] for bits in flagged], dtype=pl.List(pl.String)
        ),
    )
    return masks.join(named, on=list(words), how="left", maintain_order="left")


def _bits(words: Sequence[int]) -> list[int]:
    return [
        w * WORD + bit for w, word in enumerate(words) for bit in range(WORD) if word >> bit & 1
    ]


def _seen(
    scores: pl.DataFrame, rules: Sequence[Rule], first: np.ndarray
) -> tuple[np.ndarray, np.ndarray, pl.Series]:
    """Return the value, threshold and turn behind the deciding rule of every record."""
    value = np.full(len(first), np.nan)
    threshold = np.full(len(first), np.nan)
    turn = np.full(len(first), -1, dtype=np.int64)
    for bit in np.unique(first[first >= 0]):
        rule, rows = rules[bit], np.flatnonzero(first == bit)
        if rule.threshold is not None:
            threshold[rows] = rule.threshold
        if rule.measure is None:
            continue
        column = f"{rule.label}__{rule.measure}"
        value[rows] = scores[column].gather(rows).cast(pl.Float64).to_numpy()
        if f"{column}_turn" in scores.columns:
            turn[rows] = scores[f"{column}_turn"].gather(rows).fill_null(-1).to_numpy()
    return value, threshold, pl.Series(turn).replace(-1, None)
