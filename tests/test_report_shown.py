"""What people see of a text: cropped around what matters, numbers that do not lie."""

import pytest

from curator.report.diffed import diff_words
from curator.report.figures import measured, number, part, percent, seconds
from curator.report.shown import Piece, Place, excerpt, pieces


def test_an_excerpt_is_cropped_around_its_first_place() -> None:
    text = "a" * 100 + "BAD" + "b" * 100
    found = excerpt(text, [Place(100, 103)], size=30)
    assert [piece.text for piece in found if piece.marked] == ["BAD"]
    assert found[0] == found[-1] == Piece("…")
    assert len("".join(piece.text for piece in found)) == 32


def test_a_short_text_is_shown_whole_with_overlapping_places_as_they_stand() -> None:
    assert pieces("abcdef", [Place(1, 3), Place(2, 5), Place(0, 2)]) == [
        Piece("ab", marked=True),
        Piece("c", marked=True),
        Piece("de", marked=True),
        Piece("f"),
    ]
    assert pieces(None) == []


def test_two_texts_differ_word_by_word() -> None:
    assert [tuple(change) for change in diff_words("a red hat", "a blue hat!")] == [
        ("same", "a "),
        ("first", "red"),
        ("second", "blue"),
        ("same", " hat"),
        ("second", "!"),
    ]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0%"), (0.0004, "<0.1%"), (0.5, "50.0%"), (0.9999, ">99.9%"), (1, "100.0%")],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_numbers_are_written_for_people() -> None:
    assert [number(value) for value in (1234, 0.5, 0.00012, None)] == [
        "1,234",
        "0.5",
        "0.0001",
        "\u2013",
    ]
    assert [measured(value) for value in (None, True, "en", 2.0)] == [
        "not judged",
        "yes",
        "en",
        "2",
    ]
    assert (part(1, 4), part(0, 0), seconds(0.5), seconds(61)) == (
        "1 (25.0%)",
        "0",
        "0.50 s",
        "61 s",
    )
