"""Evaluation sets are read whatever their form, and held against texts as the papers say."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import InputError
from curator.evaluation import find_sets, load_index, matches_in
from curator.evaluation.sets import read_questions
from curator.evaluation.words import READINGS, read_words, words_of
from curator.filters.decontaminate import Decontaminate
from tests.conftest import chat, data_file, fired, frame
from tests.test_decontaminate import BARN, SHORT, asking, questions_file

# --- the published rule, in plain Python ---------------------------------------------------------

INSTRUCTIONS, MADE = "instructions", "gsm8k_train_as_alpaca"
VOCABULARY = st.sampled_from(["red", "blue", "sun", "moon", "tree", "house", "bird", "fish"])
TEXTS = st.lists(VOCABULARY, min_size=0, max_size=24).map(" ".join)


def tulu3(question: str, said: str) -> float:
    """Share of a question's words that lie in a run of 8 words which the text has too."""
    asked, words = question.split(), said.split()
    there = {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
    covered: set[int] = set()
    for at in range(len(asked) - 7):
        if tuple(asked[at : at + 8]) in there:
            covered |= set(range(at, at + 8))
    return round(len(covered) / len(asked), 6) if asked else 0.0


def longest_run(question: str, said: str) -> int:
    """Words of the longest run that both have, 0 where it is shorter than 8."""
    asked, words = question.split(), said.split()
    sizes = [
        size
        for size in range(8, len(asked) + 1)
        for at in range(len(asked) - size + 1)
        for start in range(len(words) - size + 1)
        if asked[at : at + size] == words[start : start + size]
    ]
    return max(sizes, default=0)


@given(data=st.data())
def test_agrees_with_the_published_rule(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    questions = data.draw(st.lists(TEXTS.filter(bool), min_size=1, max_size=4, unique=True))
    pieces = st.one_of(TEXTS, st.sampled_from(questions), st.sampled_from(questions).map(_middle))
    said = " ".join(data.draw(st.lists(pieces, min_size=0, max_size=4)))
    folder = tmp_path_factory.mktemp("set")
    file = questions_file(folder, [{"question": text} for text in questions])
    index = load_index(tuple(find_sets([], folder, [Path(file)])), (), 1000)
    found = matches_in(pl.Series([said], dtype=pl.String), index)
    measured = {row[1]: row[2:4] for row in found.iter_rows() if row[3]}
    expected = {
        number: (tulu3(text, said), longest_run(text, said))
        for number, text in enumerate(questions)
        if longest_run(text, said)
    }
    assert {key: (round(a, 6), b) for key, (a, b) in measured.items()} == expected


def _middle(text: str) -> str:
    words = text.split()
    return " ".join(words[1:-1])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_the_kernel_reads_the_words_that_python_reads(text: str) -> None:
    for joined in READINGS:
        words = words_of(text, joined=joined)
        read = read_words(pl.Series([text, "", text + " x"]), joined=joined)
        assert read.offsets[1] - 1 == len(words)
        assert all(a < b for _, a, b in words)
        known = [read_words(pl.Series([w.text]), joined=joined).hashes[0] for w in words]
        assert read.hashes[: len(words)].tolist() == known


def test_words_have_their_places() -> None:
    assert [tuple(w) for w in words_of("Don't. 3.5 \u4f60\u597d", joined=False)] == [
        ("don", 0, 3),
        ("t", 4, 5),
        ("3", 7, 8),
        ("5", 9, 10),
        ("\u4f60", 11, 12),
        ("\u597d", 12, 13),
    ]
    assert [w.text for w in words_of("Don't. 3.5", joined=True)] == ["dont", "35"]


# --- evaluation sets -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps([{"problem": BARN}])),
        ("a.csv", f'id,Question\n1,"{BARN}"\n'),
        ("a.jsonl", json.dumps({"turns": ["Hi there.", BARN]})),
        ("a.jsonl", json.dumps({"prompt": [{"role": "user", "content": BARN}]})),
        ("a.jsonl", json.dumps({"question": {"stem": BARN, "choices": []}})),
        ("a.jsonl", json.dumps({"instruction": "Solve.", "input": BARN, "output": ""})),
        ("a.jsonl", json.dumps({"conversations": [{"from": "human", "value": BARN}]})),
    ],
)
def test_sets_of_any_form_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    settings = Decontaminate(paths=[str(tmp_path / name)])
    assert settings.score(frame(asking(BARN)))["question"].to_list() == ["a:1"]


