"""Measuring holds a filter to its contract: a failure is an error, never a silent drop."""

from typing import Any, ClassVar, Literal

import polars as pl
import pytest

from curator.errors import FilterError
from curator.filters import Filter, threshold
from curator.filters.length import Length
from curator.pipeline.measure import measure
from tests.conftest import make_records


class Given(Filter):
    """Return what the test says."""

    filter: Literal["given"] = "given"
    view: str = "text"
    """A setting that scores depend on."""
    max_share: float = threshold(0.5)
    """A threshold."""
    answer: ClassVar[Any] = None

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]

    def rules(self) -> dict[str, pl.Expr]:
        return {"high": pl.col("share") > self.max_share}


def scored(monkeypatch: pytest.MonkeyPatch, answer: Any) -> pl.DataFrame:
    monkeypatch.setattr(Given, "answer", answer)
    return measure(Given(), make_records("one", "two"))


def test_floats_are_rounded_and_nan_is_null(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scored(monkeypatch, pl.DataFrame({"share": [0.12345678, float("nan")]}))
    assert found["share"].to_list() == [0.123457, None]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (ValueError("boom"), "failed on the 2 records from .* on: ValueError: boom"),
        (None, "gave NoneType where a DataFrame"),
        (pl.DataFrame({"share": [0.1]}), "gave 1 scores for 2 records"),
        (pl.DataFrame({"other": [0.1, 0.2]}), "gave no measure 'share'"),
        (pl.DataFrame({"share": [[0.1], [0.2]]}), ".* where a scalar is due"),
        (pl.DataFrame({"share": [float("inf"), 0.1]}), "gave an infinite 'share'"),
    ],
)
def test_a_broken_contract_is_an_error(
    monkeypatch: pytest.MonkeyPatch, answer: Any, message: str
) -> None:
    with pytest.raises(FilterError, match=f"filter 'given' {message}"):
        scored(monkeypatch, answer)


def test_a_key_names_what_scores_depend_on_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = Given().key()
    assert Given(max_share=0.9, name="other", on={"high": "flag"}, score_dropped=False).key() == key
    assert Given(view="prompt").key() != key
    monkeypatch.setattr(Given, "version", 2)
    assert Given().key() != key
    monkeypatch.undo()
    monkeypatch.setattr(Given, "files", lambda self: {"lexicon": "sha256"})
    assert Given().key() != key
    monkeypatch.undo()
    monkeypatch.setattr(Given, "needs", ("signature",))
    assert Given().key() != key
    assert Length(view="prompt").key() != Length().key()
