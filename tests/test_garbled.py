"""Garbled drops debris, flags what may be, and knows what is odd by nature."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import base64

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.features import Kind
from curator.filters.garbled import Garbled
from tests.conftest import chat, frame

PROSE = (
    "The lake is deep and cold, for a glacier made it long ago; in summer people swim there, "
    "and in winter they walk over the ice from one village to the other."
)
CHINESE = "湖水又深又冷，因为很久以前是冰川造成的；夏天人们在那里游泳，冬天他们在冰上行走。"
BLOB = base64.b64encode(PROSE.encode()).decode()
MASHED = "kjqxz wvbqp zxkjq pqvmx fjgqz bvxqw hjqzx mqpzv wkjxq zqvbn vxkqj"


def found(*answers: str, prompt: str = "Tell me about the lake.") -> list[str | None]:
    """Name the rule that fires for each answer, or none; what is off by default does not count."""
    records = frame(*(chat(prompt, answer) for answer in answers))
    entry = Garbled()
    scores = entry.score(records.with_columns(Kind().compute(records)))
    rules = [
        pl.when(rule).then(pl.lit(name))
        for name, rule in entry.rules().items()
        if entry.action(name) != "off"
    ]
    return scores.select(pl.coalesce(rules)).to_series().to_list()


DROPPED = {
    "encoding": [
        CHINESE.encode().decode("latin-1"),
        CHINESE.encode().decode("cp1252", "replace"),
        PROSE.replace("a", "\ufffd"),
    ],
    "mostly_blob": [BLOB, f"Of course:\n{BLOB}", "9f86d081884c7d65" * 6],
    "mash": [MASHED, "asdfjkl qwrtzxcv sdfghjkl zxcvbnmq vbnmqwrt hjklqzx jkqzx"],
    "spaced": [" ".join("Thelakeisdeepandcoldforaglaciermadeitlongago")],
}
FLAGGED = {
    "broken_signs": [PROSE + " It is cafÃ© weather.", PROSE + " caf\ufffd"],
    "escapes": [
        PROSE + "\\nIt is calm.\\nIt is wide.\\nIt is deep.",
        PROSE + " \\u00e9t\\u00e9 \\u00e0 la mer.",
    ],
    "blob": [PROSE + " " + PROSE + " " + PROSE + " " + BLOB[:60]],
    "mashed_words": [PROSE + " asdfgh jkl, qwertyu, zxcvbn."],
    "spaced_letters": [PROSE + " t h e l a k e i s d e e p"],
    "symbols": ["~~~ @@ ## %% ^^ && ** ++ == ~~~ @@ ## the lake %% ^^ && ** ++ == ~~ @@ ##"],
}


@pytest.mark.parametrize(("rule", "text"), [(r, t) for r, ts in DROPPED.items() for t in ts])
def test_debris_is_dropped(rule: str, text: str) -> None:
    assert found(text) == [rule]
    assert Garbled().action(rule) == "drop"


@pytest.mark.parametrize(("rule", "text"), [(r, t) for r, ts in FLAGGED.items() for t in ts])
def test_what_is_damaged_in_places_is_flagged(rule: str, text: str) -> None:
    assert found(text) == [rule]
    assert Garbled().action(rule) == "flag"


WHOLE = [
    PROSE,
    CHINESE,
    "C++",
    "NÃO! Não sei, São Paulo é a capital?",
    "Les châteaux de l’âge d’or, « déjà vu », où ça ?",
    "Der Wertvollste schwimmt: Borschtsch, Angstschweiß, Rechtschreibung.",
    "Wszczął chrząszcz brzmi w trzcinie w Szczebrzeszynie.",
    "Great news! 🎉🎉🎉 👩‍👩‍👧 We won!!! 😀😀😀",
    "- [ ] milk\n- [x] eggs",
    "See https://example.com/a/b?token=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15",
    "def f(x):\n    return x & 0xFF | ~x ^ (x << 2) % 3",
    "| a | b |\n|---|---|\n| # | @@@ |\n| ~~ | %% |",
    "My name is __________ and I live in __________, in the street ______________.",
    "Pneumonoultramicroscopicsilicovolcanoconiosis and Llanfairpwllgwyngyllgogerychwyrndrobwll",
    "I, A, B and C went: a b c.",
    "The XMLHttpRequest, the HTTPS, the PDF, the rhythm, strengths and Knightsbridge.",
]


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_odd_by_nature_passes(text: str) -> None:
    assert found(text) == [None]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Encode this in base64.", BLOB),
        ("Make up gibberish.", MASHED),
        ("Spell it, letter by letter: all the letters.", DROPPED["spaced"][0]),
        ("How does JSON escape accents?", FLAGGED["escapes"][1]),
    ],
)
def test_what_was_asked_for_passes(prompt: str, answer: str) -> None:
    assert found(answer, prompt=prompt) == [None]


def test_prompts_can_be_judged_by_another_instance() -> None:
    records = frame(chat(MASHED, PROSE))
    entry = Garbled(view="prompt", name="garbled_prompt")
    judged = records.with_columns(feature.compute(records) for feature in entry.features())
    assert entry.score(judged).select(pl.col("odd_share") > 0.25).item()
    assert entry.key() != Garbled().key()


def test_the_worst_turn_is_told() -> None:
    records = frame(chat("One?", PROSE, "Two?", BLOB))
    scores = Garbled().score(records.with_columns(Kind().compute(records)))
    assert scores.select("blob_signs_turn").item() == 3
    assert scores.select("blob_share").item() == 1.0


def test_code_is_judged_for_its_encoding_only() -> None:
    records = frame(chat("Code?", "x = 1; // " + BLOB + "\ny = 2;\nz = x + y;"))
    scores = Garbled().score(records.with_columns(Kind().compute(records)))
    assert scores.select("broken_signs", "symbol_share", "escapes").rows() == [(0, None, None)]


def test_points_at_the_debris() -> None:
    text = "It is cafÃ© weather, \\u00e9 says asdfgh."
    spans = [(text[at.start : at.end], at.reason) for at in Garbled().spans(text)]
    assert ("Ã©", "broken_signs") in spans
    assert ("\\u00e9", "escapes") in spans
    assert ("asdfgh", "mashed_words") in spans


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_shares_are_shares_and_neighbours_do_not_matter(texts: list[str]) -> None:
    records = frame(*(chat("Go on.", text) for text in texts))
    judged = records.with_columns(Kind().compute(records))
    scores = Garbled().score(judged)
    shares = ("blob_share", "odd_share", "spaced_share", "symbol_share", "digit_share")
    assert all(scores.select(pl.col(shares).drop_nulls().is_between(0, 1).all()).row(0))
    assert scores.equals(pl.concat([Garbled().score(judged[i : i + 1]) for i in range(len(texts))]))
    for text in texts:
        assert all(0 <= at.start < at.end <= len(text) for at in Garbled().spans(text))


def test_a_word_that_only_holds_another_excuses_nothing() -> None:
    for prompt in ("Where is the street?", "How do I withdraw money?", "Why do we blink?"):
        assert found(BLOB, prompt=prompt) == ["mostly_blob"]
    assert found(BLOB, prompt="Give me its checksum.") == [None]
