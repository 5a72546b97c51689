"""Sources, tokens, and what each filter costs and adds to the others."""

import json
from pathlib import Path

import pytest

import curator
from curator.report import facts_of
from curator.report.budget import budget_of, sizes_of
from curator.run import Run
from tests.conftest import chat, frame

LONG = "a word or two of many that go on and on " * 20


def rows(*answers: str) -> str:
    return "".join(
        json.dumps({"prompt": f"Question {at}?", "completion": answer}) + "\n"
        for at, answer in enumerate(answers)
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("worth")
    (folder / "a.jsonl").write_text(rows("", "Fine.", LONG, "I can't help with that."))
    (folder / "b.jsonl").write_text(rows("", "Fine."))
    (folder / "recipe.yaml").write_text(
        "input: [{path: a.jsonl, licence: mit}, {path: b.jsonl}]\n"
        "filters: [{filter: empty}, {filter: length, max_words: 50}, {filter: exact_duplicate}]\n"
    )
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


def test_every_source_says_what_it_lost_and_for_what(run: Run) -> None:
    found = facts_of(run).worth.sources.select(
        "source", "licence", "records", "kept", "reason", "lost"
    )
    assert found.rows() == [
        ("a.jsonl", "mit", 4, 2, "empty.response", 1),
        ("b.jsonl", None, 2, 0, "empty.response", 1),
    ]


def test_the_sources_add_up_to_the_budget(run: Run) -> None:
    facts = facts_of(run)
    assert (
        facts.worth.sources["tokens"].sum() == facts.worth.budget.tokens < facts.worth.budget.read
    )
    assert facts.worth.sources["answers"].sum() == facts.worth.budget.answers


def test_a_filter_adds_what_stays_without_it(run: Run) -> None:
    found = facts_of(run).worth.costs.select("step", "decided", "marginal")
    # An empty answer is too short as well, so that `empty` keeps out nothing by itself.
    assert found.rows() == [("empty", 2, 0), ("length", 1, 1), ("exact_duplicate", 1, 1)]


def test_the_tokens_a_filter_saves_are_those_of_its_records(run: Run) -> None:
    costs = facts_of(run).worth.costs
    saved = dict(costs.select("step", "marginal_tokens").iter_rows())
    assert saved["length"] > 100
    assert saved["empty"] == 0


def test_costs_outlive_a_second_run(run: Run) -> None:
    again = curator.curate(run.path.parent / "recipe.yaml", out=run.path)
    assert [cost.rows for cost in again.manifest.filters][:2] == [0, 0]
    assert facts_of(again).worth.costs["rows"].to_list()[:2] == [6, 6]


def test_thinking_counts_as_an_answer_and_later_questions_do_not() -> None:
    first = chat("One?", "Two.", "Three?", "Four.")
    first.messages[1]["reasoning"] = "Let me see"
    sizes = sizes_of(frame(first, chat("One?", "Two.")).lazy())
    assert sizes["answers"][0] > 2 * sizes["answers"][1]
    assert sizes["tokens"][0] - sizes["answers"][0] > sizes["tokens"][1] - sizes["answers"][1]


def test_windows_count_the_records_that_do_not_fit_and_what_is_beyond() -> None:
    sizes = sizes_of(frame(chat("Hi", "word " * 2000), chat("Hi", "word " * 9000)).lazy())
    found = budget_of(sizes, sizes["tokens"] > 0)
    assert found.windows.select("window", "longer").rows()[:4] == [
        (1_024, 2),
        (2_048, 1),
        (4_096, 1),
        (8_192, 0),
    ]
    longest = int(sizes["tokens"].max())  # type: ignore[arg-type]
    assert found.windows["beyond"][2] == longest - 4_096
    assert found.lengths["tokens"].to_list()[-1] == longest


def test_nothing_kept_is_a_budget_of_nothing() -> None:
    sizes = sizes_of(frame(chat("Hi", "Ho")).lazy())
    found = budget_of(sizes, sizes["tokens"] < 0)
    assert (found.tokens, found.answers) == (0, 0)
    assert found.lengths["tokens"].to_list() == [0, 0, 0, 0]


def test_the_report_shows_sources_tokens_and_worth(run: Run, tmp_path: Path) -> None:
    page = (run.layout.report / "report.html").read_text()
    text = (run.layout.report / "report.md").read_text()
    for title in ("Sources", "Tokens", "Cost and worth"):
        assert f"<h2>{title}</h2>" in page
        assert f"## {title}\n" in text
