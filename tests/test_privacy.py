"""Personal values and secrets are found by form and checksum; look-alikes are left alone."""

import json
import sys
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.filters.pii import Pii
from curator.filters.secrets import Secrets
from curator.privacy import (
    MASK,
    PII_HINT,
    SECRET_HINT,
    find_pii,
    find_private,
    find_secrets,
    is_plain,
    masked,
    values,
)
from tests.conftest import ROOT, chat, frame, make_records

sys.path.insert(0, str(ROOT / "benchmarks"))  # the labelled texts lie there
import itertools

from privacy import count, is_held_out
from privacy_cases import cases

FINDERS = {"pii": (find_pii, PII_HINT), "secrets": (find_secrets, SECRET_HINT)}


@pytest.mark.parametrize("name", FINDERS)
def test_the_labelled_texts_are_found_and_little_else(name: str) -> None:
    every = list(cases(name))
    assert sum(len(case.values) for case in every) >= 400
    assert sum(not case.values for case in every) >= 400
    for some in (every, [case for case in every if is_held_out(case)]):
        total = sum(count(some, FINDERS[name][0])[0].values(), Counter[str]())
        assert total["hit"] / (total["hit"] + total["missed"]) >= 0.98
        assert total["hit"] / (total["hit"] + total["wrong"]) >= 0.95


@pytest.mark.parametrize("name", FINDERS)
def test_the_hint_rules_out_no_text_that_holds_a_value(name: str) -> None:
    find, hint = FINDERS[name]
    texts = pl.Series([case.text for case in cases(name)])
    ruled_out = texts.filter(~texts.str.contains(hint))
    assert len(ruled_out) > 20
    assert [text for text in ruled_out if find(text)] == []
    assert [text for text in texts if is_plain(text) and find(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我的邮箱是lena@posteo.de。", ["email"]),
        ('{"note": "first\\nlena@posteo.de"}', ["email"]),
        ("git@github.com:a/b.git and lena@example.com", []),
        ("postgres://app:vR7kq2Lw9@db.prod.corp.net/shop", ["login"]),
        ("key: 5d41402abc4b2a76b9719d911017c592", []),
        ("api key: 5d41402abc4b2a76b9719d911017c592", ["token"]),
        ("SSN 536-22-8741", ["national_id"]),
        ("536-22-8741-9 is a part", []),
        ("Visa 4539 1488 0343 6467", ["card"]),
        ("4242 4242 4242 4242", []),
        ("phone: (212) 555-0142", []),
        ("1-800-273-8255 is a hotline's phone number", []),
        ("from 84.173.52.119, not from 192.168.0.4 or 8.8.8.8", ["ip"]),
        ("version 84.173.52.119", []),
        ("the restaurant is located at 4817 Larkspur Lane, Boise, ID 83704", []),
        ("I live at 4817 Larkspur Lane, Boise, ID 83704", ["address"]),
    ],
)
def test_a_value_counts_by_its_form_and_where_it_stands(text: str, found: list[str]) -> None:
    assert [one.kind for one in find_private(text)] == found


def test_counts_values_and_not_mentions_by_kind() -> None:
    one, other = "lena@posteo.de", "mika@posteo.de"
    scores = Pii().score(frame(chat(f"{one} {one}", f"{other} (312) 664-9027"), chat("Hi", "Ho")))
    assert scores.select("values", "email", "phone").rows() == [(3, 2, 1), (0, 0, 0)]


def test_views_of_turns_give_the_worst_turn() -> None:
    record = frame(chat("a", "lena@posteo.de", "b", "lena@posteo.de mika@posteo.de"))
    scores = Pii(view="response").score(record)
    assert scores.select("email", "email_turn").rows() == [(2, 3)]


def test_a_list_of_people_is_many_and_the_threshold_measures_nothing_again() -> None:
    people = " ".join(f"p{letter}@posteo.de" for letter in "abcdef")
    scores = Pii().score(make_records(people))
    assert scores.select(Pii().rules()["many"]).item()
    assert not scores.select(Pii(max_pii=6).rules()["many"]).item()
    assert Pii().key() == Pii(max_pii=6).key()


def test_every_rule_flags_by_default() -> None:
    for entry in (Pii(), Secrets()):
        assert {entry.action(rule) for rule in entry.rules()} == {"flag"}


def test_spans_point_at_the_value() -> None:
    text = "so: password = 'Wq7#tLp92vX'"
    assert [text[s.start : s.end] for s in Secrets().spans(text)] == ["Wq7#tLp92vX"]


def test_a_mask_is_as_long_as_what_it_hides_and_keeps_the_lines() -> None:
    text = "Mail lena@posteo.de\nor (312) 664-9027."
    assert masked(text) == f"Mail {MASK * 14}\nor {MASK * 5} {MASK * 8}."
    with values(shown=True):
        assert masked(text) == text
    assert masked(text) != text


@given(st.text(alphabet="a1@.+-: /=\"'\n密0x[]()", max_size=80))
def test_any_text_is_masked_to_its_own_length_and_then_to_itself(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    found = find_private(text)
    assert not (found and is_plain(text))
    assert all(0 <= a.start < a.end <= b.start for a, b in itertools.pairwise(found))


def test_json_inside_json_hides_nothing() -> None:
    inner = '{"password": "Wq7#tLp92vX!m"}'
    for text in (inner, json.dumps([inner]), json.dumps({"arguments": inner})):
        assert "Wq7" not in masked(text)
        scores = Secrets().score(make_records(text))
        assert scores["password"].to_list() == [1]


def test_masking_again_changes_nothing() -> None:
    for name in FINDERS:
        for case in cases(name):
            once = masked(case.text)
            assert masked(once) == once
