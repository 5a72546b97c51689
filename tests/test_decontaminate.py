"""Decontaminate finds every planted test question, and nothing that only looks like one."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import curator
from curator.filters.decontaminate import Decontaminate
from curator.records import Record
from curator.report import as_json, explain, facts_of
from curator.report.html import to_html
from curator.report.markdown import to_markdown
from curator.testing import check_filter
from tests.conftest import chat, fired, frame

BARN = (
    "A farmer keeps 14 goats and 9 geese in one barn. Each goat drinks 3 litres of water a day and "
    "each goose half a litre. How many litres does the barn's trough need for a week?"
)
CODE = (
    'def last_vowel(word: str) -> str:\n    """Return the last vowel of the word, or nothing."""\n'
)
SHORT = "Which gland makes insulin?"
STEM = "The tympanic membrane is"
WORDING = "Which of the following is true?"


def questions_file(folder: Path, rows: Sequence[dict[str, object]], name: str = "quiz") -> str:
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    return str(file)


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Decontaminate:
    rows: list[dict[str, object]] = [
        {"question": "question", "choices": ["choice0", "choice1"], "answer": "answer"},
        {"question": BARN, "answer": "325.5"},
        {"question": CODE},
        {"question": SHORT, "choices": ["the thyroid", "the pancreas"]},
        {"question": STEM, "choices": ["a bone", "the eardrum"]},
        *({"question": WORDING, "choices": [f"fact {n} of many", f"myth {n}"]} for n in range(5)),
    ]
    return Decontaminate(paths=[questions_file(tmp_path_factory.mktemp("quiz"), rows)])


def asking(text: str) -> Record:
    return chat(text, "Let me think about it.")


def test_keeps_the_contract(quiz: Decontaminate) -> None:
    check_filter(Decontaminate, quiz)


PLANTED = {
    "verbatim": asking(BARN),
    "shouted": asking(BARN.upper()),
    "without signs": asking("".join(c for c in BARN if c.isalnum() or c.isspace())),
    "signs as spaces": asking("".join(c if c.isalnum() else " " for c in BARN)),
    "other signs": asking(BARN.replace(".", " ;").replace("?", "!")),
    "embedded": asking(f"Help my son with his homework: {BARN} He is eight."),
    "answered": chat("Make up a problem.", f"Here is one. {BARN}"),
    "over two turns": chat(BARN[:60], "Go on.", BARN[60:], "Thanks."),
    "second turn": chat("Hello!", "Hello.", BARN, "It needs 325.5 litres."),
    "thought": Record(
        messages=[
            {"role": "user", "content": "Solve it."},
            {"role": "assistant", "content": "325.5", "reasoning": f"It says: {BARN}"},
        ]
    ),
    "rejected": Record(
        messages=asking("Say a problem.").messages,
        rejected=[{"role": "assistant", "content": BARN}],
    ),
    "half": asking(BARN[:110]),
    "code": asking(f"Complete this.\n\n```python\n{CODE}```"),
    "short": asking(f"Tell me this. {SHORT} Please."),
    "short, split": chat("Which gland", "Yes?", "makes insulin?", "The pancreas."),
    "stem": asking(f"Complete this sentence\n{STEM}\nthank you"),
    "stem within": asking(f"what comes next {STEM} Explain it"),
    "choices": asking(f"{WORDING}\nA. Fact 3 of many\nB. Myth 3"),
    "all there is": asking(WORDING),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_questions_are_found(quiz: Decontaminate, kind: str) -> None:
    assert fired(quiz, frame(PLANTED[kind])) != [None]


@pytest.mark.parametrize(
    "text",
    [
        "A farmer keeps 14 goats and 9 geese in one shed. What do they eat?",
        "Which gland makes insulin, and which one makes adrenaline?",
        "In birds the tympanic membrane is covered by feathers.",
        f"{WORDING}\nA. Snow is warm.\nB. Snow is cold.",
        "question",
        "def first_vowel(name: str) -> str:",
        "",
    ],
)
def test_what_only_looks_like_a_question_passes(quiz: Decontaminate, text: str) -> None:
    assert fired(quiz, frame(asking(text))) == [None]


def test_a_question_is_named_by_its_set_and_row(quiz: Decontaminate) -> None:
    scores = quiz.score(frame(asking(BARN), asking("Hello."))).to_dicts()
    size = len(BARN.replace("'", " ").split())
    hits = [{"set": "quiz", "row": 2, "coverage": 1.0, "run": size, "exact": size, "alike": 0.0}]
    assert json.loads(scores[0].pop("hits")) == hits
    assert scores == [
        {"tulu3": 1.0, "gpt3": size, "exact": size, "semantic": None, "question": "quiz:2"},
        {
            "tulu3": 0.0,
            "gpt3": 0,
            "exact": 0,
            "semantic": None,
            "question": None,
            "hits": None,
        },
    ]


def test_what_is_shared_is_highlighted(quiz: Decontaminate) -> None:
    text = f"Straße! {BARN.upper()} Thanks."
    spans = quiz.spans(text)
    assert {text[span.start : span.end] for span in spans} == {BARN.upper().rstrip("?")}
    assert {span.reason for span in spans} == {"tulu3", "gpt3", "exact"}
    short = f"Say: {SHORT}"
    assert {short[span.start : span.end] for span in quiz.spans(short)} == {SHORT[:-1]}
    assert quiz.spans("Nothing of the kind.") == []


def test_wording_that_many_questions_share_is_no_hit(tmp_path: Path) -> None:
    opening = "Read the two statements below with care and choose the letter of the best answer. "
    rows = [{"question": f"{opening}Planet {name} has rings."} for name in "abcdefghijkl"]
    settings = Decontaminate(paths=[questions_file(tmp_path, rows)])
    other = settings.model_copy(update={"max_questions": 20})
    asked = frame(asking(f"{opening}Rivers run uphill."), asking(f"{opening}Planet c has rings."))
    assert fired(settings, asked) == [None, "decontaminate.tulu3"]
    assert fired(other, asked) == ["decontaminate.tulu3", "decontaminate.tulu3"]


def test_numbers_alone_are_no_hit(tmp_path: Path) -> None:
    row = {"prompt": "Sort the list:\n" + " ".join(map(str, range(20))) + "\nand give back a copy."}
    settings = Decontaminate(paths=[questions_file(tmp_path, [row])])
    assert fired(settings, frame(asking(f"Add up {' '.join(map(str, range(30)))}"))) == [None]


# --- paraphrases ---------------------------------------------------------------------------------


def test_paraphrases_are_proposed_and_verified(quiz: Decontaminate) -> None:
    settings = quiz.model_copy(update={"semantic": "bundled"})
    other = (
        "In one barn a farmer has 9 geese and 14 goats. A goat drinks 3 litres of water a day, a "
        "goose half a litre. What must the trough of the barn hold for a week, in litres?"
    )
    records = frame(asking(other), asking(other.replace("14", "26")), asking("Hi."))
    scores = settings.score(
        records.with_columns(feature.compute(records) for feature in settings.features())
    )
    assert scores.select(settings.rules()["semantic"]).to_series().to_list() == [True, False, False]
    assert scores["question"].to_list() == ["quiz:2", None, None]
    assert settings.action("semantic") == "flag"
    check_filter(Decontaminate, settings)


# --- in a run ------------------------------------------------------------------------------------


def test_the_report_tells_which_questions_stand_in_which_records(tmp_path: Path) -> None:
    questions_file(tmp_path, [{"question": BARN}, {"question": CODE}, {"question": SHORT}])
    mail = "ann.baker@nomail-example.org"
    rows = [
        {"prompt": f"{BARN} Write to {mail}.", "completion": "325.5"},
        {"prompt": "Name a river.", "completion": "The Rhine."},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    filters = "[{filter: decontaminate, sets: [quiz], folder: .}]"
    (tmp_path / "r.yaml").write_text(f"input: [{{path: a.jsonl}}]\nfilters: {filters}\n")
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    facts = facts_of(run)
    (found,) = facts.contamination
    assert found.sets.to_dicts() == [
        {
            "set": "quiz",
            "questions": 3,
            "hit": 1,
            "share": 1 / 3,
            "contaminated": True,
            "records": 1,
            "kept": 0,
        }
    ]
    (leak,) = found.leaks
    assert (leak.question, leak.place, leak.rules) == ("quiz:1", "a.jsonl:1", "tulu3, gpt3, exact")
    assert any(piece.marked and "14 goats" in piece.text for piece in leak.text)
    assert "quiz (1 of 3 questions) stands in 1 record, all of them dropped" in str(facts.notices)
    page, text = to_html(facts), to_markdown(facts)
    assert "Test questions in the data" in page
    assert "| quiz | 3 | 1 | 33.3% | yes | 1 | 0 |" in text
    told = json.dumps(as_json(facts))
    assert all(mail not in shown for shown in (page, text, told))
    lines = {one.measure: one.value for one in explain(run, "a.jsonl:1").scores}
    assert lines["question"] == "quiz:1"


def test_more_data_changes_nothing_that_was_found(tmp_path: Path) -> None:
    questions_file(tmp_path, [{"question": BARN}, {"question": SHORT}])
    texts = [BARN, "Name a river.", f"Well. {SHORT}", "Bye."]
    for name, part in (("a", texts[:2]), ("b", texts[2:])):
        rows = [json.dumps({"prompt": text, "completion": "Yes."}) for text in part]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(rows))
    filters = "filters: [{filter: decontaminate, sets: [quiz], folder: .}]\n"
    recipe = tmp_path / "r.yaml"
    recipe.write_text("input: [{path: a.jsonl}]\n" + filters)
    curator.curate(recipe, out=tmp_path / "run")
    recipe.write_text("input: [{path: a.jsonl}, {path: b.jsonl}]\n" + filters)
    grown = curator.curate(recipe, out=tmp_path / "run")
    anew = curator.curate(recipe, out=tmp_path / "anew", shard_rows=1)
    assert grown.decisions().collect().equals(anew.decisions().collect())
    assert anew.decisions().collect()["kept"].to_list() == [False, True, False, True]
