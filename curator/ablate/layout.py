"""Layout: how an arm's records are packed so that every step has as many supervised tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from curator.ablate.protocol import Budget

if TYPE_CHECKING:
    from curator.training.conversation import Example

FEWEST_STEPS = 4
"""Of fewer steps' worth of tokens an arm would be seen too often to say anything."""
_MORE_ROWS = 6
_CLOSE = 0.005


@dataclass(frozen=True)
class RowsOf:
    """How the rows of an arm are cut."""

    width: int
    """Tokens of a row."""
    each: int
    """Rows of a step."""
    steps_an_epoch: int


def rows_for(examples: Sequence["Example"], budget: Budget) -> RowsOf:
    """Return rows with which an epoch has as many steps as it has steps' supervised tokens.

    All arms have the same number of steps; what differs is how many tokens of prompts and answers a
    step must hold for its share of supervised ones. Only whole records fit a row, so several
    numbers of rows are tried, until the share is met within half a percent.
    """
    lengths = [len(example) for example in examples]
    learnt = sum(int(example.supervised.sum()) for example in examples)
    wanted = learnt / budget.step_tokens
    best, missed = RowsOf(max(lengths), 1, 1), float("inf")
    for each in range(budget.rows, budget.rows + _MORE_ROWS):
        for found in _cuts(lengths, each, max(1, round(wanted))):
            off = abs(found.steps_an_epoch / wanted - 1)
            if off < missed:
                best, missed = found, off
        if missed <= max(_CLOSE, 0.5 / wanted):
            break
    return best


def _cuts(lengths: Sequence[int], each: int, steps: int) -> Iterator[RowsOf]:
    """Yield the narrowest rows that hold all in so many steps, and the widest that do not."""
    from curator.training.pack import pack

    low = max(max(lengths), sum(lengths) // (steps * each))
    high = 2 * low
    while low < high:
        middle = (low + high) // 2
        if len(pack(lengths, middle)) <= steps * each:
            high = middle
        else:
            low = middle + 1
    for width in (low, low - 1):
        if width >= max(lengths):
            yield RowsOf(width, each, ceil(len(pack(lengths, width)) / each))


def too_small(tokens: int, budget: Budget) -> bool:
    """Say whether an arm has too few supervised tokens for such steps."""
    return tokens < FEWEST_STEPS * budget.step_tokens
