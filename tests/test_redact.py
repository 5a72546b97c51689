"""Redact: every value gives way to one placeholder, all through the record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.formats import read_row, write_row
from curator.privacy import find_private
from curator.records import Record, Turn
from curator.repairs import repair

MAIL, OTHER, PHONE = "lena@posteo.de", "mika@posteo.de", "(312) 664-9027"


def redacted(record: Record) -> Record:
    return repair(record, ["redact"])[0]


def test_the_same_value_has_the_same_placeholder_everywhere() -> None:
    turns: list[Turn] = [
        {"role": "system", "content": f"Serve {MAIL}."},
        {"role": "user", "content": f"I am {OTHER}, call {PHONE}."},
        {"role": "assistant", "content": f"{MAIL}, {OTHER}.", "reasoning": f"{PHONE} rings {MAIL}"},
    ]
    bad: list[Turn] = [{"role": "assistant", "content": f"No, {OTHER}."}]
    found = redacted(Record(turns, rejected=bad, extra={"who": [MAIL], "n": 3}))
    assert [turn["content"] for turn in found.messages] == [
        "Serve [EMAIL_1].",
        "I am [EMAIL_2], call [PHONE_1].",
        "[EMAIL_1], [EMAIL_2].",
    ]
    assert found.messages[2]["reasoning"] == "[PHONE_1] rings [EMAIL_1]"
    assert found.rejected == [{"role": "assistant", "content": "No, [EMAIL_2]."}]
    assert found.extra == {"who": ["[EMAIL_1]"], "n": 3}


def test_arguments_and_tools_stay_json() -> None:
    arguments = json.dumps({"to": MAIL, "say": f'call "{PHONE}"\nsoon', "password": "Wq7#tLp92vX"})
    call: Turn = {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "1", "name": "send", "arguments": arguments}],
    }
    tools = json.dumps([{"type": "function", "function": {"name": "send", "description": MAIL}}])
    found = redacted(Record([{"role": "user", "content": "Send it."}, call], tools=tools))
    assert json.loads(found.messages[1]["tool_calls"][0]["arguments"]) == {
        "to": "[EMAIL_1]",
        "say": 'call "[PHONE_1]"\nsoon',
        "password": "[PASSWORD_1]",
    }
    assert json.loads(found.tools or "")[0]["function"]["description"] == "[EMAIL_1]"


def test_an_alpaca_row_comes_out_with_its_input_apart() -> None:
    row = {"instruction": "Answer.", "input": f"Write to {MAIL}!", "output": f"Dear {MAIL},"}
    (record,) = read_row("alpaca", row)
    assert write_row("alpaca", redacted(record), origin_shape="alpaca") == {
        "instruction": "Answer.",
        "input": "Write to [EMAIL_1]!",
        "output": "Dear [EMAIL_1],",
    }


def test_a_value_found_by_its_words_goes_where_no_word_says_what_it_is() -> None:
    record = Record(
        [
            {"role": "user", "content": "My NHS number is 498 198 4634."},
            {"role": "assistant", "content": "Noted: 498 198 4634."},
        ]
    )
    assert redacted(record).messages[1]["content"] == "Noted: [NATIONAL_ID_1]."


def test_placeholders_that_are_there_already_are_not_given_again() -> None:
    record = Record([{"role": "user", "content": f"[EMAIL_3] knows {MAIL}"}])
    assert redacted(record).messages[0]["content"] == "[EMAIL_3] knows [EMAIL_4]"


def test_a_plain_record_is_the_same_object() -> None:
    record = Record([{"role": "user", "content": "Hi"}], extra={"a": 1}, tools='[{"name": "x"}]')
    assert redacted(record) is record


def test_every_change_is_told_and_the_written_row_goes() -> None:
    record = Record(
        [{"role": "user", "content": MAIL}], extra={"by": MAIL}, raw=json.dumps({"by": MAIL})
    )
    found, changes = repair(record, ["redact"])
    assert found.raw is None
    assert [(one.turn, one.field) for one in changes] == [
        (0, "content"),
        (None, "extra"),
        (None, "raw"),
    ]
    assert changes[0][3:] == (MAIL, "[EMAIL_1]")


def test_it_takes_its_place_among_other_repairs() -> None:
    record = Record([{"role": "user", "content": f"{MAIL}<|endoftext|>"}])
    found, changes = repair(record, ["special_tokens", "redact", "whitespace"])
    assert found.messages[0]["content"] == "[EMAIL_1]"
    assert [one.repair for one in changes] == ["special_tokens", "redact"]


@pytest.mark.parametrize("name", ["pii", "secrets"])
def test_nothing_is_left_to_find_and_a_second_time_changes_nothing(name: str) -> None:
    from privacy_cases import cases

    for case in cases(name):
        record = redacted(Record([{"role": "user", "content": case.text}]))
        assert find_private(record.messages[0]["content"]) == []
        assert redacted(record) is record


@given(st.lists(st.sampled_from([MAIL, OTHER, PHONE, "and", "4111", "x@y", "\n"]), max_size=8))
def test_as_many_placeholders_as_values(words: list[str]) -> None:
    record = Record([{"role": "user", "content": " ".join(words)}])
    said = redacted(record).messages[0]["content"]
    known = {MAIL, OTHER, PHONE} & set(words)
    assert not any(value in said for value in known)
    assert len({word for word in said.split() if word.startswith("[")}) == len(known)
