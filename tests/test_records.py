"""Records: content, views, normalised text, and the frame that holds them all."""

import json

import polars as pl
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from curator.records import (
    RECORD_SCHEMA,
    Record,
    Turn,
    canonical_json,
    content_of,
    normalise,
    records_of,
    to_turns,
    views_of,
)
from tests.conftest import chat, frame

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CALL = st.fixed_dictionaries({"id": st.none() | TEXT, "name": TEXT, "arguments": TEXT})
TURN = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": TEXT},
    optional={
        "reasoning": TEXT,
        "name": TEXT,
        "tool_calls": st.lists(CALL, min_size=1, max_size=2),
        "tool_call_id": TEXT,
        "weight": st.floats(0, 1),
        "layout": st.dictionaries(TEXT, st.integers(), min_size=1, max_size=2),
        "extra": st.dictionaries(TEXT, TEXT | st.none() | st.lists(TEXT), min_size=1, max_size=2),
    },
)
RECORD = st.builds(
    Record,
    messages=st.lists(TURN, max_size=3),
    rejected=st.none() | st.lists(TURN, max_size=2),
    tools=st.none() | TEXT,
    label=st.none() | st.booleans(),
    extra=st.dictionaries(TEXT, st.integers() | TEXT, max_size=2),
    layout=st.dictionaries(TEXT, TEXT, max_size=2),
    raw=st.none() | TEXT,
)


@given(st.lists(RECORD, max_size=4))
def test_a_frame_holds_records_whole(records: list[Record]) -> None:
    made = frame(*records)
    assert made.schema == RECORD_SCHEMA
    assert list(records_of(made)) == records


@given(RECORD)
def test_content_is_the_hash_of_the_canonical_json(record: Record) -> None:
    keys = ("role", "content", "reasoning", "name", "tool_calls", "tool_call_id", "weight")
    said = {"messages": [{key: t[key] for key in keys if key in t} for t in record.messages]}
    if record.rejected is not None:
        said["rejected"] = [{key: t[key] for key in keys if key in t} for t in record.rejected]
    facts: dict[str, object] = dict(said)
    if record.tools is not None:
        facts["tools"] = record.tools
    if record.label is not None:
        facts["label"] = record.label
    expected = xxhash.xxh3_128_hexdigest(canonical_json(facts).encode())
    assert content_of(record) == expected


def test_how_a_row_was_written_is_not_part_of_its_content() -> None:
    plain = chat("hello", "hi")
    turns: list[Turn] = [turn | {"layout": {"k": 1}, "extra": {"x": 2}} for turn in plain.messages]  # type: ignore[misc]
    assert content_of(Record(turns, extra={"id": 7}, raw="…")) == content_of(plain)


def test_views() -> None:
    record = Record(
        messages=[
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": "one"},
            {"role": "user", "content": "two"},
            {
                "role": "assistant",
                "content": "three",
                "reasoning": "hmm",
                "tool_calls": [{"id": None, "name": "f", "arguments": '{"a": 1}'}],
            },
            {"role": "tool", "content": "four"},
            {"role": "assistant", "content": "five"},
        ],
        rejected=[{"role": "assistant", "content": "no"}],
    )
    views = views_of(record)
    assert views.prompt == "one\n\ntwo"
    assert views.response == 'three\n\nf({"a": 1})\n\nfive'
    assert views.reasoning == "hmm"
    assert views.text == 'one\n\ntwo\n\nthree\n\nf({"a": 1})\n\nfour\n\nfive'
    assert views.rejected == "no"
    assert views.follow_up == "four"
    assert views.setting is not None
    assert views_of(chat("one", "two"))[-2:] == (None, None)


@given(st.lists(RECORD, max_size=3))
def test_turns_of_a_frame_say_what_the_views_say(records: list[Record]) -> None:
    turns = to_turns(frame(*records))
    assert turns.height == sum(len(record.messages) for record in records)
    for place, record in enumerate(records):
        own = turns.filter((pl.col("record") == place) & (pl.col("role") == "assistant"))
        joined = "\n\n".join(text for text in own["text"].to_list() if text)
        assert joined == views_of(record).response


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  A\tB\n\nc ", "a b c"),
        ("Straße", "strasse"),
        ("e\u0301", "\u00e9"),
        ("", ""),
        (" \u3000 ", ""),
    ],
)
def test_normalised_text(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert " ".join(once.split()) == once
    assert json.dumps(once)
