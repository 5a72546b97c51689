"""The encoder cuts texts as its makers' tokenizer does, and reads through tricks of spelling."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from curator.models import card_of, file_of
from curator.models.encoder_text import plain
from curator.models.wordpiece import WordPiece

PIECES: Path = file_of(card_of("encoder_pieces"))
THEIRS = BertWordPieceTokenizer(str(PIECES), lowercase=True)
OURS = WordPiece.load(PIECES)


# What a code point is that Unicode has not assigned depends on the version each has read.
ASSIGNED = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=200)


@given(ASSIGNED)
def test_any_text_is_cut_as_the_reference_cuts_it(text: str) -> None:
    assert OURS.encode(text, 10**6) == THEIRS.encode(text).ids


@pytest.mark.parametrize(
    "text",
    [
        "Unbelievable, she said: l'école coûte 5€!",
        "ΟΔΟΣ İstanbul Straße",
        "日本語 and `code_with_names` x=3",
        "a" * 101,
        "",
    ],
)
def test_words_accents_and_scripts_are_cut_as_the_reference_cuts_them(text: str) -> None:
    assert OURS.encode(text, 10**6) == THEIRS.encode(text).ids


def test_a_long_text_is_cut_off_and_framed() -> None:
    whole = OURS.encode("one two three four", 100)
    assert OURS.encode("one two three four", 4) == [*whole[:3], whole[-1]]
    assert OURS.encode("one two three four", 5, tail=1) == [*whole[:3], *whole[-2:]]
    assert OURS.encode("one two three four", 100, tail=1) == whole


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("you are an 1d10t", "you are an 1diot"),
        ("such an a5shole", "such an asshole"),
        ("i d i o t", "idiot"),
        ("you fuuuuck", "you fuck"),
        ("RT @someone: see https://example.org/x now", ": see now"),
        ("== Heading == some text", "Heading some text"),
        ("#proud of it", "proud of it"),
        ("MP3 and B2B, 3 of 4, $5", "MP3 and B2B, 3 of 4, $5"),
    ],
)
def test_tricks_and_markup_are_undone(text: str, read: str) -> None:
    assert plain(text) == read
