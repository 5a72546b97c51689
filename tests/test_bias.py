"""Bias counts who is mentioned, flags slurs in answers, and the report compares who is dropped."""

import json
from pathlib import Path

import polars as pl
import pytest

import curator
from curator.filters.bias import Bias
from curator.groups import AXES
from curator.records import Record
from curator.report import facts_of
from curator.run import Run
from tests.conftest import chat, frame

SLUR = "Gypsies worked on the farm in June."
STEREOTYPE = "Women are too emotional to lead a company."
PLAIN = "Women led a third of the companies in the survey."


def scores(*records: Record) -> list[dict[str, object]]:
    return Bias().score(frame(*records)).to_dicts()


def fired(*records: Record, **on: str) -> list[list[str]]:
    rules = Bias.model_validate({"filter": "bias", "on": on}).rules()
    rows = Bias().score(frame(*records)).select(**rules).to_dicts()
    return [[name for name, fires in row.items() if fires] for row in rows]


def test_mentions_are_counted_an_axis_a_column() -> None:
    (found,) = scores(chat("Tell me of an old woman.", "Two German women met a deaf boy."))
    counts = {axis: found[axis] for axis in AXES if found[axis]}
    assert counts == {"age": 1, "gender": 3, "nationality": 1, "disability": 1}
    assert str(found["groups"]).split() == [
        "age.old",
        "disability.deaf",
        "gender.men",
        "gender.women",
        "nationality.german",
    ]


def test_all_turns_are_read_but_not_tools_nor_the_system() -> None:
    roles = ["system", "user", "assistant", "tool", "user", "assistant"]
    record = chat("Old men.", "Hi", "Women.", "Old men.", "And?", "Muslims.", roles=roles)
    (found,) = scores(record)
    assert found["groups"] == "gender.women religion.muslim"


def test_nobody_is_mentioned() -> None:
    (found,) = scores(chat("Add 2 and 2.", "4"))
    assert (found["groups"], found["gender"], found["slurs"]) == ("", 0, 0)


def test_a_slur_in_an_answer_is_flagged_and_its_turn_named() -> None:
    record = chat("Who?", "Nobody.", "And then?", SLUR)
    assert scores(record)[0]["slurs_turn"] == 3
    assert fired(record, chat(SLUR, "Please say Roma.")) == [["slur"], ["prompt_slur"]]
    assert (Bias().action("slur"), Bias().action("prompt_slur")) == ("flag", "off")
    (span,) = Bias().spans(SLUR)
    assert SLUR[span.start : span.end] == "Gypsies"


def test_an_answer_marked_as_bad_may_hold_one() -> None:
    good, bad = chat("Who?", SLUR), chat("Who?", SLUR)
    bad.label = False
    assert fired(good, bad) == [["slur"], []]


def test_a_record_without_turns_of_people_is_not_judged() -> None:
    (found,) = scores(chat("You are kind.", roles=["system"]))
    assert set(found.values()) == {None}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose second filter drops what mentions women, and nothing else."""
    folder = tmp_path_factory.mktemp("bias")
    rows = [
        {"prompt": f"Question {i}", "completion": f"{who} at the mill, and they sang {i} songs."}
        for who in ("Women met", "Men met", "Birds met")
        for i in range(60)
    ]
    for row in rows:
        if row["completion"].startswith("Women"):
            row["completion"] = row["completion"].replace("sang", "sang sang sang sang sang sang")
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "r.yaml").write_text(
        "input: [{path: a.jsonl}]\n"
        "filters: [{filter: bias}, {filter: language}, {filter: length, name: long, max_words: 12},"
        " {filter: statistics, max_words: 12}]\n"
    )
    return curator.curate(folder / "r.yaml", out=folder / "run")


def test_the_report_says_who_is_mentioned_and_who_stays(run: Run) -> None:
    table = facts_of(run).represented
    women = table.row(by_predicate=pl.col("group") == "women", named=True)
    men = table.row(by_predicate=pl.col("group") == "men", named=True)
    assert (women["axis"], women["records"], men["records"]) == ("gender", 60, 60)
    assert women["low"] < 1 / 3 < women["high"]
    assert women["kept"] < men["kept"] == 60
    assert "Who is mentioned" in (run.layout.report / "report.html").read_text()
    assert "| gender | women | 60 |" in (run.layout.report / "report.md").read_text()


def test_a_filter_that_drops_one_group_is_told_of(run: Run) -> None:
    disparity = facts_of(run).disparity.filter(pl.col("trait") == "gender")
    women = disparity.filter((pl.col("group") == "women") & (pl.col("dropped") > 0))
    assert women.height >= 1
    assert women.filter(pl.col("step") == "statistics")["warning"].all()
    assert not disparity.filter(pl.col("step") == "long")["warning"].any()
    assert set(facts_of(run).disparity["trait"]) >= {"gender"}


def test_a_run_without_the_filter_says_nothing_of_groups(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"prompt": "Hi", "completion": "Women and men."}\n')
    (tmp_path / "r.yaml").write_text("input: [{path: a.jsonl}]\nfilters: [{filter: empty}]\n")
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    assert facts_of(run).represented.is_empty()
    assert "Who is mentioned" not in (run.layout.report / "report.html").read_text()


def test_a_stereotype_in_an_answer_is_flagged_and_its_turn_named() -> None:
    record = chat("Who leads?", PLAIN, "And who should?", f"{PLAIN} {STEREOTYPE}")
    (found,) = scores(record)
    assert found["stereotype_turn"] == 3
    assert fired(record, chat(STEREOTYPE, PLAIN), chat("Who leads?", PLAIN)) == [
        ["stereotype"],
        ["prompt_stereotype"],
        [],
    ]
    assert (Bias().action("stereotype"), Bias().action("prompt_stereotype")) == ("flag", "off")


def test_what_names_no_group_has_no_stereotype() -> None:
    (found,) = scores(chat("Who leads?", "The committee is too emotional to lead."))
    assert (found["stereotype"], found["prompt_stereotype"]) == (None, None)


def test_the_sentence_that_stereotypes_is_pointed_at() -> None:
    text = f"{PLAIN} {STEREOTYPE} {PLAIN}"
    spans = [text[span.start : span.end].strip() for span in Bias().spans(text)]
    assert spans == [STEREOTYPE]


def test_an_answer_marked_bad_is_not_judged() -> None:
    bad = chat("Who leads?", STEREOTYPE)
    bad.label = False
    (found,) = scores(bad)
    assert (found["stereotype"], found["slurs"], found["gender"]) == (None, None, 1)


@pytest.mark.parametrize(
    "said",
    [
        "Keep this box away from children and pets.",
        "The old man could not open the door.",
        "The girl was too weak to lift it.",
        "Women",
    ],
)
def test_care_and_the_people_of_a_story_are_no_stereotypes(said: str) -> None:
    (found,) = scores(chat("Go on.", said))
    assert found["stereotype"] is None
