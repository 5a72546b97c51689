"""The report of a run on disk: as a page, as Markdown, in a terminal, and one record explained."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console, RenderableType

from curator.decide import no_verdicts, settle_docket
from curator.errors import RunError
from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.recipe import Input, Recipe, dump_recipe
from curator.report import as_json, compare, explain, facts_of, what_if, write_report
from curator.report.console import comparison_view, explain_view, funnel_view, what_if_view
from curator.report.find import find_row
from curator.report.leftovers import window
from curator.run import (
    FilterCost,
    InputReport,
    Layout,
    Manifest,
    Run,
    Shard,
    Snapshot,
    write_frame,
    write_text,
)
from curator.run.run import REPAIR_SCHEMA
from tests.conftest import chat, frame

EVIL = "<script>alert('x')</script> <img src=http://evil.example/x.png onerror=alert(1)>"
RECORDS = frame(
    chat("Name a colour.", "Blue is a colour that many people like a lot."),
    chat("Name a colour!", "Blue is a colour that many people like a lot"),
    chat("What is <b>bold</b>?", EVIL),
    chat("Say nothing.", ""),
    chat("Count.", " ".join(str(number) for number in range(60))),
    chat("数到三。", "一二三"),
).with_columns(
    pl.col("response").str.len_chars().cast(pl.Int64).alias("response_chars"),
    pl.lit("data/t.jsonl").alias("source"),
)
PAIRS = pl.DataFrame(
    {"left": [0, 0], "right": [1, 5], "similarity": [0.9, 0.71], "verified": [True, True]},
    schema_overrides={"left": pl.UInt32, "right": pl.UInt32},
)
RAW = '{"conversations": "<script>alert(2)</script>"}'

MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Return `make_run(name, max_words=…)`: write a run folder without reading any input."""

    def make(name: str = "run", max_words: int = 50) -> Run:
        filters = [Length(max_words=max_words), NearDuplicate()]
        recipe = Recipe(name="tiny", input=[Input(path="data/t.jsonl")], filters=filters)
        layout = Layout(tmp_path / name)
        shard = Shard(file="0.parquet", hash="0", records=RECORDS.height)
        snapshot = Snapshot(layout, recipe, (shard,))
        write_frame(layout.shard(shard.file), RECORDS)
        write_frame(layout.score(filters[0], shard.hash), filters[0].score(RECORDS))
        write_frame(layout.pairs(filters[1], snapshot.hash), PAIRS)
        decisions = settle_docket(snapshot.docket(), no_verdicts(), recipe)
        write_frame(layout.decisions, decisions)
        write_frame(layout.repairs, _repairs())
        error = {"source": "data/t.jsonl", "row": 7, "field": "conversations", "raw": RAW}
        write_text(layout.quarantine, json.dumps(error | {"error": "must be a list"}) + "\n")
        write_text(layout.recipe, dump_recipe(recipe))
        write_text(layout.manifest, _manifest(recipe, shard).model_dump_json())
        return Run.open(layout.root)

    return make


def _repairs() -> pl.DataFrame:
    rows = [(RECORDS["id"][0], "unicode", 1, "content", "caf\u00c3\u00a9", "café")]
    return pl.DataFrame(rows, schema=REPAIR_SCHEMA, orient="row")


def _manifest(recipe: Recipe, shard: Shard) -> Manifest:
    file = InputReport(
        key="k",
        path="data/t.jsonl",
        name="data/t.jsonl",
        sha256="ab" * 32,
        bytes=1,
        container="jsonl",
        shape="messages",
        confidence=1,
        licence=None,
        rows=7,
        records=6,
        quarantined=1,
        repaired=1,
        notes={},
        shards=[shard],
    )
    costs = [FilterCost(label=e.label, key="k", rows=6, seconds=0.5) for e in recipe.filters]
    return Manifest(
        versions={"polars": "2"}, seed=0, device="cpu", inputs=[file], counts={}, filters=costs
    )