def test_sets_are_found_by_name(tmp_path: Path) -> None:
    row = json.dumps({"question": BARN}).encode()
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(gzip.compress(row))
    for name in ("gsm8k_test.jsonl", "gsm8k_train.jsonl", "mmlu_dev.jsonl", "mmlu_val.jsonl"):
        (tmp_path / name).write_bytes(row)
    (tmp_path / "arc").mkdir()
    (tmp_path / "arc" / "easy.parquet").write_bytes(b"")
    pl.DataFrame({"question": [BARN]}).write_parquet(tmp_path / "arc" / "easy.parquet")

    def names(*asked: str) -> list[str]:
        return list(Decontaminate(sets=list(asked), folder=str(tmp_path)).files())

    assert names("human_eval", "gsm8k", "gsm8k_train", "arc") == [
        "human_eval",
        "gsm8k",
        "gsm8k_train",
        "arc/easy",
    ]
    with pytest.raises(InputError, match="several sets called mmlu"):
        names("mmlu")
    with pytest.raises(InputError, match="no set called mt_bench"):
        names("mt_bench")
    with pytest.raises(InputError, match="two evaluation sets are called gsm8k"):
        names("gsm8k", "gsm8k")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Decontaminate(), "has no evaluation set"),
        (Decontaminate(sets=["mmlu"], folder="nowhere"), "no folder nowhere"),
        (Decontaminate(paths=["nowhere.jsonl"]), "no evaluation set at nowhere.jsonl"),
    ],
)
def test_a_missing_set_is_told(settings: Decontaminate, message: str) -> None:
    with pytest.raises(InputError, match=message):
        settings.key()


@pytest.mark.parametrize(
    ("content", "fields", "message"),
    [
        ('{"a": 1}', (), "1: no column is known"),
        ('{"a": 1}', ("b",), "1: it has none of the fields b"),
        ('{"question": "Why?"}\n{"question": "Wh', (), "2: not valid JSON"),
        ("[1]", (), "1: a question must be an object"),
    ],
)
def test_a_set_that_cannot_be_read_is_told(
    tmp_path: Path, content: str, fields: tuple[str, ...], message: str
) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    settings = Decontaminate(paths=[str(tmp_path / "a.jsonl")], fields=fields)
    with pytest.raises(InputError, match=message):
        settings.score(frame(asking("Hi.")))


def test_named_fields_are_looked_for(tmp_path: Path) -> None:
    file = questions_file(tmp_path, [{"question": "Who?", "passage": BARN}])
    assert fired(Decontaminate(paths=[file]), frame(asking(BARN))) == [None]
    named = Decontaminate(paths=[file], fields=("passage",))
    assert fired(named, frame(asking(BARN))) == ["decontaminate.tulu3"]


def test_the_key_follows_what_the_sets_hold(tmp_path: Path) -> None:
    before = Decontaminate(paths=[questions_file(tmp_path, [{"question": BARN}])])
    key = before.key()
    moved = tmp_path / "moved"
    moved.mkdir()
    same = Decontaminate(paths=[questions_file(moved, [{"question": BARN}])])
    assert same.key() == key
    questions_file(tmp_path, [{"question": SHORT}])
    assert before.key() != key


# --- real data -----------------------------------------------------------------------------------


@pytest.mark.data
def test_every_record_made_of_gsm8k_is_found_and_no_other_data_in_humaneval() -> None:
    made = json.loads(gzip.decompress(data_file(f"{INSTRUCTIONS}/{MADE}.json.gz").read_bytes()))
    others = json.loads(data_file(f"{INSTRUCTIONS}/alpaca_random_9k.json").read_bytes())
    folder = str(data_file("benchmarks"))

    def found(rows: list[dict[str, str]], name: str) -> int:
        records = frame(*(chat(row["instruction"], row["output"]) for row in rows))
        entry = Decontaminate(sets=[name], folder=folder)
        return sum(reason is not None for reason in fired(entry, records))

    assert found(made[:1000], "gsm8k_train") == 1000
    assert found(others[:3000], "humaneval") == 0


@pytest.mark.data
def test_headers_of_mmlu_are_no_questions() -> None:
    files = find_sets(["mmlu"], data_file("benchmarks"), [])
    questions = read_questions(files, ())
    assert len(questions) == 14_042
    assert all(one.passages for one in questions)
