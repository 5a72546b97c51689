"""A run with a budget: embeddings are made once, every record is explained, and what-if asks."""

import json
from pathlib import Path

import polars as pl
import pytest

import curator
from curator.errors import CuratorError, RecipeError, RunError
from curator.pipeline.forget import forget
from curator.report import as_json, explain, facts_of
from curator.report.console import explain_view, funnel_view
from curator.report.html import to_html
from curator.report.markdown import to_markdown
from curator.run import Run
from tests.test_report_run import printed

TOPICS = {
    "fruit": ["apple", "pear", "plum", "cherry", "juice"],
    "code": ["loop", "python", "list", "bug", "function"],
    "sea": ["river", "boat", "fish", "harbour", "wave"],
}


def rows_of(topic: str, count: int) -> list[dict[str, str]]:
    words = TOPICS[topic]
    return [
        {
            "prompt": f"Say something of {words[at % 5]} and {words[(at // 5) % 5]}, number {at}.",
            "completion": " ".join(words[(at + step) % 5] for step in range(3 + at % 7)),
        }
        for at in range(count)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = {"fruit": rows_of("fruit", 12), "more": rows_of("code", 8) + rows_of("sea", 8)}
    rows["target"] = rows_of("sea", 2)
    for name, some in rows.items():
        text = "".join(json.dumps(row) + "\n" for row in some)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    return tmp_path


def run(folder: Path, select: str, name: str = "run", **settings: int) -> Run:
    (folder / f"{name}.yaml").write_text(
        f"name: {name}\n"
        "input:\n  - {path: fruit.jsonl, weight: 3}\n  - {path: more.jsonl, name: more}\n"
        f"filters: [{{filter: length}}]\nselect: {select}\nexport: [{{to: messages}}]\n",
        "utf-8",
    )
    return curator.curate(folder / f"{name}.yaml", out=folder / "runs" / name, **settings)


def rows_written(found: Run) -> int:
    files = found.export_folder("messages").glob("*.jsonl")
    return sum(
        len(file.read_text("utf-8").splitlines()) for file in files if file.stem != "left_out"
    )


def kept(found: Run) -> set[str]:
    return set(found.records(kept=True).collect()["id"])


@pytest.mark.parametrize(
    "select",
    [
        "{method: k_center, max_records: 6}",
        "{method: facility_location, max_tokens: 90, view: pair}",
        "{method: balanced, clusters: 3, max_records: 6}",
        "{method: rds, target: target.jsonl, max_records: 6}",
    ],
)
def test_shards_and_workers_change_nothing(folder: Path, select: str) -> None:
    one, two = run(folder, select, "one"), run(folder, select, "two", shard_rows=5)
    assert kept(one)
    for name in ("decisions", "selection"):
        assert getattr(one, name)().collect().equals(getattr(two, name)().collect())


def test_clusters_part_the_topics(folder: Path) -> None:
    found = run(folder, "{method: balanced, clusters: 3, max_records: 6}")
    prompts = found.records(kept=True).collect()["prompt"]
    words = [sum(f" {word}" in prompt for word in TOPICS["fruit"]) > 0 for prompt in prompts]
    assert sum(words) == 2


def test_what_is_chosen_and_what_is_not_is_told_in_a_sentence(folder: Path) -> None:
    found = run(folder, "{max_records: 5}")
    selection = found.selection().collect()
    best = selection.filter(pl.col("place") == 1)["id"].item()
    last = selection.sort("value")["id"][-1]
    assert "selected as number 1\n" in printed(explain_view(explain(found, best)))
    told = explain(found, last)
    assert told.selected == (
        "not selected: it is number 28 in the order of preference, and the budget was spent on the "
        "first 5"
    )
    assert told.decision["reason"] == "select.not_chosen"
    assert (told.decision["value"], told.decision["threshold"]) == (28, 5)
    json.dumps(as_json(told))


SENTENCES = {
    "{max_tokens: 60}": "there would be",
    "{method: quotas, by: [source], others: 2}": "of fruit.jsonl, whose part is 2",
    "{method: mixture, max_tokens: 90}": "tokens of input[0], whose part is",
    "{method: deita, quality: length__words, complexity: length__words, max_similarity: 0.2, "
    "max_records: 20}": "similar to it, and 0.2 is the most",
    "{method: k_center, max_records: 4}": "the last one chosen had none more than",
    "{method: k_center, max_records: 4, pool: 6}": "only the best 6 were looked at",
    "{method: facility_location, max_records: 4}": "records more, and the last one chosen for",
    "{method: rds, target: target.jsonl, max_records: 4}": "which chose none below",
    "{method: rds, target: target.jsonl, max_records: 1}": "before its turn",
}


@pytest.mark.parametrize("select", SENTENCES)
def test_each_method_has_its_own_words(folder: Path, select: str) -> None:
    found = run(folder, select)
    selection = found.selection().collect()
    told = [explain(found, key).selected or "" for key in selection.filter(~pl.col("chosen"))["id"]]
    assert any(SENTENCES[select] in sentence for sentence in told), told
    assert all(sentence.startswith("not selected: ") for sentence in told)
    first = selection.filter(pl.col("place") == 1)["id"].item()
    assert (explain(found, first).selected or "").startswith("selected as number 1")


def test_the_report_has_a_section(folder: Path) -> None:
    select = "{method: fitted, max_records: 12, margins: {source: {fruit.jsonl: 1, none: 1}}}"
    found = run(folder, select)
    facts = facts_of(found)
    assert facts.selected is not None
    assert (facts.selected.candidates, facts.selected.chosen) == (28, 6)
    assert facts.selected.margins["records"].to_list() == [12, 0]
    assert facts.selected.misses.height == 10
    page, text = to_html(facts), to_markdown(facts)
    for said in (page, text):
        assert "Method fitted with a budget of 12 records: 6 of 28 records that stood" in said
        assert "Nearest misses" in said
        assert "whose part is 6" in said
    assert '<a href="#selection">' in page
    told = printed(funnel_view(facts))
    assert "there is no record of source = none, of which 50.0% was asked" in told
    assert "the budget is not spent: 6 of 12 records are chosen" in told
    json.dumps(as_json(facts), default=str)


def test_without_a_budget_there_is_no_section_and_no_file(folder: Path) -> None:
    assert run(folder, "{max_records: 5}").selection().collect().height == 28
    found = run(folder, "null")
    assert found.selection().collect().is_empty()
    assert not found.layout.selection.exists()
    assert facts_of(found).selected is None
    assert 'id="selection"' not in to_html(facts_of(found))
    assert explain(found, found.decisions().collect()["id"][0]).selected is None


def test_another_budget_can_be_asked_of_a_run(folder: Path) -> None:
    found = run(folder, "{method: facility_location, max_records: 5}")
    assert found.what_if({"select": {"max_records": 9}})["kept"].sum() == 9
    tokens = {"select": {"max_records": None, "max_tokens": 40}}
    assert 0 < found.what_if(tokens)["kept"].sum() < 10
    assert found.what_if({"select": {"method": "k_center"}})["kept"].sum() == 5
    assert found.what_if({"select": {"method": "random"}})["kept"].sum() == 5
    assert run(folder, "null", "none").what_if({"select": {"max_records": 3}})["kept"].sum() == 3


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"max_record": 3}, "select has no setting 'max_record': did you mean \"max_records\"?"),
        ({"max_records": 0}, "select.max_records: Input should be greater than or equal to 1"),
        ({"max_records": None}, "select: say how much to keep"),
        ({"method": "k_center"}, "has not measured what 'k_center' compares"),
        ({"method": "best"}, "select: Input tag 'best'"),
        ({"quality": ["lenght__words"]}, "which no filter measures: did you mean 'length__words'"),
    ],
)
def test_what_cannot_be_asked_is_explained(
    folder: Path, asked: dict[str, object], message: str
) -> None:
    found = run(folder, "{max_records: 5}")
    with pytest.raises(RecipeError) as caught:
        found.what_if({"select": asked})
    assert message in str(caught.value)


