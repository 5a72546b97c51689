"""The result says what was written, what was left out and why, and nothing of any record."""

from pathlib import Path
from typing import Any

import pytest

from curator.errors import MissingExtraError, RecipeError
from curator.export import ExportResult, check_export
from curator.recipe import Export
from tests.conftest import chat
from tests.test_export import export, pair, run_of

NO_PAIR = "it has no rejected answer, which this shape needs"


def result_of(counts: dict[str, int], **facts: Any) -> ExportResult:
    said: dict[str, Any] = {"target": "trl", "container": "jsonl", "layout": "messages"}
    said |= {"files": {}, "records": sum(counts.values())}
    return ExportResult(folder=Path("x"), counts=counts, **said | facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (result_of({"train": 9_211, "test": 4}), "9,211 in train, 4 in test; 0 left out"),
        (
            result_of({"data": 1}, left_out={"few": 1, "many": 1_000}),
            "1 in data; 1,001 left out (1,000: many; 1: few)",
        ),
        (
            result_of({"data": 1}, left_out={"a": 5, "b": 4, "c": 3}),
            "1 in data; 12 left out (5: a; 4: b; 3: another reason)",
        ),
        (
            result_of({"data": 1}, left_out={"a": 5, "b": 4, "c": 3, "d": 1_000, "e": 1}),
            "1 in data; 1,013 left out (1,000: d; 5: a; 8: 3 other reasons)",
        ),
        (result_of({"data": 1}, leaks=1), "1 in data; 0 left out, 1 more as a leak"),
        (result_of({"data": 1}, leaks=2_000), "1 in data; 0 left out, 2,000 more as leaks"),
        (
            result_of({"data": 0}, left_out={"a": 9_211}),
            "nothing was written; 9,211 left out (9,211: a)",
        ),
        (
            result_of({"train": 0, "test": 0}, leaks=1),
            "nothing was written; 0 left out, 1 more as a leak",
        ),
        (result_of({"data": 0}), "nothing was written; the run kept no records"),
    ],
)
def test_the_result_in_words(result: ExportResult, said: str) -> None:
    assert str(result) == said


def test_an_export_that_writes_nothing_says_so(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), chat("b", "2"))
    result = export(run, "preference")
    assert result.is_empty
    assert str(result) == f"nothing was written; 2 left out (2: {NO_PAIR})"
    assert not export(run, "messages").is_empty


def test_a_run_that_keeps_nothing_is_told_from_one_that_fits_nothing(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"))
    run.dropped = {0: "length.too_short"}
    assert str(export(run, "messages")) == "nothing was written; the run kept no records"


@pytest.mark.parametrize("to", ["messages", "preference", "alpaca", "trl", "llama_factory"])
def test_the_result_holds_no_text_of_a_record(tmp_path: Path, to: str) -> None:
    odd = chat("\x1b[31mcanary", "\x1b]0;canary\x07")
    named = chat("a", "canary", "canary")
    named.messages[0]["name"] = "canary"
    run = run_of(tmp_path, odd, named, pair("canary", "canary\x1b", "canary"))
    result = export(run, to)
    assert sum(result.left_out.values()) > 0
    assert "canary" not in str(result)
    assert str(result).isprintable()


@pytest.mark.parametrize(
    "settings",
    [
        {"to": "llama_factory", "as": "hf"},
        {"to": "trl", "name": "../elsewhere"},
        {"to": "trl", "splits": {"a/b": 1}},
        {"to": "trl", "splits": {"train": 9, "README": 1}},
    ],
)
def test_an_impossible_export_is_refused_before_a_run(settings: dict[str, Any]) -> None:
    pytest.importorskip("datasets")
    with pytest.raises(RecipeError):
        check_export(Export.model_validate(settings))


@pytest.mark.parametrize("container", ["jsonl", "parquet", "hf"])
def test_a_possible_export_is_not_refused(container: str) -> None:
    pytest.importorskip("datasets")
    shares = {"train": 9, "held_out": 1}
    settings = {"to": "trl", "as": container, "splits": shares, "name": "x.y"}
    check_export(Export.model_validate(settings))


def test_an_absent_library_is_found_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(MissingExtraError):
        check_export(Export.model_validate({"to": "messages", "as": "hf"}))
