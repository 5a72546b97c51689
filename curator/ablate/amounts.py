"""Amounts: losses and differences as people read them."""

from collections.abc import Sequence

from curator.ablate.statistics import Difference, spread

_FINE = 0.005
_FINER = 0.0005


def digits_for(*values: float | None) -> int:
    """Return how many decimals tell these apart from zero."""
    most = max((abs(value) for value in values if value is not None), default=1.0)
    return 3 if most >= _FINE else 4 if most >= _FINER else 5


def loss(value: float) -> str:
    """Write a loss in nats a token."""
    return f"{value:.{digits_for(value)}f}"


def losses(values: Sequence[float]) -> str:
    """Write the mean loss of some seeds and its standard deviation over them."""
    if not values:
        return "\u2013"
    mean, noise = sum(values) / len(values), spread(values)
    digits = digits_for(mean)
    return f"{mean:.{digits}f}" + ("" if noise is None else f" ± {noise:.{digits}f}")


def change(difference: Difference) -> str:
    """Write a change with its sign and its interval."""
    digits = digits_for(difference.change, difference.low, difference.high)
    return f"{signed(difference.change, digits)}{_ends(difference, digits)}"


def signed(value: float, digits: int) -> str:
    """Write a number with its sign; what rounds to zero has none."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "\u2212")


def amount(difference: Difference) -> str:
    """Write how large a change is, without its sign, and between what it lies."""
    digits = digits_for(difference.change, difference.low, difference.high)
    size = f"{abs(difference.change):.{digits}f}"
    if difference.low is None or difference.high is None:
        return size
    sign = -1 if difference.change < 0 else 1
    ends = sorted((sign * difference.low, sign * difference.high))
    low, high = (f"{end:.{digits}f}".replace("-", "\u2212") for end in ends)
    return f"{size} (95%: {low} to {high})"


def _ends(difference: Difference, digits: int) -> str:
    if difference.low is None or difference.high is None:
        return ""
    return f" ({signed(difference.low, digits)} to {signed(difference.high, digits)})"
