"""Repetition finds loops at any length, and lets lists, songs, tables and code repeat."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest

from curator.filters.repetition import Repetition
from tests.conftest import Reasons, fired, make_records

SONG = "\n".join(
    f"Verse {n}\nLine {n} of my song is new to you\nAnd so is number {n} to me too\n\nChorus\n"
    "Sing it with me all night long\nEverybody knows the song\n"
    for n in range(4)
)
TABLE = "| n | square |\n|---|---|\n" + "\n".join(f"| {n} | {n * n} |" for n in range(40))
CODE = "\n".join(f"if day == {n}:\n    print('{n}')\nelse:\n    pass" for n in range(15))
LIST = "\n".join(f"{n}. The impact of climate change on {c}" for n, c in enumerate("abcdefghijkl"))
PROSE = " ".join(f"Word{n} follows word{n * 7 % 97} here." for n in range(80))


HTML = "<table>\n" + "<tr> <td> cell </td> <td> cell </td> </tr>\n" * 30 + "</table>"
CHANT = "We shall not be moved!\n" * 5
ZEROS = "[" + "0, " * 80 + "0]"
LAWFUL = [SONG, TABLE, CODE, LIST, PROSE, CHANT, "no no no", "ha ha ha ha ha!"]


@pytest.mark.parametrize("text", LAWFUL)
def test_what_repeats_lawfully_is_not_dropped(text: str, reasons: Reasons) -> None:
    found = reasons(Repetition(), text)
    assert found == [None] or str(found[0]).removeprefix("repetition.") in Repetition.actions


def test_prose_and_short_exclamations_are_not_even_flagged(reasons: Reasons) -> None:
    assert reasons(Repetition(), PROSE, "no no no", "ha ha ha!", TABLE) == [None] * 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I am a model. " + "the same words " * 60, "loop"),
        ("我爱你" * 60, "loop"),
        (
            "This sentence has quite a few words that come back again and again now. " * 12,
            "sentence_run",
        ),
        ("这句话有很多字而且它会一次又一次地回来没有尽头" * 3, "repeated_5grams"),
        ("The number is " + "0" * 300, "sign_run"),
        ("I am happy. " * 12, "loop"),
        ("so good " * 10, "loop"),
        ("the " * 20, "loop"),
        ("the " * 19, "looped_share"),
        ("- Radish\n" * 12, "loop"),
        ("风景优美，" * 8, "loop"),
        ("He says: " + "ha" * 100, "loop"),
        ("Он сказал: " + "ха" * 60, "loop"),
        ("It " + "rains a lot in the hills above our town, " * 4 + "so they say.", "looped_share"),
        (PROSE[:200] + " I am happy." * 12, "loop"),
        (PROSE + " I am happy." * 12, None),
        (
            " ".join(f"w{n}" for n in range(60)) + "\n\n" + " ".join(f"w{n}" for n in range(60)),
            None,
        ),
        ((" ".join(f"w{n}" for n in range(60)) + "\n\n") * 6, "repeated_10grams"),
    ],
)
def test_finds_loops(text: str, reason: str | None, reasons: Reasons) -> None:
    assert reasons(Repetition(), text) == [reason and f"repetition.{reason}"]


def test_cells_numbers_marks_and_laughter_are_no_loops() -> None:
    scores = Repetition().score(make_records(HTML, "| yes " * 60, ZEROS, "ha" * 40, "。" * 80))
    assert scores["loop_repeats"].to_list() == [0] * 5


def test_a_short_loop_that_was_asked_for_is_only_flagged() -> None:
    asked = "Write a song that says again and again that you are happy."
    short, long = ("I am happy. " * times for times in (12, 40))
    found = fired(Repetition(), make_records(short, long, prompt=asked))
    assert found == ["repetition.looped_share", "repetition.loop"]


def test_shares_are_not_measured_below_fifty_words() -> None:
    scores = Repetition().score(make_records("yes and no and yes and no", "word " * 50))
    assert scores["top_2gram"].is_null().to_list() == [True, False]
    assert scores["looped_words"].to_list() == [0, 50]


def test_measures_as_gopher_does() -> None:
    text = " ".join(["alpha", "beta"] + [f"word{n:02}" for n in range(50)] + ["alpha", "beta"])
    scores = Repetition().score(make_records(text))
    characters = len(text.replace(" ", ""))
    assert scores["top_2gram"].to_list() == [pytest.approx(18 / characters, abs=1e-6)]
    assert scores["repeated_5grams"].to_list() == [0.0]


def test_reports_the_worst_turn() -> None:
    assert fired(Repetition(), make_records("")) == [None]
    scores = Repetition().score(make_records("a b c " * 50))
    assert scores.select("looped_words", "looped_words_turn").rows() == [(150, 1)]
    assert scores.select("loop_repeats", "loop_repeats_turn").rows() == [(50, 1)]


def test_points_at_the_loop_and_the_repeated_line() -> None:
    text = (
        "Well, "
        + "again and " * 8
        + "done.\nThis very line stands here.\nThis very line stands here."
    )
    found = [(text[span.start : span.end], span.reason) for span in Repetition().spans(text)]
    assert found == [
        (("again and " * 8).strip(), "looped_share"),
        ("This very line stands here.", "repeated_lines"),
    ]