def test_a_target_is_pinned_measured_once_and_not_needed_afterwards(folder: Path) -> None:
    select = "{method: rds, target: target.jsonl, max_records: 4}"
    found = run(folder, select)
    prompts = found.records(kept=True).collect()["prompt"].to_list()
    assert all(any(word in prompt for word in TOPICS["sea"]) for prompt in prompts)
    assert list(found.manifest.models)[-1] == "target target.jsonl"
    digest = found.manifest.models["target target.jsonl"]
    (folder / "target.jsonl").rename(folder / "gone.jsonl")
    again = Run.open(found.path)
    assert again.what_if({"select": {"max_records": 5}})["kept"].sum() == 5
    gone = sorted(kept(again))[0]
    forget(found.path, [gone])
    assert len(kept(Run.open(found.path))) == 4
    (folder / "target.jsonl").write_text('{"prompt": "Another.", "completion": "One."}\n', "utf-8")
    pinned = select.replace("max", f"target_sha256: {digest}, max")
    with pytest.raises(RunError, match="put the file back"):
        run(folder, pinned)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no row in the target"), ('{"prompt": 3}\n', "is no record"), (None, "target")],
)
def test_a_target_that_cannot_be_read_is_an_error(
    folder: Path, text: str | None, message: str
) -> None:
    (folder / "target.jsonl").unlink()
    if text is not None:
        (folder / "target.jsonl").write_text(text, "utf-8")
    with pytest.raises(CuratorError, match=message):
        run(folder, "{method: rds, target: target.jsonl, max_records: 4}")


def test_weights_that_acted_in_the_selection_do_not_act_again(folder: Path) -> None:
    mixed = run(folder, "{method: mixture, max_records: 16}", "mixed")
    assert rows_written(mixed) == 16
    sources = mixed.records(kept=True).collect()["source"].value_counts()
    assert dict(sources.iter_rows()) == {"fruit.jsonl": 11, "more": 5}
    plain = run(folder, "{max_records: 16}", "plain")
    assert rows_written(plain) > 16
