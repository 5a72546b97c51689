"""Figures: how numbers, shares and thresholds are written for people."""

from typing import Any

from curator.report.judged import Held

_SMALL = 0.001
_ALL = 0.9995


def number(value: float | None) -> str:
    """Write a number for people: thousands set apart, no needless decimals."""
    if value is None:
        return "\u2013"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) >= _SMALL else f"{value:.1g}"


def percent(share: float | None) -> str:
    """Write a share in percent; what is not all is never written as all, nor something as none."""
    if share is None:
        return "\u2013"
    if 0 < share < _SMALL:
        return "<0.1%"
    if _ALL < share < 1:
        return ">99.9%"
    return f"{100 * share:.1f}%"


def part(count: int, total: int) -> str:
    """Write a count with its share of the total."""
    return f"{number(count)} ({percent(count / total)})" if total else number(count)


def counted(count: int, thing: str) -> str:
    """Write how many there are of a thing, which gets an s unless it is one."""
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """Write a duration."""
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"  # noqa: PLR2004 (two digits do)


def measured(value: Any) -> str:
    """Write a measure of any kind; null was not measured."""
    if value is None:
        return "not judged"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int | float) else str(value)


def bound(held: Held) -> str:
    """Say what a rule holds its measure against, in the recipe's words, such as `min_words 2`."""
    return "" if held.threshold is None else f"{held.setting} {number(held.threshold)}"
