"""The report says how varied the records are, and what is missing."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import curator
from curator.errors import RecipeError
from curator.report import as_json, facts_of, reference_of
from curator.report.asked_for import novelty_of, verbs_of
from curator.report.coverage import Coverage, coverage_of
from curator.report.drawing import Box
from curator.report.html import to_html
from curator.report.kinds import KINDS_SCHEMA
from curator.report.markdown import to_markdown
from curator.report.reference import INSTRUCTGPT, MIXES, Reference
from curator.report.sunburst import shown_pairs
from curator.report.tasks import coarse_of, effective, tasks_of
from curator.report.treemap import squares, task_map
from curator.run import Run

ASKED = [f"Write a poem about {thing}." for thing in ("rain", "snow", "hail", "fog", "mist")]
ASKED += [f"Sort the list of {thing} in Python." for thing in ("words", "numbers", "dates")]


def curated(folder: Path, filters: str, asked: list[str] = ASKED) -> Run:
    rows = (json.dumps({"prompt": text, "completion": f"Here: {text}"}) for text in asked)
    (folder / "a.jsonl").write_text("\n".join(rows))
    (folder / "recipe.yaml").write_text(f"input: [{{path: a.jsonl}}]\nfilters: [{filters}]\n")
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("diverse")
    return curated(folder, "{filter: length, max_words: 6}, {filter: diversity, clusters: 2}")


def kinds(*rows: dict[str, Any]) -> pl.DataFrame:
    """Make kinds of records; `times` says how often a row is there."""
    usual = {"fine": None, "domain": None, "language": "en", "turns": "one", "kept": True}
    made = [
        usual | {"asked": 5, "answered": 20} | {k: v for k, v in row.items() if k != "times"}
        for row in rows
        for _ in range(row.get("times", 1))
    ]
    for row in made:
        row["task"] = str(row["fine"]).partition(".")[0] if row["fine"] else None
    return pl.DataFrame(made, KINDS_SCHEMA)


def gaps(found: Coverage | None) -> list[str]:
    assert found is not None
    return [gap.text for gap in found.gaps]


def test_verbs_are_counted_with_their_objects(run: Run) -> None:
    verbs = facts_of(run).diverse.verbs
    assert verbs.pairs.rows() == [("write", "poem", 5, 5), ("sort", "list", 3, 0)]
    assert (verbs.read, verbs.unread) == (8, 0)


def test_the_map_and_the_scores_are_there_for_all_and_for_the_kept(run: Run) -> None:
    spread = facts_of(run).diverse.spread
    assert spread is not None
    assert spread.all is not None
    assert spread.kept is not None
    assert 1 < spread.kept < spread.all < 8
    assert spread.cloud.clusters["records"].to_list() == [5, 3]
    assert spread.cloud.points["kept"].sum() == 5
    assert spread.nearest["all"].sum() == pytest.approx(1)


def test_without_filters_only_what_needs_none_is_shown(tmp_path: Path) -> None:
    found = facts_of(curated(tmp_path, "")).diverse
    assert found.spread is None
    assert found.tasks.is_empty()
    assert found.coverage is not None or found.coverage is None
    assert [name for name, *_ in found.numbers.iter_rows()][:2] == [
        "distinct-1 of prompts",
        "distinct-2 of prompts",
    ]


def test_the_page_draws_it_and_the_markdown_says_it(run: Run) -> None:
    facts = facts_of(run)
    page, text = to_html(facts), to_markdown(facts)
    assert '<section id="diversity">' in page
    assert page.count('class="sheet"') == 3
    assert "## Diversity" in text
    assert "| write | `poem` | 5 | 5 |" in text
    assert json.dumps(as_json(facts.diverse))


def test_no_records_give_no_figures(tmp_path: Path) -> None:
    facts = facts_of(curated(tmp_path, "{filter: diversity}", asked=[""]))
    assert facts.diverse.spread is None or facts.diverse.spread.all is None
    assert to_html(facts)


def test_tasks_are_counted_with_lengths_and_languages() -> None:
    found = kinds(
        {"fine": "code.writing", "times": 3},
        {"fine": "code.debugging", "turns": "several", "language": "de", "asked": 9},
        {"fine": "translation.translation", "kept": False},
    )
    rows = tasks_of(found).select("fine", "records", "kept", "asked", "several").rows()
    assert rows == [
        ("code.writing", 3, 3, 5.0, 0.0),
        ("code.debugging", 1, 1, 9.0, 1.0),
        ("translation.translation", 1, 0, 5.0, 0.0),
    ]
    coarse = coarse_of(found).row(0, named=True)
    assert (coarse["fine"], coarse["records"]) == ("code", 4)
    assert coarse["languages"][0] == {"language": "en", "share": 0.75}
    every, kept = effective(found, "task")
    assert every is not None
    assert kept == 1.0
    assert 1 < every < 2


def test_gaps_are_named_against_a_mix() -> None:
    found = kinds(
        {"fine": "question_answering.closed_question", "times": 61},
        {"fine": "generation.story", "times": 39},
    )
    told = coverage_of(found, INSTRUCTGPT)
    assert (
        "61.0% of the records are question_answering.closed_question (2.6% of the reference)."
        in (gaps(told))
    )
    assert "No brainstorming (11.2% of the reference)." in gaps(told)
    assert "No record has more than one question: nothing is multi-turn." in gaps(told)
    assert told is not None
    assert told.moved == pytest.approx(0.61 - 0.026 + 0, abs=0.001)


def test_a_task_without_several_turns_is_named_where_others_have_them() -> None:
    found = kinds(
        {"fine": "code.code_explanation", "times": 40},
        {"fine": "generation.story", "times": 30},
        {"fine": "generation.story", "times": 30, "turns": "several", "language": "de"},
    )
    texts = gaps(coverage_of(found, Reference(task={"code": 1, "generation": 1})))
    assert any(text.startswith("No multi-turn code.code_explanation:") for text in texts)
    assert any(text.startswith("No code.code_explanation in de:") for text in texts)


def test_too_few_records_show_no_gap() -> None:
    found = coverage_of(kinds({"fine": "code.writing"}), Reference(task={"code": 1, "safety": 1}))
    assert found is not None
    assert [gap.kind for gap in found.gaps] == []


def test_classes_of_another_taxonomy_are_in_no_mix() -> None:
    assert coverage_of(kinds({"fine": None, "times": 9}), MIXES["balanced"]) is None
    own = kinds({"fine": "billing", "times": 9})
    assert coverage_of(own, MIXES["balanced"]) is None


def test_a_mix_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("code: 1\ngeneration.poem: 3\n")
    found = reference_of(str(tmp_path / "ours.yaml"))
    assert (found.name, found.shares("task")) == ("ours", {"code": 0.25, "generation.poem": 0.75})
    (tmp_path / "more.yaml").write_text("name: more\nturns: {one: 3, several: 1}\n")
    assert reference_of(str(tmp_path / "more.yaml")).shares("turns") == {
        "one": 0.75,
        "several": 0.25,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coed: 1", "did you mean 'code'"),
        ("task: {code: -1}", "below 0"),
        ("task: {code: 0}", "all 0"),
        ("- code", "says a share for each task"),
        ("turns: {one: 1, many: 1}", "there is no turns 'many'"),
    ],
)
def test_a_mix_that_cannot_be_read_says_why(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mix.yaml").write_text(text)
    with pytest.raises(RecipeError, match=message):
        reference_of(str(tmp_path / "mix.yaml"))


def test_a_mix_that_is_not_there_says_which_are() -> None:
    with pytest.raises(RecipeError, match="balanced, instructgpt, dolly"):
        reference_of("nothing.yaml")


def test_every_mix_adds_up() -> None:
    for mix in MIXES.values():
        assert sum(mix.shares("task").values()) == pytest.approx(1)


def test_tiles_fill_the_frame_without_overlap() -> None:
    frame = Box(0, 0, 100, 60)
    found = squares([6, 6, 4, 3, 2, 2, 1, 0], frame)
    assert sum(box.width * box.height for box in found) == pytest.approx(6000)
    assert [round(box.width * box.height) for box in found] == [
        1500,
        1500,
        1000,
        750,
        500,
        500,
        250,
        0,
    ]
    assert all(box.x + box.width <= 100.001 and box.y + box.height <= 60.001 for box in found)
    assert squares([], frame) == []


def test_a_treemap_shows_what_is_kept() -> None:
    drawn = task_map(tasks_of(kinds({"fine": "code.writing", "times": 2}, {"fine": "code.query"})))
    assert "writing: 2 records, 2 kept" in drawn


def test_the_sunburst_has_the_commonest_nouns_of_the_commonest_verbs() -> None:
    prompts = ["Write a poem."] * 3 + [f"Write a {'abcdefg'[n]}song." for n in range(7)]
    drawn = pl.DataFrame({"prompt": prompts, "response": "x", "kept": True})
    shown = shown_pairs(verbs_of(drawn).pairs)
    assert (shown.height, shown.row(0)) == (5, ("write", "poem", 3, 3))


def test_distinct_n_of_nothing_is_not_told() -> None:
    drawn = pl.DataFrame({"prompt": [""], "response": [None], "kept": [True]})
    assert novelty_of(drawn.cast({"response": pl.String})) == []
