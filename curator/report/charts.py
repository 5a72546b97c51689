"""Charts: facts of a report drawn as SVG."""

from typing import Any

from markupsafe import Markup

from curator.report.figures import bound, number, percent
from curator.report.funnel import Summary
from curator.report.histogram import Histogram
from curator.report.svg import Line, histogram, interval, share_bar

TICKS = 6


def kept_bar(summary: Summary) -> Markup:
    """Draw what is kept and what is dropped as one bar."""
    total = max(1, summary.records)
    label = f"{number(summary.kept)} kept, {number(summary.dropped)} dropped"
    return share_bar([("stays", summary.kept / total), ("goes", summary.dropped / total)], label, 10)


def step_bar(step: dict[str, Any], total: int) -> Markup:
    """Draw one step of the funnel: what is left, what it drops, what was gone before."""
    parts = [("stays", step["left"] / max(1, total)), ("goes", step["dropped"] / max(1, total))]
    label = f"{step['step']}: {number(step['dropped'])} dropped, {number(step['left'])} left"
    return share_bar(parts, label)


def count_bar(count: int, most: int, name: str = "goes") -> Markup:
    """Draw a count beside the largest of its table."""
    return share_bar([(name, count / max(1, most))], number(count), 10)


def spread(found: Histogram) -> Markup:
    """Draw a histogram with its thresholds and a few ticks."""
    lines = [
        Line(cut.place, f"{cut.held.setting} {number(cut.held.threshold)}")
        for cut in found.cuts
        if cut.place is not None and cut.held.action != "off"
    ]
    counts, fired = found.bins["count"].to_list(), found.bins["fired"].to_list()
    what = "; ".join(f"{cut.held.rule} {bound(cut.held)}" for cut in found.cuts)
    label = f"Histogram of {found.judged.column}: {what}"
    return histogram(counts, fired, lines, _ticks(found), label)


def share_interval(row: dict[str, Any]) -> Markup:
    """Draw the share of a group that a filter drops, its interval, and the rest's share."""
    label = f"{percent(row['share'])}, 95% between {percent(row['low'])} and {percent(row['high'])}"
    return interval(row["share"], row["low"], row["high"], row["rest"] or 0.0, label)


def _ticks(found: Histogram) -> list[Line]:
    size = found.bins.height
    if found.scale == "categories":
        names = found.bins["name"].to_list()
        return [Line((place + 0.5) / size, name[:10]) for place, name in enumerate(names)]
    edges = [*found.bins["low"].to_list(), found.bins["high"].to_list()[-1]]
    step = max(1, round(size / TICKS))
    places = [*range(0, size - step // 2, step), size]
    return [Line(place / size, number(edges[place])) for place in places]
