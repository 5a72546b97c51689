"""Script mix flags letters of another script that nobody asked for, and no others."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.features import Kind
from curator.filters.script_mix import ScriptMix
from curator.records import Record
from tests.conftest import chat, frame

ASKED = "How do I boil an egg so that the yolk stays soft?"
ANSWER = (
    "Six minutes from boiling water, and then a minute in cold water, so that it stops cooking."
)


def found(*pairs: tuple[str, str]) -> list[str | None]:
    """Name the rule that fires for each prompt and answer, or none."""
    return fired(*(chat(*pair) for pair in pairs))


def fired(*given_records: Record) -> list[str | None]:
    records = frame(*given_records)
    entry = ScriptMix()
    scores = entry.score(records.with_columns(Kind().compute(records)))
    rules = [pl.when(rule).then(pl.lit(name)) for name, rule in entry.rules().items()]
    return scores.select(pl.coalesce(rules)).to_series().to_list()


MIXED = {
    "disguised": [
        (ASKED, ANSWER.replace("o", "о")),
        ("Что ты делаешь?", "Я pабoтаю и oтдыхаю дoма cегодня вечером."),
    ],
    "foreign": [(ASKED, "Six minutes. 从沸水开始煮六分钟然后冷却")],
    "leak": [
        ("Give a description of the frozen universe.", ANSWER + " The 重要 thing is. " + ANSWER),
        ("Where is my filename and password?", ANSWER + " The 重要 thing is. " + ANSWER),
        (ASKED, ANSWER + " The 重要 thing is the cold water. " + ANSWER),
        (ASKED, ANSWER * 3 + " 这是一个非常重要的问题。"),
        (ASKED, ANSWER * 2 + " The очень важный thing is the cold water. " + ANSWER),
    ],
    "lookalike": [(ASKED, ANSWER.replace("boiling", "bоiling") + " " + ANSWER)],
    "other_script": [
        (ASKED, "从水开的时候算起煮六分钟，然后放进冷水里一分钟。"),
        ("怎样煮鸡蛋？", ANSWER),
        ("Как сварить яйцо?", ANSWER),
    ],
}


@pytest.mark.parametrize(("rule", "pair"), [(r, p) for r, ps in MIXED.items() for p in ps])
def test_letters_nobody_asked_for_are_found(rule: str, pair: tuple[str, str]) -> None:
    assert found(pair) == [rule]
    assert ScriptMix().action(rule) == ("drop" if rule == "disguised" else "flag")


MEANT = [
    (ASKED, ANSWER),
    ("Translate 'water' into Chinese.", "The word is 水, as in 热水 for hot water."),
    ("How is 水 read?", "It is read shuǐ; 水 means water, and 热水 means hot water."),
    ("What is the capital of Japan?", "The capital is Tokyo (東京), once called Edo (江戸)."),
    ("Who wrote War and Peace?", "Leo Tolstoy (Лев Толстой) wrote it."),
    ("What is the area of a circle?", "With radius r it is πr², and the angle α goes round to 2π."),
    ("Solve it.", "Δx = βt, so λ = 2μm and ∑ xᵢ = 3."),
    ("介绍一下 Python。", "Python 是一种编程语言，由 Guido van Rossum 设计。"),
    (
        "推荐一些英文歌。",
        "Here Comes the Sun is a song that a lot of people know and like to sing.",
    ),
    ("写一个函数。", "def add(a, b):\n    return a + b\n\nprint(add(one, two))"),
    ("東京はどこですか。", "東京は日本の首都です。カタカナもひらがなも漢字も使います。"),
    ("한국의 수도는?", "서울(首爾)입니다."),
    (
        "推荐餐馆。",
        "1. Magnolia Bakery 2. Shake Shack 3. Peter Luger Steakhouse 4. ABC Kitchen 5. Sweet Chick",
    ),
    ("Say it simply.", "Café, naïve, Zürich, São Paulo, Łódź and Ångström are words with marks."),
    ("Что такое IT?", "IT-отдел чинит ПК и Wi-Fi."),
]


@pytest.mark.parametrize("pair", MEANT)
def test_what_was_meant_passes(pair: tuple[str, str]) -> None:
    assert found(pair) == [None]


def test_the_system_and_later_turns_explain_a_script_too() -> None:
    answer = ANSWER + " 这是一个非常重要的问题。"
    system = chat("Answer in two languages.", ASKED, answer, roles=("system", "user", "assistant"))
    later = chat(ASKED, ANSWER, "Und 重要?", answer)
    assert fired(system, later) == [None, None]


def test_an_answer_labelled_as_bad_is_not_judged() -> None:
    record = Record(messages=chat(ASKED, MIXED["foreign"][0][1]).messages, label=False)
    assert fired(record) == [None]


def test_the_worst_turn_is_told() -> None:
    records = frame(chat(ASKED, ANSWER, "And then?", ANSWER + " The 重要 thing is salt. " + ANSWER))
    scores = ScriptMix().score(records.with_columns(Kind().compute(records)))
    assert scores.select("leaks", "leaks_turn").rows() == [(1, 3)]


def test_points_at_the_leak() -> None:
    text = "The 重要 thing is a wоrd."
    spans = [(text[at.start : at.end], at.reason) for at in ScriptMix().spans(text)]
    assert spans == [("e 重要 t", "leak"), ("wоr", "lookalike")]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_neighbours_do_not_matter(texts: list[str]) -> None:
    records = frame(*(chat("Go on.", text) for text in texts))
    judged = records.with_columns(Kind().compute(records))
    scores = ScriptMix().score(judged)
    alone = [ScriptMix().score(judged[i : i + 1]) for i in range(len(texts))]
    assert scores.equals(pl.concat(alone))
    assert all(0 <= share <= 1 for share in scores["foreign_share"])
