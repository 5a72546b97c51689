"""Rows: what was counted of one model or two, line by line as every table shows it."""

from typing import Any, NamedTuple, Self

import polars as pl

from curator.report.figures import percent
from curator.tune.evaluate.evaluation import Evaluation
from curator.tune.evaluate.losses import EVERYTHING
from curator.tune.evaluate.words import NAMES

NOTHING = "\u2013"


class Value(NamedTuple):
    """A number with the ends of its interval; these are none where there is too little to say."""

    at: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, row: dict[str, Any] | None, name: str) -> Self | None:
        """Read it from a row of a table."""
        return None if row is None else cls(row[name], row["low"], row["high"])


class Row(NamedTuple):
    """One line of a table: a loss or a share, that of the model before, and the change."""

    name: str
    of: int
    """Records, or prompts."""
    tokens: int
    now: Value
    was: Value | None
    change: Value | None
    certain: bool
    few: bool
    is_share: bool

    @property
    def whole(self) -> bool:
        """Whether it counts everything of its table."""
        return self.name == EVERYTHING

    @property
    def title(self) -> str:
        """What it is called."""
        return NAMES.get(self.name, self.name.replace("_", " "))

    def at(self) -> str:
        """Write the value."""
        return self._written(self.now.at)

    def ends(self) -> str:
        """Write its interval."""
        low, high = self.now.low, self.now.high
        if low is None or high is None:
            return NOTHING
        return f"{self._written(low)} to {self._written(high)}"

    def before(self) -> str:
        """Write the value before."""
        return NOTHING if self.was is None else self._written(self.was.at)

    def moved(self) -> str:
        """Write the change, of a share in points, with its interval."""
        if self.change is None:
            return NOTHING
        said, *ends = (self._signed(one) for one in self.change if one is not None)
        return f"{said} ({' to '.join(ends)})" if ends else said

    def _written(self, value: float) -> str:
        return percent(value) if self.is_share else f"{value:.3f}"

    def _signed(self, value: float) -> str:
        return f"{100 * value:+.1f}" if self.is_share else f"{value:+.3f}"


def loss_rows(found: Evaluation) -> list[Row]:
    """Return a row for all held-out records and for each kind of task."""
    keys = ("group",)
    was = _by(found.before.losses if found.before else None, keys)
    moved = _by(found.loss_changes, keys)
    rows = []
    for now in found.after.losses.to_dicts():
        other, change = was.get((now["group"],)), moved.get((now["group"],))
        rows.append(
            Row(
                name=now["group"],
                of=now["records"],
                tokens=now["tokens"],
                now=Value(now["loss"], now["low"], now["high"]),
                was=Value.of(other, "loss"),
                change=Value.of(change, "change"),
                certain=bool(change and change["certain"]),
                few=now["few"],
                is_share=False,
            )
        )
    return rows


def share_rows(found: Evaluation) -> dict[str, list[Row]]:
    """Return the rows of every part, a measure each."""
    keys = ("part", "measure")
    was = _by(found.before.shares if found.before else None, keys)
    moved = _by(found.changes, keys)
    parts: dict[str, list[Row]] = {}
    for now in found.after.shares.to_dicts():
        key = now["part"], now["measure"]
        other, change = was.get(key), moved.get(key)
        row = Row(
            name=now["measure"],
            of=now["total"],
            tokens=0,
            now=Value(now["share"], now["low"], now["high"]),
            was=Value.of(other, "share"),
            change=Value.of(change, "change"),
            certain=bool(change and change["certain"]),
            few=False,
            is_share=True,
        )
        parts.setdefault(now["part"], []).append(row)
    return parts


def _by(table: pl.DataFrame | None, keys: tuple[str, ...]) -> dict[Any, dict[str, Any]]:
    if table is None:
        return {}
    return {tuple(row[name] for name in keys): row for row in table.to_dicts()}
