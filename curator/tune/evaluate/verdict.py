"""Verdict: what may be claimed of a model, and of a model against another, and no more."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import polars as pl

from curator.report.figures import percent
from curator.tune.evaluate.judge import Judged
from curator.tune.evaluate.losses import EVERYTHING

Direction = Literal["better", "worse", "open"]
"""What the interval allows: `open` where it holds no difference too, or too little was asked."""

_TITLES = {
    "instructions": "constraints followed",
    "neutral": "faults in ordinary answers",
    "groups": "unkind answers about groups",
}
_HIGHER_IS_BETTER = frozenset({"instructions"})
_EVEN = 0.5


class Claim(NamedTuple):
    """One difference between two models, with what its interval allows to say."""

    about: str
    direction: Direction
    text: str
    """The difference with its interval, for people."""


def claims_of(
    losses: pl.DataFrame | None, changes: pl.DataFrame, judged: Judged | None
) -> list[Claim]:
    """Return the claims about a model against the one before it, a headline each."""
    found = list(_of_losses(losses)) if losses is not None else []
    found += _of_shares(changes)
    return [*found, *_of_judge(judged)] if judged else found


def sentence(model: str, before: str, claims: list[Claim], *, numbers: bool = True) -> str:
    """Say in one sentence what the claims come to, with their numbers or without."""
    said: dict[str, list[str]] = {"better": [], "worse": [], "open": []}
    for one in claims:
        known = numbers and one.direction != "open"
        said[one.direction].append(f"{one.about} ({one.text})" if known else one.about)
    parts = [f"{name} in {_listed(said[name])}" for name in ("better", "worse") if said[name]]
    if not parts:
        return f"Between {before} and {model} no difference is shown by what was asked."
    tail = f"; no difference is shown in {_listed(said['open'])}" if said["open"] else ""
    return f"Against {before}, {model} is {' and '.join(parts)}{tail}."


def description(shares: pl.DataFrame, losses: pl.DataFrame) -> str:
    """Say in one sentence how a model did that is compared with no other."""
    said = []
    for group, loss, low, high in losses.select("group", "loss", "low", "high").iter_rows():
        if group == EVERYTHING:
            ends = "" if low is None else f", 95%: {low:.3f} to {high:.3f}"
            said.append(f"{loss:.3f} nats a held-out token{ends}")
    for part, title in _TITLES.items():
        for row in _whole(shares, part):
            ends = f"95%: {percent(row['low'])} to {percent(row['high'])}"
            said.append(f"{title}: {percent(row['share'])} of {row['total']:,} ({ends})")
    return "; ".join(said) + "." if said else "Nothing was asked."


def _of_losses(losses: pl.DataFrame) -> Iterator[Claim]:
    for row in losses.filter(pl.col("group") == EVERYTHING).iter_rows(named=True):
        ends = "" if row["low"] is None else f", 95%: {row['low']:+.3f} to {row['high']:+.3f}"
        better = row["change"] < 0
        direction = _direction(better=better, certain=row["certain"])
        yield Claim("held-out loss", direction, f"{row['change']:+.3f} nats a token{ends}")


def _of_shares(changes: pl.DataFrame) -> Iterator[Claim]:
    for part, title in _TITLES.items():
        for row in _whole(changes, part):
            better = (row["change"] > 0) == (part in _HIGHER_IS_BETTER)
            direction = _direction(better=better, certain=row["certain"])
            yield Claim(title, direction, points(row))


def points(row: dict[str, Any]) -> str:
    """Write a change of a share in points, with its interval."""
    change, low, high = (100 * row[name] for name in ("change", "low", "high"))
    return f"{change:+.1f} points, 95%: {low:+.1f} to {high:+.1f}"


def _of_judge(judged: Judged) -> Iterator[Claim]:
    wins = judged.controlled
    if wins is None:
        yield Claim("a judge's preference", "open", "lengths cannot be told apart from it")
        return
    certain = wins.ends.leaves_out(_EVEN)
    text = f"preferred {percent(wins.share)} at equal length"
    if wins.low is not None:
        text += f", 95%: {percent(wins.low)} to {percent(wins.high)}"
    direction = _direction(better=wins.share > _EVEN, certain=certain)
    yield Claim("a judge's preference", direction, text)


def _whole(table: pl.DataFrame, part: str) -> list[dict[str, Any]]:
    return table.filter(pl.col("part") == part, pl.col("measure") == EVERYTHING).to_dicts()


def _direction(*, better: bool, certain: bool) -> Direction:
    if not certain:
        return "open"
    return "better" if better else "worse"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
