"""One record explained: legible without colour, safe to print, found by what people copy."""

import json

import pytest
from rich.console import RenderableType

from curator.errors import RunError
from curator.pipeline import curate
from curator.report import explain, facts_of, what_if
from curator.report.console import explain_view, funnel_view, what_if_view
from curator.report.html import to_html
from curator.report.lines import line, table
from curator.report.markdown import to_markdown
from curator.report.shown import ENDS, LONG, elided, harmless
from curator.run import Run
from tests.test_report_run import printed

FIRST = "I would look at the old harbour, the market and the castle above the town."
LATER = "Then take the small train up to the lake, and walk back through the woods."
ESCAPE = "Fine \x1b[2J\x9b31m and \u202eturned\u2066."
RECIPE = """
name: tiny
input:
  - {path: data/chat.jsonl, name: a/chat.jsonl}
  - {path: data/pairs.jsonl}
filters:
  - {filter: length, max_words: 25, on: {too_long: flag}}
  - {filter: near_duplicate, min_similarity: 0.5, floor: 0.5}
export: []
"""


def chat(*texts: str) -> dict[str, object]:
    roles = ("user", "assistant") * len(texts)
    pairs = zip(roles, texts, strict=False)
    return {"messages": [{"role": role, "content": text} for role, text in pairs]}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("explain")
    rows = [
        chat("What is there to see in this town?", FIRST, "And what is there on day two?", LATER),
        chat("What is there to see in this town?", FIRST, "And what is there on day three?", LATER),
        chat("Is it safe?", ESCAPE),
        {"messages": "\x1b]0;title\x07 no list" + "x" * 500},
        chat("Count.", " ".join(f"word{number}" for number in range(2_000))),
    ]
    pair = {"prompt": "Which one?", "chosen": "This one here.", "rejected": "That other one."}
    (folder / "data").mkdir()
    for name, some in (("chat", rows), ("pairs", [pair])):
        text = "".join(json.dumps(row) + "\n" for row in some)
        (folder / f"data/{name}.jsonl").write_text(text, "utf-8")
    (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    return curate(folder / "recipe.yaml", out=folder / "run")


def explained(run: Run, key: str) -> str:
    return printed(explain_view(explain(run, key)))


def test_later_turns_are_compared_and_marked_without_colour(run: Run) -> None:
    text = explained(run, "chat.jsonl:2")
    assert "later turns And what is there on day [-two-]{+three+}?" in text
    assert "[-only there-] {+only here+}" in text


def test_the_rejected_answer_of_a_preference_is_shown(run: Run) -> None:
    assert "rejected assistant That other one." in explained(run, "pairs.jsonl:1")


def test_flags_and_drops_have_signs_of_their_own(run: Run) -> None:
    text = explained(run, "chat.jsonl:5")
    assert "⚑ too_long max_words 25" in text
    assert "✗" not in text


def test_a_very_long_text_is_shown_without_its_middle(run: Run) -> None:
    text = explained(run, "chat.jsonl:5")
    assert "characters…]" in text
    assert "word0 " in text
    assert "word1999" in text
    assert "word1000" not in text


def test_a_row_in_quarantine_is_explained_by_its_error_and_text(run: Run) -> None:
    with pytest.raises(RunError) as caught:
        explain(run, "chat.jsonl:4")
    said = str(caught.value)
    assert said.startswith("a/chat.jsonl:4 is in quarantine, not a record: field ")
    assert "no list" in said
    assert "\x1b" not in said
    assert "x" * 250 not in said


@pytest.mark.parametrize("key", ["a/chat.jsonl:3", "chat.jsonl:3", "/somewhere/data/chat.jsonl:3"])
def test_a_source_is_found_by_any_path_that_ends_like_it(run: Run, key: str) -> None:
    assert explain(run, key).place == "a/chat.jsonl:3"


def test_no_text_can_steer_a_terminal(run: Run) -> None:
    text = explained(run, "chat.jsonl:3")
    assert r"Fine \x1b[2J\x9b31m and \u202eturned\u2066." in text
    assert not any(sign in text for sign in "\x1b\x9b\u202e\u2066")
    assert "\x1b" not in to_markdown(facts_of(run))
    assert r"Fine \x1b[2J" in to_markdown(facts_of(run))


def test_what_is_harmless_stays() -> None:
    assert harmless("a\tb\nc\r\nd é 👩\u200d👩 \u05d0") == "a\tb\nc\r\nd é 👩\u200d👩 \u05d0"
    assert harmless("a\rb\x00\x7f") == r"a\x0db\x00\x7f"


def test_names_in_tables_and_lines_are_harmless() -> None:
    assert line("\x1bc").plain == r"\x1bc"
    cells: RenderableType = table(("name",), [["\x1bc"]])
    assert r"\x1bc" in printed(cells)


def test_eliding_keeps_the_number_of_parts_and_what_is_short() -> None:
    assert elided(["a" * LONG]) == ["a" * LONG]
    before, marked, after = elided(["a" * LONG, "BAD", "b" * LONG])
    assert marked == "BAD"
    assert before == "a" * ENDS + f" […{LONG - 2 * ENDS:,} characters…] " + "a" * ENDS
    assert after.endswith("b" * ENDS)
    many = elided(["word "] * 10_000)
    assert len(many) == 10_000
    assert len("".join(many)) < 2 * LONG


def test_a_what_if_names_records_by_place_and_opening_and_tells_of_flags(run: Run) -> None:
    text = printed(what_if_view(what_if(run, {"length": {"max_words": 3}})))
    assert "Every record is kept or dropped as before; only flags change." in text
    row = next(one for one in text.splitlines() if "a/chat.jsonl:3" in one)
    assert " ".join(row.split()[2:]) == "Is it safe? flags kept, no flag kept, length.too_long"
    counts = next(one for one in text.splitlines() if one.split()[:1] == ["length.too_long"])
    assert counts.split() == ["length.too_long", "3", "4", "+1"]


def test_a_what_if_that_drops_names_its_records_too(run: Run) -> None:
    text = printed(what_if_view(what_if(run, {"length": {"on": {"too_long": "drop"}}})))
    row = next(one for one in text.splitlines() if "a/chat.jsonl:5" in one)
    assert "Count." in row
    assert "length.too_long (2,000 / 25)" in row


def test_the_rules_of_duplicates_are_listed_with_their_similarity(run: Run) -> None:
    facts = facts_of(run)
    assert "| near_duplicate.duplicate | min_similarity 0.5 | drop | 1 (20.0%) |" in to_markdown(
        facts
    )
    page = to_html(facts)
    rules = page[page.index("Rules without a picture") : page.index('id="borderline"')]
    assert "min_similarity 0.5" in rules


def test_a_bar_tells_left_from_dropped_without_colour_and_one_is_no_plural(run: Run) -> None:
    text = printed(funnel_view(facts_of(run)))
    near = next(row for row in text.splitlines() if "near_duplicate" in row and "█" in row)
    left = near.count("█")
    assert (left, near.count("░")) == (19, 5)
    assert "1 input row quarantined" in text