def printed(view: RenderableType) -> str:
    console = Console(width=200, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115
    console.print(view)
    console.file.close()
    return console.export_text()


class Reader(HTMLParser):
    """Collect the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.settings: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.settings += [(name, value or "") for name, value in attrs]


def test_the_page_gives_the_answer_first_and_needs_nothing_else(make_run: MakeRun) -> None:
    page = write_report(make_run()).html.read_text("utf-8")
    assert "<h1>3 of 6 records kept (50.0%)</h1>" in page
    reader = Reader()
    reader.feed(page)
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not any(
        name.startswith("on") or name in {"src", "action"} for name, _ in reader.settings
    )
    assert all(value.startswith("#") for name, value in reader.settings if name == "href")
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_texts_of_records_are_shown_never_run(make_run: MakeRun) -> None:
    paths = write_report(make_run(max_words=3))
    page, text = paths.html.read_text("utf-8"), paths.markdown.read_text("utf-8")
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in page
    assert "<img" not in page
    assert "alert(2)&lt;/script" in page
    assert all("`" in line for line in text.splitlines() if "<script" in line)


def test_the_same_run_gives_the_same_report(make_run: MakeRun) -> None:
    first = [path.read_bytes() for path in write_report(make_run("a"))]
    second = [path.read_bytes() for path in write_report(make_run("b"))]
    assert first == second


def test_the_markdown_has_the_same_facts(make_run: MakeRun) -> None:
    text = write_report(make_run()).markdown.read_text("utf-8")
    assert text.startswith("# tiny: 3 of 6 records kept (50.0%)\n")
    assert "| near_duplicate.duplicate | 1 | 1 |" in text


def test_facts_are_plain_json(make_run: MakeRun) -> None:
    facts = json.loads(json.dumps(as_json(facts_of(make_run()))))
    assert facts["summary"]["kept"] == 3
    assert [step["dropped"] for step in facts["funnel"]] == [2, 1]
    assert facts["quarantine"]["total"] == 1


def test_the_terminal_shows_the_funnel_as_text(make_run: MakeRun) -> None:
    shown = printed(funnel_view(facts_of(make_run())))
    assert shown.startswith("3 of 6 records kept (50.0%)")
    assert "1 input row could not be read" in shown


def test_a_duplicate_is_explained_by_its_witness_word_by_word(make_run: MakeRun) -> None:
    run = make_run()
    found = explain(run, RECORDS["id"][1])
    assert found.twin is not None
    assert (found.twin.id, found.twin.similarity, found.twin.kept) == (RECORDS["id"][0], 0.9, True)
    assert [tuple(change) for change in found.twin.response] == [
        ("same", "Blue is a colour that many people like a lot"),
        ("first", "."),
    ]
    assert "similarity 0.9" in printed(explain_view(found))
    assert explain(run, RECORDS["id"][0]).followers == [RECORDS["id"][1]]


def test_every_score_stands_beside_its_threshold(make_run: MakeRun) -> None:
    found = explain(make_run(), "t.jsonl:5")
    words = next(line for line in found.scores if line.measure == "words")
    assert words.value == 60
    assert [(rule.held.reason, rule.held.threshold, rule.fires) for rule in words.rules] == [
        ("length.too_short", 1.0, False),
        ("length.too_long", 50.0, True),
    ]
    assert "✗ too_long max_words 50" in printed(explain_view(found))


def test_repairs_of_a_record_are_shown(make_run: MakeRun) -> None:
    found = explain(make_run(), "data/t.jsonl:1")
    assert found.repairs.select("repair", "after").rows() == [("unicode", "café")]
    assert "repaired by unicode" in printed(explain_view(found))


@pytest.mark.parametrize(
    ("key", "row"),
    [("ab-0", 0), ("ab", 0), ("x/a.jsonl:2", 1), ("a.jsonl:2", 1), ("cd-1", 2), ("ce", 3)],
)
def test_a_record_is_found_by_what_people_copy(key: str, row: int) -> None:
    assert find_row(PLACES, key) == row


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("cd", r"'cd' means 2 records: cd-0, cd-1; name one of them"),
        ("ax", r"no record's id is 'ax' or starts with it: the nearest are ab-0"),
        ("b.jsonl:1", r"no record comes from 'b.jsonl': did you mean x/a.jsonl:1\?"),
        ("a.jsonl:9", r"rows go from 1 to 4, the nearest is a.jsonl:4"),
        ("", r"name a record by its id"),
    ],
)
def test_a_record_that_is_not_there_is_explained(key: str, message: str) -> None:
    with pytest.raises(RunError, match=message):
        find_row(PLACES, key)


PLACES = pl.DataFrame(
    {"id": ["ab-0", "cd-0", "cd-1", "ce-0"], "source": ["x/a.jsonl"] * 4, "row": [1, 2, 3, 4]}
)


def test_what_cannot_be_seen_in_a_repair_is_written_out() -> None:
    assert window("a\u00a0b\u0092\tc", "a b\tc") == (
        "a\u27e8U+00A0\u27e9b\u27e8U+0092\u27e9\tc",
        "a b\tc",
    )


def test_a_what_if_says_who_would_move_and_writes_nothing(make_run: MakeRun) -> None:
    run = make_run()
    before = run.layout.decisions.read_bytes()
    found = what_if(run, {"length": {"max_words": 100}})
    assert found.difference.transitions.rows() == [("length.too_long", "kept", 1)]
    assert run.layout.decisions.read_bytes() == before
    assert "3 → 4 records kept (+1)" in printed(what_if_view(found))


def test_a_comparison_names_settings_and_reasons(make_run: MakeRun) -> None:
    found = compare(make_run("a"), make_run("b", max_words=100))
    assert found.settings.rows() == [("length.max_words", "50", "100")]
    assert found.difference.moves.select("id", "change").rows() == [(RECORDS["id"][4], "kept")]
    assert "length.too_long (60 / 50)" in printed(comparison_view(found))


def test_equal_runs_do_not_differ(make_run: MakeRun) -> None:
    found = compare(make_run("a"), make_run("b"))
    assert found.settings.is_empty()
    assert "Every record is decided as before." in printed(comparison_view(found))
