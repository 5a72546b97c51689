"""Charts: facts of a report drawn as SVG."""

import math
from typing import Any

import polars as pl
from markupsafe import Markup

from curator.report.figures import bound, number, percent
from curator.report.funnel import Summary
from curator.report.histogram import Histogram
from curator.report.lineup import Row
from curator.report.svg import Bars, Line, histogram, interval, share_bar
from curator.report.traits import FEWEST

TICKS = 6


def kept_bar(summary: Summary) -> Markup:
    """Draw what is kept and what is dropped as one bar."""
    total = max(1, summary.records)
    label = f"{number(summary.kept)} kept, {number(summary.dropped)} dropped"
    return share_bar(
        [("stays", summary.kept / total), ("goes", summary.dropped / total)], label, 10
    )


def step_bar(step: dict[str, Any], total: int) -> Markup:
    """Draw one step of the funnel: what is left, what it drops, what was gone before."""
    parts = [("stays", step["left"] / max(1, total)), ("goes", step["dropped"] / max(1, total))]
    label = f"{step['step']}: {number(step['dropped'])} dropped, {number(step['left'])} left"
    return share_bar(parts, label)


def count_bar(count: int, most: int, name: str = "goes") -> Markup:
    """Draw a count beside the largest of its table."""
    return share_bar([(name, count / (most or 1))], number(count), 10)


def source_bar(row: dict[str, Any]) -> Markup:
    """Draw what a source keeps and what it loses."""
    kept = row["kept"] / max(1, row["records"])
    label = f"{row['source']}: {percent(kept)} kept"
    return share_bar([("stays", kept), ("goes", 1 - kept if row["records"] else 0)], label)


def run_bar(run: Row) -> Markup:
    """Draw what a run keeps and what it drops."""
    kept = run.kept / max(1, run.records)
    label = f"{run.name}: {percent(kept)} kept"
    return share_bar([("stays", kept), ("goes", 1 - kept if run.records else 0)], label, 10)


def fit_bar(row: dict[str, Any], kept: int) -> Markup:
    """Draw which share of the kept records fits a context window."""
    longer = row["longer"] / max(1, kept)
    label = f"{percent(longer)} of the records are longer than {number(row['window'])} tokens"
    return share_bar([("stays", 1 - longer), ("goes", longer)], label, 10)


def spread(found: Histogram) -> Markup:
    """Draw a histogram with its thresholds and a few ticks."""
    lines = [
        _cut_line(cut.place, bound(cut.held))
        for cut in found.cuts
        if cut.place is not None and cut.held.action != "off"
    ]
    flagging = all(cut.held.action != "drop" for cut in found.cuts)
    bars = Bars(
        found.bins["count"].to_list(),
        found.bins["fired"].to_list(),
        "flags" if flagging else "goes",
    )
    what = "; ".join(f"{cut.held.rule} {bound(cut.held)}" for cut in found.cuts)
    label = f"Histogram of {found.judged.column}: {what}"
    return histogram(bars, lines, _ticks(found), label)


def scale_of(groups: pl.DataFrame) -> float:
    """Return the share at the right end of a filter's intervals, so that small shares show too."""
    large = groups.filter(pl.col("records") >= FEWEST)["high"].max()
    return min(1.0, math.ceil(20 * max(0.02, float(str(large or 1)))) / 20)


def share_interval(row: dict[str, Any], scale: float) -> Markup:
    """Draw the share of a group that a filter drops, its interval, and the rest's share."""
    label = f"{percent(row['share'])}, 95% between {percent(row['low'])} and {percent(row['high'])}"
    ends = [min(1.0, (row[name] or 0.0) / scale) for name in ("share", "low", "high", "rest")]
    return interval(ends[0], (ends[1], ends[2]), ends[3], label)


def shift_scale(means: pl.DataFrame) -> float:
    """Return the shift at the right end of the intervals; the left end is the same below 0."""
    ends = [abs(end) for name in ("low", "high") if means.width for end in means[name]]
    return max(0.01, math.ceil(100 * max(ends, default=0.0)) / 100)


def shift_interval(row: dict[str, Any], scale: float) -> Markup:
    """Draw a mean shift and its interval around a tick at 0."""
    label = f"{row['shift']:+.4f}, 95% between {row['low']:+.4f} and {row['high']:+.4f}"
    share, low, high = (0.5 + row[name] / (2 * scale) for name in ("shift", "low", "high"))
    return interval(share, (low, high), 0.5, label)


def _cut_line(place: float, name: str) -> Line:
    """Draw a threshold beyond the data as a word with an arrow at that end, without a line."""
    if 0 <= place <= 1:
        return Line(place, name)
    return (
        Line(0, f"\u2190 {name}", drawn=False)
        if place < 0
        else Line(1, f"{name} \u2192", drawn=False)
    )


def _ticks(found: Histogram) -> list[Line]:
    """Label every category or single number below its bar, and else the edges of some bars."""
    size = found.bins.height
    step = max(1, round(size / TICKS))
    lows = found.bins["low"].to_list()
    if found.scale == "categories":
        return [Line((at + 0.5) / size, name[:12]) for at, name in enumerate(found.bins["name"])]
    if found.whole and (found.bins["high"] - found.bins["low"] == 1).all():
        return [Line((at + 0.5) / size, number(lows[at])) for at in range(0, size, step)]
    edges = [*lows, found.bins["high"].to_list()[-1]]
    places = [*range(0, size - step // 2, step), size]
    return [Line(at / size, number(edges[at])) for at in places]
