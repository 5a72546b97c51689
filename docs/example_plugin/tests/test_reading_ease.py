"""The plugin keeps curator's contract, and flags what is hard to read."""

from curator_reading_ease import ReadingEase

from curator.testing import check_filter


def test_keeps_the_contract() -> None:
    check_filter(ReadingEase)


def test_points_at_the_longest_sentence() -> None:
    text = "Short. " + "word " * 40 + "end."
    assert [(span.start, span.reason) for span in ReadingEase().spans(text)] == [(7, "hard")]
