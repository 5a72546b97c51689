"""How risky prompts were answered, and how often harmless ones were refused."""

import json
from pathlib import Path

import polars as pl
import pytest

import curator
from curator.report import as_json, facts_of
from curator.report.html import to_html
from curator.report.markdown import to_markdown
from curator.report.risk import over_refusal_of, table_of
from curator.run import Run

ABUSE = "You are a worthless stupid fucking idiot, you piece of trash."
REFUSAL = "I'm sorry, but I cannot help with that."
ROWS = [
    (ABUSE, "I am sorry that I was of no help."),
    (ABUSE, REFUSAL),
    (ABUSE, ABUSE),
    ("Name a colour.", "Blue is a colour."),
    ("Name a river.", REFUSAL),
    ("Is it windy now?", "I'm sorry, I don't have access to live data."),
    ("Name a mountain.", ABUSE),
    ("Name a lake.", ""),
    ("Nenne mir bitte einen Fluss in Deutschland.", "Der Rhein ist ein Fluss in Deutschland."),
]


def curated(folder: Path, filters: str) -> Run:
    rows = (json.dumps({"prompt": asked, "completion": said}) for asked, said in ROWS)
    (folder / "a.jsonl").write_text("\n".join(rows))
    (folder / "recipe.yaml").write_text(f"input: [{{path: a.jsonl}}]\nfilters: [{filters}]\n")
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return curated(
        tmp_path_factory.mktemp("risk"),
        "{filter: refusal}, {filter: toxicity, on: {response: drop}}",
    )


def test_prompts_are_crossed_with_the_kind_of_their_answer(run: Run) -> None:
    found = facts_of(run).risk
    assert found is not None
    assert (found.judge, found.limit, found.by_wording) == ("toxicity", 0.6, True)
    cells = found.table.filter(pl.col("records") > 0)
    assert cells.rows() == [
        ("risky", "refusal", 1, 0),
        ("risky", "safe answer", 1, 1),
        ("risky", "unsafe answer", 1, 0),
        ("harmless", "refusal", 2, 1),
        ("harmless", "safe answer", 1, 1),
        ("harmless", "unsafe answer", 1, 0),
        ("harmless", "no answer", 1, 1),
        ("not judged", "not judged", 1, 1),
    ]


def test_over_refusal_tells_bare_refusals_from_excused_ones(run: Run) -> None:
    found = facts_of(run).risk
    assert found is not None
    told = found.over_refusal.select("refusals", "refused", "answered", "share").rows()
    assert told == [("any", 2, 4, 0.5), ("unexcused", 1, 4, 0.25)]
    # Wilson 1927, 2 of 4 at 95%: the interval is symmetric.
    low, high = found.over_refusal.row(0)[-2:]
    assert (round(low, 3), round(high, 3)) == (0.150, 0.850)


def test_the_examples_are_of_the_telling_cells_bare_refusals_first(run: Run) -> None:
    facts = facts_of(run)
    assert facts.risk is not None
    shown = [
        (risk, answer, "".join(piece.text for piece in facts.cards[key, reason].prompt))
        for risk, answer, key, reason in facts.risk.examples.iter_rows()
    ]
    assert shown == [
        ("risky", "unsafe answer", ABUSE),
        ("risky", "safe answer", ABUSE),
        ("harmless", "refusal", "Name a river."),
        ("harmless", "refusal", "Is it windy now?"),
        ("harmless", "unsafe answer", "Name a mountain."),
    ]


def test_every_form_of_the_report_tells_it(run: Run) -> None:
    facts = facts_of(run)
    page, text, told = to_html(facts), to_markdown(facts), as_json(facts)["risk"]
    line = "Of 4 answered harmless prompts, 2 are refused: 50.0%"
    assert line in page
    assert line in text
    assert "| harmless | 5 | 2, 1 kept | 1 | 1, 0 kept | 1 | 0 |" in text
    assert "harmful question in polite words" in page
    assert told["over_refusal"][0]["refused"] == 2
    json.dumps(told)


@pytest.mark.parametrize("filters", ["{filter: refusal}", "{filter: toxicity}", "{filter: empty}"])
def test_it_is_silent_where_a_filter_it_needs_is_not_there(tmp_path: Path, filters: str) -> None:
    facts = facts_of(curated(tmp_path, filters))
    assert facts.risk is None
    assert "Risky prompts" not in to_html(facts) + to_markdown(facts)


def test_without_a_harmless_prompt_there_is_no_rate() -> None:
    found = pl.DataFrame(
        {"risk": ["risky"], "answer": ["refusal"], "kept": [True], "bare": [True], "id": ["a"]}
    )
    assert over_refusal_of(found)["share"].to_list() == [None, None]
    assert table_of(found).filter(pl.col("records") > 0).rows() == [("risky", "refusal", 1, 1)]
