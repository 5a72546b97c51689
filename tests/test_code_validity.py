"""Code validity flags Python that does not parse and JSON that does not load, and runs nothing."""

import time
import warnings

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.features import Kind
from curator.filters.code_validity import CodeValidity
from tests.conftest import chat, frame


def found(*answers: str, prompt: str = "Write some code.") -> list[str | None]:
    """Name the rule that fires for each answer, or none."""
    records = frame(*(chat(prompt, answer) for answer in answers))
    entry = CodeValidity()
    scores = entry.score(records.with_columns(Kind().compute(records)))
    rules = [pl.when(rule).then(pl.lit(name)) for name, rule in entry.rules().items()]
    return scores.select(pl.coalesce(rules)).to_series().to_list()


def fenced(code: str, label: str = "python") -> str:
    return f"Here it is:\n```{label}\n{code}\n```\nThat is all."


FAULTY = {
    "python": [
        "def add(a, b)\n    return a + b",
        "for n in [1, 2:\n    print(n)",
        "def add(a, b):\nreturn a + b",
        "x = 1 // one\nprint(x) // prints one",
        "print('It's done')",
        "print(&quot;Hello&quot;)",
    ],
    "python2": [
        "for n in range(3):\n    print n",
        "try:\n    work()\nexcept ValueError, error:\n    print(error)",
    ],
}
SOUND = [
    "def add(a, b):\n    return a + b",
    "    total += 1\n    return total",
    ">>> 1 + 1\n2\n>>> for n in (1, 2):\n...     print(n)\n1\n2",
    "%timeit sum(range(9))\n!ls -l\npip install numpy",
    "def work():\n    ...\n\nwork(...)",
    "def work():\n    ... your code here ...",
    "for n in range(1, 10):",
    "else:\n    print('no')",
    "print('\\d')",
    "import numpy as np\nprint(np.zeros(2))\n\n# Output:\n[0. 0.]",
    "",
]


@pytest.mark.parametrize(("reason", "code"), [(r, c) for r, codes in FAULTY.items() for c in codes])
def test_python_that_does_not_parse_is_flagged(reason: str, code: str) -> None:
    assert found(fenced(code)) == [reason]
    assert CodeValidity().action(reason) == "flag"


@pytest.mark.parametrize("code", SOUND)
def test_what_people_write_between_fences_is_left_alone(code: str) -> None:
    assert found(fenced(code)) == [None]


def test_a_whole_answer_is_judged_where_it_is_python_for_certain() -> None:
    assert found("def add(a, b):\n  return a + b\n\nprint(add(1, 2)") == ["python"]
    ruby = "def add(a, b)\n  a + b\nend\n\nputs add(1, 2)"
    swift = "for i in 1...7 {\n  print(i)\n}"
    prose = "def add(a, b):\n  return a + b\n\nThis function adds two numbers."
    assert found(ruby, swift, prose, "I went home (and slept.") == [None] * 4


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('{"name": "Ada", "born": 1815}', None),
        ('{"a": 1}\n{"a": 2}', None),
        ('{"a": [1, 2, ...]}', None),
        ('{"a": 1, // the first\n "b": 2}', None),
        ('{"name": "Ada" "born": 1815}', "json"),
        ('{"name": "Ada", "born": }', "json"),
        ('{"name": "Ada",}', "json_loose"),
        ("{'name': 'Ada'}", "json_loose"),
        ('{name: "Ada"}', "json_loose"),
    ],
)
def test_json_that_does_not_load_is_flagged(code: str, reason: str | None) -> None:
    assert found(fenced(code, "json")) == [reason]


def test_a_whole_answer_of_json_is_judged() -> None:
    assert found('{\n  "name": "Ada"\n  "born": 1815\n}', '{\n  "name": "Ada"\n}') == ["json", None]


def test_code_that_is_shown_for_its_fault_is_left_alone() -> None:
    broken = "def add(a, b)\n    return a + b"
    assert found(fenced(broken), prompt="Why is this a syntax error?") == [None]
    assert found(f"This is wrong:\n```python\n{broken}\n```") == [None]


def test_blocks_of_other_languages_and_open_fences_are_left_alone() -> None:
    assert found(fenced("let x = {", "javascript"), "```python\nprint(") == [None, None]


def test_what_was_not_judged_has_no_score() -> None:
    records = frame(chat("Hi", "Hello."), chat("Code?", fenced("x = 1")))
    scores = CodeValidity().score(records.with_columns(Kind().compute(records)))
    assert scores["python"].to_list() == [None, 0]


def test_the_worst_turn_is_told() -> None:
    records = frame(chat("One?", fenced("x = 1"), "Two?", fenced("x = (")))
    scores = CodeValidity().score(records.with_columns(Kind().compute(records)))
    assert scores.select("python", "python_turn").rows() == [(1, 3)]


def test_points_at_the_line_that_fails() -> None:
    text = "Here:\n```python\nx = 1\ny = = 2\n```\nand\n```json\n{\n1: 2}\n```"
    spans = CodeValidity().spans(text)
    assert [(text[span.start : span.end], span.reason) for span in spans] == [
        ("y = = 2", "python"),
        ("1: 2}", "json"),
    ]


HOSTILE = [
    "(" * 40_000,
    "f(" * 20_000,
    "-" * 49_000 + "1",
    "lambda:" * 6_000 + "1",
    "{1:" * 9_000,
    "x = '\0'",
    "x = '\ud800'",
    '"\\' * 20_000,
    "'" * 49_999,
    "x = 1\n" * 40_000,
]


@pytest.mark.parametrize("label", ["python", "json"])
def test_hostile_code_neither_crashes_nor_stalls(label: str) -> None:
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for code in HOSTILE:
            text = fenced(code, label)
            CodeValidity().spans(text)
    assert time.perf_counter() - began < 8


def test_a_block_beyond_the_cap_is_not_judged() -> None:
    assert found(fenced("x = (\n" * 20_000)) == [None]


@given(st.text(max_size=80))
def test_any_text_between_fences_survives(code: str) -> None:
    assert found(fenced(code), fenced(code, "json"))
    for span in CodeValidity().spans(fenced(code)):
        assert 0 <= span.start <= span.end <= len(fenced(code))


@pytest.mark.parametrize("word", ["prefix", "suffix", "badge"])
def test_a_word_that_only_holds_another_excuses_nothing(word: str) -> None:
    answer = fenced("def add(a, b)\n    return a + b")
    assert found(answer, prompt=f"Write a function that adds a {word}.") == ["python"]
    assert found(answer, prompt="Fix this function.") == [None]
