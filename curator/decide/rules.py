"""Rules: which of them fire for which record, one bit a rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from curator.filters import Action, DuplicateFilter, Filter

WORD = 64


@dataclass(frozen=True)
class Rule:
    """One rule of a recipe: its reason, its action, and the measure and threshold behind it."""

    reason: str
    label: str
    action: Action
    measure: str | None = None
    threshold: float | None = None


def rules_of(filters: Sequence[Filter]) -> list[Rule]:
    """List the rules of a recipe: record filters in its order, then duplicates, then selection.

    The place in this list is the rule's bit. The rules that people speak come first.
    """
    record = [entry for entry in filters if not isinstance(entry, DuplicateFilter)]
    found = [Rule("verdict.drop", "verdict", "drop"), Rule("verdict.keep", "verdict", "flag")]
    for entry in record:
        for name, (measure, setting) in entry.bounds().items():
            held = getattr(entry, setting) if setting else None
            number = float(held) if isinstance(held, int | float) else None
            found.append(
                Rule(f"{entry.label}.{name}", entry.label, entry.action(name), measure, number)
            )
    found += [
        Rule(
            f"{entry.label}.duplicate",
            entry.label,
            entry.action("duplicate"),
            threshold=entry.min_similarity,
        )
        for entry in filters
        if isinstance(entry, DuplicateFilter)
    ]
    return [*found, Rule("select.not_chosen", "select", "drop")]


class Masks:
    """Which rules fired, as bit masks: `words[w][record]` holds rules 64w … 64w+63."""

    def __init__(self, height: int, rules: int) -> None:
        self.words = [np.zeros(height, dtype=np.uint64) for _ in range(-(-rules // WORD))]

    def mark(self, rule: int, rows: np.ndarray) -> None:
        """Set the rule's bit for the marked rows (a boolean array)."""
        word, bit = divmod(rule, WORD)
        self.words[word] |= rows.astype(np.uint64) << np.uint64(bit)

    def any(self) -> np.ndarray:
        """Say for each record whether any rule fired."""
        fired: np.ndarray = self.words[0] != 0
        for word in self.words[1:]:
            fired |= word != 0
        return fired


def fire(
    scores: pl.DataFrame, filters: Sequence[Filter], rules: Sequence[Rule]
) -> tuple[Masks, Masks]:
    """Evaluate every record filter's rules: which drop and which flag, per record.

    A null score never fires. A filter with `score_dropped: false` has no say on records that an
    earlier filter dropped, also where scores of theirs exist.
    """
    drops, flags = Masks(scores.height, len(rules)), Masks(scores.height, len(rules))
    bits = {rule.reason: bit for bit, rule in enumerate(rules)}
    for entry in filters:
        if isinstance(entry, DuplicateFilter):
            continue
        fired = evaluate(scores, entry)
        alive = None if entry.score_dropped else ~drops.any()
        for name in fired.columns:
            rule = bits[f"{entry.label}.{name}"]
            masks = {"drop": drops, "flag": flags}.get(rules[rule].action)
            if masks is not None:
                rows = fired[name].to_numpy()
                masks.mark(rule, rows if alive is None else rows & alive)
    return drops, flags


def evaluate(scores: pl.DataFrame, entry: Filter) -> pl.DataFrame:
    """Evaluate one filter's rules: a boolean column for each, null counted as not fired."""
    prefix = f"{entry.label}__"
    rules = entry.rules()
    needed = sorted({root for rule in rules.values() for root in rule.meta.root_names()})
    own = scores.select(pl.col(prefix + name).alias(name) for name in needed)
    return own.select(
        rule.fill_null(False).alias(name)  # noqa: FBT003 (a value, not a switch)
        for name, rule in rules.items()
    )
