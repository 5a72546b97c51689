"""Statistics measures texts as the plain words of its formulas say, and drops nothing unasked."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import math
import string
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.filters.statistics import Statistics
from curator.records import Record
from tests.conftest import Reasons, chat, fired, frame, make_records

_ASCII = string.punctuation + string.digits + string.whitespace
_OTHER = "°–“”…→€№🎉😀✓。，👍一\u3000"
"""Signs beyond ASCII that these tests use; all but № are special to Data-Juicer."""
_SPECIAL = set(_ASCII + _OTHER) - {"№"}
TEXTS = [
    "",
    " ",
    "one",
    "The cat sat on the mat. The cat sat on the mat. The cat sat on the mat. And so on, so on!",
    "ab" * 40,
    "word " * 60,
    "介绍一下你自己。我是一个人工智能助手，可以回答问题。介绍一下你自己。我是一个人工智能助手，可以回答问题。",
    "🎉 wow 😀😀 … “so” – 25 €, 3.5 °C 👍",
    "first line\r\nsecond\rthird\n\nfifth\u2028sixth",
    "Ünïcödé ŁÓDŹ straße İstanbul ΟΔΟΣ Hello HELLO hello",
    "\x1c\x1d a\tb\x0bc\x0cd\xa0e\u3000f",
    "-- 42 -- !!! ... ##word## (x) \t\n",
]


def reference(text: str, size: int = 10) -> dict[str, float]:
    """Work out every measure as its formula reads, one text at a time."""
    count = max(len(text), 1)
    lines = text.splitlines()
    words = [word for word in text.replace("\n", " ").replace("\t", " ").split(" ") if word]
    said = text.split()
    grams = Counter(text[at : at + size] for at in range(len(text) - size + 1))
    often = sorted((times for times in grams.values() if times > 1), reverse=True)
    top = sum(often[: math.isqrt(len(grams))])
    small = [bare for word in words if (bare := _bare(word.lower()))]
    runs = Counter(tuple(small[at : at + size]) for at in range(len(small) - size + 1))
    twice = sum(times for times in runs.values() if times > 1)
    return {
        "characters": len(text),
        "words": sum(bool(_bare(word)) for word in words),
        "alphanumeric": sum(sign.isalnum() for sign in text) / count,
        "special": sum(sign in _SPECIAL for sign in text) / count,
        "digits": sum(sign.isdecimal() for sign in text) / count,
        "white_space": sum(sign.isspace() for sign in text) / count,
        "character_repetition": top / max(sum(grams.values()), 1),
        "word_repetition": twice / max(sum(runs.values()), 1),
        "average_line": len(text) / max(len(lines), 1),
        "longest_line": max(map(len, lines), default=0),
        "mean_word": sum(map(len, said)) / max(len(said), 1),
    }


def _bare(word: str) -> str:
    while word and word[0] in _SPECIAL:
        word = word[1:]
    while word and word[-1] in _SPECIAL:
        word = word[:-1]
    return word


def _measured(*texts: str, size: int = 10) -> list[dict[str, float]]:
    settings = Statistics(view="response", character_gram=size, word_gram=size)
    return settings.score(make_records(*texts)).to_dicts()


def test_measures_what_the_formulas_say() -> None:
    for text, found in zip(TEXTS, _measured(*TEXTS), strict=True):
        assert found == pytest.approx(reference(text), abs=1e-9), text


@given(
    st.lists(
        st.text(st.sampled_from("ab AB\n\t.1。é😀\r中"), max_size=60) | st.just("ab. " * 20),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 4),
)
def test_measures_any_text_beside_any_other(texts: list[str], size: int) -> None:
    for text, found in zip(texts, _measured(*texts, size=size), strict=True):
        assert found == pytest.approx(reference(text, size), abs=1e-9), text


def test_long_texts_are_counted_to_the_last_gram() -> None:
    text = "".join(f"{i * i * 7919 % 10007} is a number, " for i in range(6000))
    assert _measured(text)[0] == pytest.approx(reference(text), abs=1e-9)


def test_drops_nothing_unless_asked() -> None:
    records = make_records(*TEXTS)
    settings = Statistics()
    fires = settings.score(records).select(pl.any_horizontal(*settings.rules().values()))
    assert fires.to_series().fill_null(False).sum() == 0  # noqa: FBT003


def test_names_the_limit_that_was_set(reasons: Reasons) -> None:
    settings = Statistics(view="response", min_words=2, max_special=0.3, max_word_repetition=0.5)
    found = reasons(settings, "one", "one two", "?!?! ?!?! one two", "so it goes " * 9)
    assert found == [
        "statistics.low_words",
        None,
        "statistics.high_special",
        "statistics.high_word_repetition",
    ]


def test_limits_hold_at_their_own_value(reasons: Reasons) -> None:
    settings = Statistics(view="response", min_characters=3, max_characters=4)
    assert reasons(settings, "abc", "abcd") == [None, None]


def test_a_view_that_is_not_there_is_not_measured() -> None:
    only_asked = frame(chat("Anybody?"), Record(messages=[]))
    assert Statistics(view="response").score(only_asked)["characters"].to_list() == [None, None]
    asked = Statistics(view="prompt", max_characters=5)
    assert fired(asked, only_asked) == ["statistics.high_characters", None]


def test_other_sizes_of_grams_are_other_scores_and_limits_are_not() -> None:
    assert Statistics(max_words=5).key() == Statistics().key()
    assert Statistics(word_gram=5).key() != Statistics().key()
