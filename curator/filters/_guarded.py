"""Guarded: which of the pairs that are close may be duplicates, by the guards that are on."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.filters._guard_keys import guard_keys
from curator.filters._guard_text import Couple
from curator.filters._guard_words import lexicon
from curator.filters._guards import PAIRED
from curator.filters._guards_kernel import differ_little, read_beginnings

MOST: Final = 3
"""Words that a text has beyond the other, by their first letters, up to which the two are looked at
word by word; with more it is another text. With 4 no more pairs of t0_55k and alpaca_random_9k pass
the guards, and a third more are looked at."""
CLOSED: Final = 12
"""Words of an answer up to which it says one thing, so that the guards judge it too."""


class Guarded:
    """Judges pairs of rows by what is asked and, where it is short or the same, what is answered.

    Two long answers in other words are no reason to keep both; two that are the same but for a few
    words differ in these on purpose.
    """

    def __init__(self, asked: pl.Series, answered: pl.Series | None, guards: Sequence[str]) -> None:
        quiet = sorted(lexicon().quiet)
        self._asked, self._guards = asked, guards
        self._words = read_beginnings(asked, quiet) if "content" in guards else None
        self._answered = pl.repeat("", len(asked), eager=True) if answered is None else answered
        self._answer_words = read_beginnings(self._answered, quiet)
        self._closed = (self._answered.str.count_matches(r"\S+") <= CLOSED).to_numpy()
        self._keys = guard_keys(self._answered, guards).to_numpy()

    def __call__(self, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of each pair whether no guard keeps it apart."""
        closed = self._closed[pairs].any(axis=1) | differ_little(pairs, self._answer_words, MOST)
        passed: NDArray[np.bool_] = ~closed | (self._keys[pairs[:, 0]] == self._keys[pairs[:, 1]])
        if self._words is not None:
            passed &= differ_little(pairs, self._words, MOST)
        for at in np.flatnonzero(passed):
            one, other = pairs[at].tolist()
            sides = [self._answered, self._asked] if closed[at] else [self._asked]
            passed[at] = not any(are_apart(side[one], side[other], self._guards) for side in sides)
        return passed


def are_apart(one: str, other: str, guards: Sequence[str]) -> bool:
    """Say whether one of the guards that look at a couple keeps two texts apart."""
    if one == other:
        return False
    couple = Couple(one, other)
    return any(look(couple) for guard, look in PAIRED.items() if guard in guards)


def keeps_apart(one: str, other: str, guards: Sequence[str]) -> bool:
    """Say whether any guard at all keeps two texts apart."""
    keys = guard_keys(pl.Series([one, other]), guards)
    return bool(keys[0] != keys[1]) or are_apart(one, other, guards)
