"""The feature `kind` tells prose, code, mathematics, tables and tool calls apart."""

import json
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import curator
from curator.features import FEATURES, KINDS, Kind
from curator.records import Record
from tests.conftest import ROOT, chat, frame, make_records

TEXTS = {
    "prose": [
        "Paris",
        "The cat sat on the mat, and then it went out into the rain.",
        "- 1/2 cup of milk\n- 2 eggs\n- 24/7 patience",
        "The sea is calm tonight;\nThe tide is full, the moon lies fair;\nUpon the straits.",
        "He was king from 1901 - 1910, and again from 1912 - 1914.",
        "Use `len(x)` for the length of a list; it takes one argument and gives a number back.",
        "云计算是一种通过网络提供计算资源的方式。",
        "[Your name] will be there; bring the date and a text, please.",
        "See https://example.com/a?b=1&c=2&d=3",
    ],
    "code": [
        "def add(a, b):\n    return a + b",
        "SELECT name FROM people WHERE age > 30;",
        "<div>\n  <p>Hello</p>\n</div>",
        '{\n  "name": "Ada",\n  "age": 36\n}',
        "Here it is:\n```python\nfor word in words:\n    print(word, len(word))\n```",
        "int main() {\n  return 0;\n}",
        "p {\n  color: red;\n}",
        "def 求和(数字):\n    总和 = 0\n    返回 总和",
        "names = ['Ada', 'Grace']",
        '#!/bin/bash\nif [ $day -eq 1 ]; then\n    echo "Monday"\nfi',
    ],
    "mathematics": [
        "7 + 2 = 9",
        "She sold 48/2 = 24 clips in May. Together she sold 48+24 = 72 clips.",
        "The area of a triangle is A = 1/2 * b * h.",
        "The derivative of $x^2$ is $2x$, so the slope at $x=3$ is $6$.",
        "Lena = 3.5 hours = 210 minutes\nBrother = 210 + 17 = 227 minutes",
        "三角形的面积为 A = 1/2 * 底 * 高。",
    ],
    "table": [
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Name | Age\nAda | 36\nGrace | 85",
        "Name\tAge\tCity\nAda\t36\tLondon",
        "+-----+-----+\n| one | two |\n+-----+-----+",
        "国家 |首都\n中国 |北京",
    ],
    "tool": [
        '<tool_call>\n{"name": "search", "arguments": {"q": "cats"}}\n</tool_call>',
        '{"name": "search", "arguments": {"q": "cats"}}',
        "Thought: look it up.\nAction: search\nAction Input: cats",
    ],
}
CASES = [(text, kind) for kind, texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_names_the_kind(text: str, kind: str) -> None:
    assert Kind().compute(make_records(text)).to_list() == [kind]


def test_an_empty_answer_has_no_kind() -> None:
    assert Kind().compute(make_records("", " \n")).to_list() == [None, None]


def test_a_call_in_the_messages_is_a_tool() -> None:
    record = Record(
        messages=[
            {"role": "user", "content": "How warm is it?"},
            {
                "role": "assistant",
                "content": "Let me see.",
                "tool_calls": [{"id": "1", "name": "weather", "arguments": "{}"}],
            },
        ]
    )
    assert Kind().compute(frame(record)).to_list() == ["tool"]


def test_a_call_in_a_sentence_is_a_tool_where_the_prompt_offers_the_function() -> None:
    answer = "The weather in Rome is weather('Rome')."
    offered = "You may call\nweather(place)\nHow is the weather in Rome?"
    assert Kind().compute(make_records(answer, prompt=offered)).to_list() == ["tool"]
    assert Kind().compute(make_records(answer)).to_list() == ["prose"]


def test_the_prompt_can_be_judged_too() -> None:
    records = make_records("Yes.", prompt="def add(a, b):\n    return a + b")
    assert Kind(view="prompt").compute(records).to_list() == ["code"]
    assert Kind(view="prompt").key() != Kind().key() == FEATURES["kind"].key()


def test_a_text_without_lines_of_its_own_takes_no_fence_from_its_neighbour() -> None:
    found = Kind().compute(make_records("```\nopen", "I went home, and slept."))
    assert found.to_list() == ["code", "prose"]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_every_text_has_one_kind_whoever_stands_beside_it(texts: list[str]) -> None:
    found = Kind().compute(make_records(*texts)) if texts else []
    alone = [Kind().compute(make_records(text))[0] for text in texts]
    assert list(found) == alone
    assert all(
        (kind in KINDS) == bool(text.strip()) for kind, text in zip(alone, texts, strict=True)
    )


def test_a_huge_answer_takes_little_time() -> None:
    records = frame(chat("Go on.", "a = (" * 100_000), chat("Go on.", "|" * 200_000))
    began = time.perf_counter()
    Kind().compute(records)
    assert time.perf_counter() - began < 5


def test_a_run_makes_a_lost_column_again(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"prompt": "Hi", "completion": "Hello there."}\n')
    recipe = "input: [{path: data.jsonl}]\nfilters: [{filter: garbled}, {filter: code_validity}]\n"
    (tmp_path / "recipe.yaml").write_text(recipe)
    first = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    stored = list((tmp_path / "run" / "features").rglob("*.parquet"))
    assert [pl.read_parquet(path)["kind"].to_list() for path in stored] == [["prose"]]
    stored[0].unlink()
    again = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    assert stored[0].exists()
    assert again.decisions().collect().equals(first.decisions().collect())


def test_the_labels_name_known_kinds_and_no_text() -> None:
    lines = (ROOT / "benchmarks" / "labels" / "kind.jsonl").read_text("utf-8").splitlines()
    labels: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert {frozenset(label) for label in labels} == {
        frozenset({"source", "row", "content", "kind", "held_out"})
    }
    counts = {kind: sum(label["kind"] == kind for label in labels) for kind in KINDS}
    assert min(counts.values()) >= 40
    assert sum(label["held_out"] for label in labels) >= 100
