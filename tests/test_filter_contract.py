"""Every filter of the union keeps the contract, and the suite notices one that does not."""

from collections.abc import Callable
from typing import Literal

import polars as pl
import pytest

from curator.filters import FILTERS, Filter, threshold
from curator.filters.decontaminate import Decontaminate
from curator.filters.ifd import Ifd
from curator.filters.judge import Judge
from curator.filters.safety import Safety
from curator.testing import check_filter

_BY_DEFAULTS = [one for one in FILTERS if one not in {Safety, Decontaminate, Ifd, Judge}]
"""Some models, and all evaluation sets, are nobody's default: the tests of these filters check them
with one."""


@pytest.mark.parametrize("filter_class", _BY_DEFAULTS, ids=lambda one: one.__name__)
def test_keeps_the_contract(filter_class: type[Filter]) -> None:
    check_filter(filter_class)


class Sound(Filter):
    """Measure the letters."""

    filter: Literal["sound"] = "sound"
    view: Literal["prompt", "response"] = "response"
    """Which text to measure."""
    max_letters: int = threshold(5)
    """More is too many."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return records.select(pl.col(self.view).str.len_chars().alias("letters"))

    def rules(self) -> dict[str, pl.Expr]:
        return {"many": pl.col("letters") > self.max_letters}


class ReadsTheText(Sound):
    """Read the record, not the score."""

    def rules(self) -> dict[str, pl.Expr]:
        return {"many": pl.col("response").str.len_chars() > self.max_letters}


class LosesRows(Sound):
    """Leave a record out."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return super().score(records).head(3)


class GivesNan(Sound):
    """Divide by nothing."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return records.select((pl.lit(0.0) / pl.col("row") * 0 / 0).alias("letters"))


class LooksAround(Sound):
    """Judge a record by its neighbours."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return records.select(pl.col("response").str.len_chars().max().over(1).alias("letters"))


class Undocumented(Sound):
    """Say nothing of a setting."""

    silent: int = 1


class Forgetful(Sound):
    """Leave a setting out of the key."""

    def key(self) -> str:
        return "always"


_BROKEN: list[tuple[Callable[[], type[Filter]], str]] = [
    (lambda: ReadsTheText, "reads"),
    (lambda: LosesRows, "rows"),
    (lambda: GivesNan, "NaN"),
    (lambda: LooksAround, "shard"),
    (lambda: Undocumented, "silent"),
    (lambda: Forgetful, "key"),
]


def test_a_sound_filter_passes() -> None:
    check_filter(Sound)


@pytest.mark.parametrize(("make", "promise"), _BROKEN)
def test_a_broken_promise_is_named(make: Callable[[], type[Filter]], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        check_filter(make())
